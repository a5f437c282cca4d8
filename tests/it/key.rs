//! Whisul refuses the key.

use std::time::Duration;

use sandbox::{Fault, Message, Person, Plan};
use tokio::time::timeout;

use crate::world::{World, description, done};

const WAITS: &str = "Whisul doesn't accept this bot's key";
/// Far longer than the gate's first wait, and far shorter than its tenth may be.
const QUICKLY: Duration = Duration::from_secs(20);
const TO_THE_OWNER: &str = "WHISUL_API_KEY";

fn waits(message: &Message) -> bool {
    description(message).contains(WAITS)
}

/// What the bot has told somebody directly.
fn told(person: &Person) -> Vec<String> {
    person.dm().messages().iter().map(Message::text).collect()
}

/// Waits until somebody has a direct message.
async fn is_told(world: &World, person: &Person) {
    let told = || told(person).first().cloned();
    let text = world.discord.until("a direct message", told).await;
    assert!(text.contains(TO_THE_OWNER), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn songs_wait_for_the_owner_who_is_told_once_and_go_on_by_themselves() {
    let world = World::with(&[("USER_QUOTA", "3/1d")]).await;
    let key = world.whisul.key();
    world.whisul.change_key("regenerated");
    let first = world.song(&world.ann, "the first song").await;
    first.until("the news about the key", waits).await;
    is_told(&world, &world.discord.owner()).await;

    // Nobody has to find out again what is known.
    let second = world.song(&world.ann, "the second song").await;
    assert!(waits(&second.answer().await.expect("an answer")));
    let third = world.song(&world.ann, "the third song").await;
    assert!(waits(&third.answer().await.expect("an answer")));

    world.whisul.change_key(&key);
    for asked in [first, second, third] {
        done(&asked).await;
    }
    assert_eq!(told(&world.discord.owner()).len(), 1);
    assert_eq!(told(&world.ann), Vec::<String>::new(), "it is none of Ann's business");
    assert!(world.one_more(&world.ann).await.is_err(), "three songs were charged");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_under_way_is_not_lost_with_the_key() {
    let world = World::new().await;
    world.whisul.plan("under way", Plan::song().until_told());
    let asked = world.song(&world.ann, "a song under way").await;
    world.whisul.until_polled("under way", 1).await;
    let key = world.whisul.key();
    world.whisul.change_key("regenerated");
    asked.until("the news about the key", waits).await;
    is_told(&world, &world.discord.owner()).await;
    world.whisul.finish("under way");
    world.whisul.change_key(&key);
    done(&asked).await;
    assert_eq!(world.submissions("under way"), 1);
    assert_eq!(told(&world.discord.owner()).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_refused_a_second_time_is_told_a_second_time() {
    let world = World::new().await;
    let (key, owner) = (world.whisul.key(), world.discord.owner());
    for times in [1, 2] {
        world.whisul.change_key("regenerated");
        let asked = world.song(&world.ann, "a song with a key").await;
        asked.until("the news about the key", waits).await;
        let news = || (told(&owner).len() == times).then_some(());
        world.discord.until("a direct message", news).await;
        world.whisul.change_key(&key);
        done(&asked).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_team_the_owner_and_the_admins_are_told() {
    let world = World::new().await;
    let person = |name| world.discord.add_person(name);
    let (admin, developer, reader) = (person("Cleo"), person("Dan"), person("Eve"));
    let owner = world.discord.owner();
    world.discord.set_team(&[
        (&admin, "admin"),
        (&developer, "developer"),
        (&reader, "read_only"),
        (&owner, "admin"),
    ]);
    let key = world.whisul.key();
    world.whisul.change_key("regenerated");
    let asked = world.song(&world.ann, "a song of a team").await;
    is_told(&world, &owner).await;
    is_told(&world, &admin).await;
    world.whisul.change_key(&key);
    done(&asked).await;
    for (person, messages) in [(&owner, 1), (&admin, 1), (&developer, 0), (&reader, 0)] {
        assert_eq!(told(person).len(), messages, "{}", person.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_who_takes_no_messages_keeps_nothing_from_going_on() {
    let world = World::new().await;
    world.discord.owner().blocks_dms(true);
    let key = world.whisul.key();
    world.whisul.change_key("regenerated");
    let asked = world.song(&world.ann, "a song for nobody in particular").await;
    asked.until("the news about the key", waits).await;
    world.whisul.change_key(&key);
    done(&asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn songs_that_meet_the_refusal_together_do_not_wait_the_longer_for_it() {
    let world = World::new().await;
    let key = world.whisul.key();
    world.whisul.change_key("regenerated");
    // Slow enough that all ten are at the door before the first is turned away.
    let slow = Fault::on("POST", "/api/generate").delay(Duration::from_secs(1));
    let slow = world.whisul.faults().add(slow);
    let mut songs = Vec::new();
    for number in 0..10 {
        songs.push(world.song(&world.ann, &format!("song number {number}")).await);
    }
    for asked in &songs {
        asked.until("the news about the key", waits).await;
    }
    world.whisul.faults().remove(slow);
    world.whisul.change_key(&key);
    let sung = async {
        for asked in &songs {
            done(asked).await;
        }
    };
    timeout(QUICKLY, sung).await.expect("ten refusals shut it for no longer than one");
    assert_eq!(told(&world.discord.owner()).len(), 1);
}
