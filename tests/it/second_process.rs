//! Two processes with one token, each with a database of its own.

use sandbox::{Fault, Message, Person};

use crate::{
    buttons::click,
    world::{World, done},
};

const CALLBACK: &str = "/api/v10/interactions/*/*/callback";
const ORIGINAL: &str = "/api/v10/webhooks/*/*/messages/@original";
const ANSWERED: &str =
    r#"{"message": "Interaction has already been acknowledged.", "code": 40060}"#;

/// How often somebody was told that another process uses the token.
fn told(person: &Person) -> usize {
    let messages = person.dm().messages();
    messages.iter().filter(|message| message.content.contains("Another process")).count()
}

/// Waits until the owner is told.
async fn is_told(world: &World) {
    let owner = world.discord.owner();
    let about = |message: &Message| message.content.contains("Another process");
    owner.dm().until_message("a word to the owner", about).await;
}

/// A song is made, and paid for, once.
async fn is_made_once(world: &World, prompt: &str) {
    let asked = world.song(&world.ann, prompt).await;
    done(&asked).await;
    assert_eq!(world.submissions(prompt), 1, "{prompt}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_song_is_paid_for_once_and_the_owner_is_told() {
    let mut world = World::new().await;
    world.wake_other_bot().await;
    for prompt in ["the first song", "the second song", "the third song"] {
        is_made_once(&world, prompt).await;
    }
    is_told(&world).await;
    // Help and suggestions have the same two hands.
    let help = world.ann.at(&world.channel).command("help", &[]).await.unwrap();
    help.answer().await.unwrap();
    is_made_once(&world, "the last song").await;
    assert!(told(&world.discord.owner()) <= 2, "each process tells at most once");
    let messages = world.bob.at(&world.channel).messages();
    assert_eq!(messages.len(), 4, "one a song, and no other that Bob sees");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_response_of_unknown_fate_is_not_mistaken_for_the_other_ones() {
    let mut world = World::new().await;
    world.wake_other_bot().await;
    let faults = [
        Fault::on("POST", CALLBACK).status(502).times(1),
        Fault::on("POST", CALLBACK).html(403).times(1),
        Fault::on("POST", CALLBACK).cut_before().times(1),
        Fault::on("POST", CALLBACK).cut_after().times(1),
    ];
    for (number, fault) in faults.into_iter().enumerate() {
        world.discord.faults().add(fault);
        is_made_once(&world, &format!("song number {number}")).await;
    }
    is_told(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_another_process_took_costs_nothing() {
    let world = World::with(&[("USER_QUOTA", "1/1d")]).await;
    world.discord.faults().add(Fault::on("POST", CALLBACK).json(400, ANSWERED).times(1));
    world.song(&world.ann, "the other one's song").await;
    is_told(&world).await;
    let asked = world.song_once_free(&world.ann, "our song").await;
    done(&asked).await;
    assert_eq!(world.submissions("the other one's song"), 0);
    assert_eq!(world.discord.requests().count("GET", ORIGINAL), 0, "there is nothing to look up");
    assert_eq!(told(&world.discord.owner()), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_or_a_command_that_another_process_answered_is_left_to_it() {
    let world = World::new().await;
    let asked = world.song(&world.ann, "a song").await;
    let song = done(&asked).await;
    let answered = Fault::on("POST", CALLBACK).json(400, ANSWERED).times(2);
    let answered = world.discord.faults().add(answered);
    let seat = world.ann.at(&world.channel);
    seat.command("help", &[]).await.unwrap();
    is_told(&world).await;
    click(&seat, &song, "Again").await;
    let met = || (world.discord.faults().hits(answered) == 2).then_some(());
    world.discord.until("the answer to the click", met).await;
    // It goes on as if nothing had happened.
    is_made_once(&world, "another song").await;
    assert_eq!(world.submissions("a song"), 1);
    assert_eq!(told(&world.discord.owner()), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_this_process_answered_itself_is_no_news_for_the_owner() {
    let world = World::new().await;
    // An answer that stands, of which the bot does not hear.
    world.discord.faults().add(Fault::on("POST", CALLBACK).cut_after().times(1));
    is_made_once(&world, "a song").await;
    // Interactions that the gateway delivers twice.
    let asked = world.song(&world.ann, "another song").await;
    asked.deliver_again();
    done(&asked).await;
    asked.deliver_again();
    let help = world.ann.at(&world.channel).command("help", &[]).await.unwrap();
    help.answer().await.unwrap();
    help.deliver_again();
    is_made_once(&world, "a third song").await;
    assert_eq!(told(&world.discord.owner()), 0);
}
