//! Who may have how many songs.

use std::time::Duration;

use sandbox::{DiscordRules, Invocation, Plan, WhisulRules};

use crate::world::{World, done, refusal, song_at};

const HOUR: i64 = 3_600_000;

/// A world with these limits, where songs take no time.
async fn limited(settings: &[(&str, &str)]) -> World {
    let world = World::with(settings).await;
    world.whisul.plan("", Plan::song().takes(Duration::ZERO));
    world
}

/// A world without the bot, where songs take no time.
async fn asleep(settings: &[(&str, &str)]) -> World {
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    World::asleep(settings, DiscordRules::default(), rules).await
}

/// The first moment that is told of in a refusal, in seconds since 1970.
fn told_time(refusal: &str) -> u64 {
    let (_, rest) = refusal.split_once("<t:").expect("a time");
    rest.split_once(":R>").expect("a relative time").0.parse().unwrap()
}

/// The second from which a charge made by this command is so long ago.
fn after(asked: &Invocation, window: i64) -> u64 {
    asked.happened_at().strict_add_signed(window).div_ceil(1000)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_has_so_many_songs_in_a_rolling_window() {
    let world = limited(&[("USER_QUOTA", "2/1d")]).await;
    let first = world.song(&world.ann, "the first song").await;
    done(&first).await;
    world.discord.set_clock_offset(10 * HOUR);
    let second = world.song(&world.ann, "the second song").await;
    done(&second).await;

    let told = refusal(&world.song(&world.ann, "one too many").await).await;
    assert!(told.contains("You have used up your 2 songs a day"), "{told}");
    assert_eq!(told_time(&told), after(&first, 24 * HOUR));
    done(&world.song(&world.bob, "a song of Bob's").await).await;

    // A day after the first song one is free again, and only one.
    world.discord.set_clock_offset(24 * HOUR);
    done(&world.song(&world.ann, "the third song").await).await;
    let told = refusal(&world.song(&world.ann, "one too many").await).await;
    assert_eq!(told_time(&told), after(&second, 24 * HOUR));
    assert_eq!(world.whisul.accepted("one too many"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn charges_count_across_servers_and_direct_messages() {
    let world = limited(&[("USER_QUOTA", "2/1w")]).await;
    let elsewhere = world.discord.add_server("Another server");
    let there = elsewhere.add_channel("songs");
    elsewhere.join(&world.ann);
    let first = world.song(&world.ann, "here").await;
    done(&first).await;
    done(&song_at(&world.ann.at(&there), "there").await).await;
    for seat in [world.ann.at(&world.channel), world.ann.at(&there), world.ann.dm()] {
        let told = refusal(&song_at(&seat, "one too many").await).await;
        assert!(told.contains("2 songs a week"), "{told}");
        assert_eq!(told_time(&told), after(&first, 7 * 24 * HOUR));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn charges_outlive_a_restart() {
    let mut world = limited(&[("USER_QUOTA", "1/12h")]).await;
    let first = world.song(&world.ann, "before the restart").await;
    done(&first).await;
    world.stop_bot().await;
    world.wake_bot().await;
    // Nor does a command become another song that Discord delivers again.
    first.deliver_again();
    let told = refusal(&world.song(&world.ann, "after it").await).await;
    assert!(told.contains("1 song in 12 hours"), "{told}");
    assert_eq!(told_time(&told), after(&first, 12 * HOUR));
    assert_eq!(world.whisul.jobs().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_has_so_many_songs() {
    let world = limited(&[("GUILD_QUOTA", "1/1h")]).await;
    let first = world.song(&world.ann, "the server's song").await;
    done(&first).await;
    let told = refusal(&world.song(&world.bob, "one too many").await).await;
    assert!(told.contains("This server has used up its 1 song an hour"), "{told}");
    assert_eq!(told_time(&told), after(&first, HOUR));
    // Other servers and direct messages have nothing to do with it.
    let elsewhere = world.discord.add_server("Another server");
    let there = elsewhere.add_channel("songs");
    elsewhere.join(&world.bob);
    done(&song_at(&world.bob.at(&there), "elsewhere").await).await;
    done(&song_at(&world.bob.dm(), "in private").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_together_has_so_many_songs() {
    let world = limited(&[("GLOBAL_QUOTA", "2/1d")]).await;
    let first = world.song(&world.ann, "in the server").await;
    done(&first).await;
    done(&song_at(&world.ann.dm(), "in private").await).await;
    for seat in [world.bob.at(&world.channel), world.bob.dm()] {
        let told = refusal(&song_at(&seat, "one too many").await).await;
        assert!(told.contains("2 songs a day for everybody"), "{told}");
        assert_eq!(told_time(&told), after(&first, 24 * HOUR));
    }
    world.discord.set_clock_offset(24 * HOUR);
    done(&world.song(&world.bob, "the day after").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_many_songs_at_once_and_the_next_when_one_is_done() {
    let world = limited(&[("USER_CONCURRENCY", "2"), ("MAX_RUNNING", "1")]).await;
    world.whisul.plan("", Plan::song().until_told());
    let running = world.song(&world.ann, "at Whisul").await;
    world.whisul.until_accepted("at Whisul").await;
    let waiting = world.song(&world.ann, "in line").await;
    waiting.answer().await.unwrap();
    let told = refusal(&world.song(&world.ann, "one too many").await).await;
    assert!(told.contains("2 songs under way"), "{told}");
    assert!(!told.contains("<t:"), "nobody knows when: {told}");
    // Bob's songs are not Ann's.
    world.song(&world.bob, "Bob's").await.answer().await.unwrap();

    world.whisul.finish("at Whisul");
    done(&running).await;
    let next = world.song(&world.ann, "the next").await.answer().await.unwrap();
    assert!(!next.ephemeral());
}

#[tokio::test(flavor = "multi_thread")]
async fn any_role_held_is_enough_from_the_moment_it_is_granted() {
    let mut world = asleep(&[("USER_QUOTA", "0/1d")]).await;
    let supporters = world.server.add_role("Supporters");
    let regulars = world.server.add_role("Regulars");
    let quotas = format!("{}=1/1d,{}=2/1w", supporters.id(), regulars.id());
    world.set("ROLE_QUOTAS", &quotas);
    world.wake_bot().await;

    let told = refusal(&world.song(&world.ann, "without a role").await).await;
    assert!(told.contains("certain roles") && !told.contains("<t:"), "{told}");
    world.server.give_role(&world.ann, &supporters);
    let first = world.song(&world.ann, "as a supporter").await;
    done(&first).await;
    let told = refusal(&world.song(&world.ann, "one too many").await).await;
    assert!(told.contains("1 song a day"), "{told}");
    assert_eq!(told_time(&told), after(&first, 24 * HOUR));

    world.server.give_role(&world.ann, &regulars);
    let second = world.song(&world.ann, "as a regular, too").await;
    done(&second).await;
    // Of two full quotas, the one that has room first is told.
    let told = refusal(&world.song(&world.ann, "two too many").await).await;
    assert!(told.contains("1 song a day"), "{told}");
    assert_eq!(told_time(&told), after(&second, 24 * HOUR));

    world.server.take_role(&world.ann, &supporters);
    world.server.take_role(&world.ann, &regulars);
    let told = refusal(&world.song(&world.ann, "without a role again").await).await;
    assert!(told.contains("certain roles"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_adds_to_what_everybody_has_and_takes_nothing() {
    let mut world = asleep(&[("USER_QUOTA", "2/1d")]).await;
    let newcomers = world.server.add_role("Newcomers");
    world.server.give_role(&world.ann, &newcomers);
    world.set("ROLE_QUOTAS", &format!("{}=0/1d", newcomers.id()));
    world.wake_bot().await;
    let first = world.song(&world.ann, "the first").await;
    done(&first).await;
    done(&world.song(&world.ann, "the second").await).await;
    let told = refusal(&world.song(&world.ann, "one too many").await).await;
    assert_eq!(told_time(&told), after(&first, 24 * HOUR));
}

/// How many of these became songs; the others were refused.
async fn songs_among(asked: Vec<Invocation>) -> usize {
    let mut songs = 0;
    for asked in asked {
        let answer = asked.answer().await.expect("an answer at once");
        songs += usize::from(!answer.ephemeral());
    }
    songs
}

#[tokio::test(flavor = "multi_thread")]
async fn many_people_at_once_never_exceed_a_limit() {
    for (name, value) in [("GLOBAL_QUOTA", "7/1d"), ("GUILD_QUOTA", "7/1d")] {
        let world = limited(&[(name, value)]).await;
        let mut asked = Vec::new();
        for number in 0..30 {
            let person = world.discord.add_person(&format!("Guest {number}"));
            world.server.join(&person);
            asked.push(world.song(&person, "now").await);
        }
        assert_eq!(songs_among(asked).await, 7, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_who_asks_everywhere_at_once_never_exceeds_a_limit() {
    for (name, value) in [("USER_QUOTA", "3/1d"), ("USER_CONCURRENCY", "3")] {
        let world = limited(&[(name, value)]).await;
        world.whisul.plan("", Plan::song().until_told());
        let elsewhere = world.discord.add_server("Another server");
        let there = elsewhere.add_channel("songs");
        elsewhere.join(&world.ann);
        let seats = [world.ann.at(&world.channel), world.ann.at(&there), world.ann.dm()];
        let mut asked = Vec::new();
        for _ in 0..6 {
            for seat in &seats {
                asked.push(song_at(seat, "now").await);
            }
        }
        assert_eq!(songs_among(asked).await, 3, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_delivered_twice_is_one_song_and_one_charge() {
    let world = limited(&[("USER_QUOTA", "2/1d")]).await;
    let asked = world.song(&world.ann, "delivered thrice").await;
    asked.deliver_again();
    let song = done(&asked).await;
    asked.deliver_again();
    done(&world.song(&world.ann, "the second song").await).await;
    refusal(&world.song(&world.ann, "one too many").await).await;
    assert_eq!(world.whisul.accepted("delivered thrice"), 1);
    assert_eq!(world.ann.at(&world.channel).messages().len(), 3);
    assert_eq!(asked.message().unwrap().revisions.len(), song.revisions.len());
    let answers = world.discord.requests().count("POST", "/api/v10/interactions/**");
    assert_eq!(answers, 3, "each command was answered once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_wrong_here_hands_out_nothing() {
    for days in [-3, 3] {
        let world = limited(&[("USER_QUOTA", "1/1d")]).await;
        world.discord.set_clock_offset(days * 24 * HOUR);
        let first = world.song(&world.ann, "a song").await;
        done(&first).await;
        let told = refusal(&world.song(&world.ann, "one too many").await).await;
        assert_eq!(told_time(&told), after(&first, 24 * HOUR));
        world.discord.set_clock_offset((days + 1) * 24 * HOUR);
        done(&world.song(&world.ann, "a day later by Discord's clock").await).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_sent_for_a_role_that_would_not_help() {
    let mut world = asleep(&[
        ("USER_QUOTA", "0/1d"),
        ("ROLE_QUOTAS", "345678901234567890=0/1d,456789012345678901=0/1w"),
    ])
    .await;
    world.wake_bot().await;
    let asked = async |world: &World, seat: &sandbox::Seat| {
        let told = refusal(&song_at(seat, "a song").await).await;
        let quota = seat.command("quota", &[]).await.unwrap().answer().await.unwrap();
        assert!(quota.text().contains(&told), "{}", quota.text());
        assert_eq!(world.whisul.jobs().len(), 0);
        told
    };
    let nothing = "You can't make songs with this bot at the moment. Its owner decides that.";
    for seat in [world.ann.at(&world.channel), world.ann.dm()] {
        assert_eq!(asked(&world, &seat).await, nothing);
    }
    // A role that gives songs is worth asking for, where it can be seen.
    world.stop_bot().await;
    world.set("ROLE_QUOTAS", "345678901234567890=0/1d,456789012345678901=1/1w");
    world.wake_bot().await;
    let told = asked(&world, &world.ann.at(&world.channel)).await;
    assert!(told.contains("Ask a moderator of this server which role you need."), "{told}");
    let told = asked(&world, &world.ann.dm()).await;
    assert!(told.contains("Use the command in a server"), "{told}");
    // What the owner has set for a person stands above roles.
    let owner = world.discord.owner().at(&world.channel);
    let person = ("person", serde_json::json!(world.ann.id().to_string()));
    let options = [person, ("quota", serde_json::json!("0/1d"))];
    owner.command("admin quota set", &options).await.unwrap().answer().await.unwrap();
    assert_eq!(asked(&world, &world.ann.at(&world.channel)).await, nothing);
}
