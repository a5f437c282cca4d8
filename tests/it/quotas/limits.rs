//! The quotas of people, servers and everybody.

use std::time::Duration;

use sandbox::{DiscordRules, Invocation, Plan, WhisulRules};

use crate::fixture::{Fixture, done, refusal, song_at};

const HOUR: i64 = 3_600_000;

/// A fixture with these limits, where songs take no time.
async fn limited(settings: &[(&str, &str)]) -> Fixture {
    let fixture = Fixture::with(settings).await;
    fixture.whisul.plan("", Plan::song().takes(Duration::ZERO));
    fixture
}

/// A fixture without the bot, where songs take no time.
async fn without_bot(settings: &[(&str, &str)]) -> Fixture {
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    Fixture::without_bot(settings, DiscordRules::default(), rules).await
}

/// The first relative time in a refusal, in seconds since 1970.
fn told_time(refusal: &str) -> u64 {
    let (_, rest) = refusal.split_once("<t:").expect("a time");
    rest.split_once(":R>").expect("a relative time").0.parse().unwrap()
}

/// The second from which a charge made by this command is so long ago.
fn after(asked: &Invocation, window: i64) -> u64 {
    asked.happened_at().strict_add_signed(window).div_ceil(1000)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_has_a_quota_in_a_rolling_window() {
    let fixture = limited(&[("USER_QUOTA", "2/1d")]).await;
    let first = fixture.song(&fixture.ann, "the first song").await;
    done(&first).await;
    fixture.discord.set_clock_offset(10 * HOUR);
    let second = fixture.song(&fixture.ann, "the second song").await;
    done(&second).await;

    let told = refusal(&fixture.song(&fixture.ann, "one too many").await).await;
    assert!(told.contains("You have used up your 2 songs a day"), "{told}");
    assert_eq!(told_time(&told), after(&first, 24 * HOUR));
    done(&fixture.song(&fixture.bob, "a song of Bob's").await).await;

    // A day after the first song one is free again, and only one.
    fixture.discord.set_clock_offset(24 * HOUR);
    done(&fixture.song(&fixture.ann, "the third song").await).await;
    let told = refusal(&fixture.song(&fixture.ann, "one too many").await).await;
    assert_eq!(told_time(&told), after(&second, 24 * HOUR));
    assert_eq!(fixture.whisul.accepted("one too many"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn charges_count_across_servers_and_direct_messages() {
    let fixture = limited(&[("USER_QUOTA", "2/1w")]).await;
    let elsewhere = fixture.discord.add_server("Another server");
    let there = elsewhere.add_channel("songs");
    elsewhere.join(&fixture.ann);
    let first = fixture.song(&fixture.ann, "here").await;
    done(&first).await;
    done(&song_at(&fixture.ann.at(&there), "there").await).await;
    for client in [fixture.ann.at(&fixture.channel), fixture.ann.at(&there), fixture.ann.dm()] {
        let told = refusal(&song_at(&client, "one too many").await).await;
        assert!(told.contains("2 songs a week"), "{told}");
        assert_eq!(told_time(&told), after(&first, 7 * 24 * HOUR));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn charges_survive_a_restart() {
    let mut fixture = limited(&[("USER_QUOTA", "1/12h")]).await;
    let first = fixture.song(&fixture.ann, "before the restart").await;
    done(&first).await;
    fixture.stop_bot().await;
    fixture.start_and_wait_until_ready().await;
    // Nor does a command become another song that Discord delivers again.
    first.deliver_again();
    let told = refusal(&fixture.song(&fixture.ann, "after it").await).await;
    assert!(told.contains("1 song in 12 hours"), "{told}");
    assert_eq!(told_time(&told), after(&first, 12 * HOUR));
    assert_eq!(fixture.whisul.jobs().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_has_a_quota() {
    let fixture = limited(&[("GUILD_QUOTA", "1/1h")]).await;
    let first = fixture.song(&fixture.ann, "the server's song").await;
    done(&first).await;
    let told = refusal(&fixture.song(&fixture.bob, "one too many").await).await;
    assert!(told.contains("This server has used up its 1 song an hour"), "{told}");
    assert_eq!(told_time(&told), after(&first, HOUR));
    // Other servers and direct messages have nothing to do with it.
    let elsewhere = fixture.discord.add_server("Another server");
    let there = elsewhere.add_channel("songs");
    elsewhere.join(&fixture.bob);
    done(&song_at(&fixture.bob.at(&there), "elsewhere").await).await;
    done(&song_at(&fixture.bob.dm(), "in private").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_global_quota_counts_everybody() {
    let fixture = limited(&[("GLOBAL_QUOTA", "2/1d")]).await;
    let first = fixture.song(&fixture.ann, "in the server").await;
    done(&first).await;
    done(&song_at(&fixture.ann.dm(), "in private").await).await;
    for client in [fixture.bob.at(&fixture.channel), fixture.bob.dm()] {
        let told = refusal(&song_at(&client, "one too many").await).await;
        assert!(told.contains("2 songs a day for everybody"), "{told}");
        assert_eq!(told_time(&told), after(&first, 24 * HOUR));
    }
    fixture.discord.set_clock_offset(24 * HOUR);
    done(&fixture.song(&fixture.bob, "the day after").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_concurrency_limit_allows_the_next_song_when_one_is_done() {
    let fixture = limited(&[("USER_CONCURRENCY", "2"), ("MAX_RUNNING", "1")]).await;
    fixture.whisul.plan("", Plan::song().until_told());
    let running = fixture.song(&fixture.ann, "at Whisul").await;
    fixture.whisul.until_accepted("at Whisul").await;
    let waiting = fixture.song(&fixture.ann, "in line").await;
    waiting.answer().await.unwrap();
    let told = refusal(&fixture.song(&fixture.ann, "one too many").await).await;
    assert!(told.contains("2 songs under way"), "{told}");
    assert!(!told.contains("<t:"), "nobody knows when: {told}");
    // Bob's songs are not Ann's.
    fixture.song(&fixture.bob, "Bob's").await.answer().await.unwrap();

    fixture.whisul.finish("at Whisul");
    done(&running).await;
    let next = fixture.song(&fixture.ann, "the next").await.answer().await.unwrap();
    assert!(!next.ephemeral());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_allowed_role_counts_from_the_moment_it_is_granted() {
    let mut fixture = without_bot(&[("USER_QUOTA", "0/1d")]).await;
    let supporters = fixture.server.add_role("Supporters");
    let regulars = fixture.server.add_role("Regulars");
    let quotas = format!("{}=1/1d,{}=2/1w", supporters.id(), regulars.id());
    fixture.set("ROLE_QUOTAS", &quotas);
    fixture.start_and_wait_until_ready().await;

    let told = refusal(&fixture.song(&fixture.ann, "without a role").await).await;
    assert!(told.contains("certain roles") && !told.contains("<t:"), "{told}");
    fixture.server.give_role(&fixture.ann, &supporters);
    let first = fixture.song(&fixture.ann, "as a supporter").await;
    done(&first).await;
    let told = refusal(&fixture.song(&fixture.ann, "one too many").await).await;
    assert!(told.contains("1 song a day"), "{told}");
    assert_eq!(told_time(&told), after(&first, 24 * HOUR));

    fixture.server.give_role(&fixture.ann, &regulars);
    let second = fixture.song(&fixture.ann, "as a regular, too").await;
    done(&second).await;
    // Of two full quotas, the refusal names the one that has room first.
    let told = refusal(&fixture.song(&fixture.ann, "two too many").await).await;
    assert!(told.contains("1 song a day"), "{told}");
    assert_eq!(told_time(&told), after(&second, 24 * HOUR));

    fixture.server.take_role(&fixture.ann, &supporters);
    fixture.server.take_role(&fixture.ann, &regulars);
    let told = refusal(&fixture.song(&fixture.ann, "without a role again").await).await;
    assert!(told.contains("certain roles"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_adds_to_what_everybody_has_and_takes_nothing() {
    let mut fixture = without_bot(&[("USER_QUOTA", "2/1d")]).await;
    let newcomers = fixture.server.add_role("Newcomers");
    fixture.server.give_role(&fixture.ann, &newcomers);
    fixture.set("ROLE_QUOTAS", &format!("{}=0/1d", newcomers.id()));
    fixture.start_and_wait_until_ready().await;
    let first = fixture.song(&fixture.ann, "the first").await;
    done(&first).await;
    done(&fixture.song(&fixture.ann, "the second").await).await;
    let told = refusal(&fixture.song(&fixture.ann, "one too many").await).await;
    assert_eq!(told_time(&told), after(&first, 24 * HOUR));
}

/// How many of these became songs; the others were refused.
async fn songs_among(asked: Vec<Invocation>) -> usize {
    let mut songs = 0;
    for asked in asked {
        let answer = asked.answer().await.expect("a response at once");
        songs += usize::from(!answer.ephemeral());
    }
    songs
}

#[tokio::test(flavor = "multi_thread")]
async fn many_people_at_once_never_exceed_a_limit() {
    for (name, value) in [("GLOBAL_QUOTA", "7/1d"), ("GUILD_QUOTA", "7/1d")] {
        let fixture = limited(&[(name, value)]).await;
        let mut asked = Vec::new();
        for number in 0..30 {
            let person = fixture.discord.add_person(&format!("Guest {number}"));
            fixture.server.join(&person);
            asked.push(fixture.song(&person, "now").await);
        }
        assert_eq!(songs_among(asked).await, 7, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_in_many_channels_at_once_never_exceeds_a_limit() {
    for (name, value) in [("USER_QUOTA", "3/1d"), ("USER_CONCURRENCY", "3")] {
        let fixture = limited(&[(name, value)]).await;
        fixture.whisul.plan("", Plan::song().until_told());
        let elsewhere = fixture.discord.add_server("Another server");
        let there = elsewhere.add_channel("songs");
        elsewhere.join(&fixture.ann);
        let clients = [fixture.ann.at(&fixture.channel), fixture.ann.at(&there), fixture.ann.dm()];
        let mut asked = Vec::new();
        for _ in 0..6 {
            for client in &clients {
                asked.push(song_at(client, "now").await);
            }
        }
        assert_eq!(songs_among(asked).await, 3, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_delivered_twice_is_one_song_and_one_charge() {
    let fixture = limited(&[("USER_QUOTA", "2/1d")]).await;
    let asked = fixture.song(&fixture.ann, "delivered thrice").await;
    asked.deliver_again();
    let song = done(&asked).await;
    asked.deliver_again();
    done(&fixture.song(&fixture.ann, "the second song").await).await;
    refusal(&fixture.song(&fixture.ann, "one too many").await).await;
    assert_eq!(fixture.whisul.accepted("delivered thrice"), 1);
    assert_eq!(fixture.ann.at(&fixture.channel).messages().len(), 3);
    assert_eq!(asked.message().unwrap().revisions.len(), song.revisions.len());
    let answers = fixture.discord.requests().count("POST", "/api/v10/interactions/**");
    assert_eq!(answers, 3, "each command was answered once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_machine_clock_adds_no_quota() {
    for days in [-3, 3] {
        let fixture = limited(&[("USER_QUOTA", "1/1d")]).await;
        fixture.discord.set_clock_offset(days * 24 * HOUR);
        let first = fixture.song(&fixture.ann, "a song").await;
        done(&first).await;
        let told = refusal(&fixture.song(&fixture.ann, "one too many").await).await;
        assert_eq!(told_time(&told), after(&first, 24 * HOUR));
        fixture.discord.set_clock_offset((days + 1) * 24 * HOUR);
        done(&fixture.song(&fixture.ann, "a day later by Discord's clock").await).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_names_no_role_that_would_not_help() {
    let mut fixture = without_bot(&[
        ("USER_QUOTA", "0/1d"),
        ("ROLE_QUOTAS", "345678901234567890=0/1d,456789012345678901=0/1w"),
    ])
    .await;
    fixture.start_and_wait_until_ready().await;
    let asked = async |fixture: &Fixture, client: &sandbox::ChannelClient| {
        let told = refusal(&song_at(client, "a song").await).await;
        let quota = client.command("quota", &[]).await.unwrap().answer().await.unwrap();
        assert!(quota.text().contains(&told), "{}", quota.text());
        assert_eq!(fixture.whisul.jobs().len(), 0);
        told
    };
    let nothing = "You can't make songs with this bot at the moment. Its owner decides that.";
    for client in [fixture.ann.at(&fixture.channel), fixture.ann.dm()] {
        assert_eq!(asked(&fixture, &client).await, nothing);
    }
    // A role that gives songs is worth asking for, where it can be seen.
    fixture.stop_bot().await;
    fixture.set("ROLE_QUOTAS", "345678901234567890=0/1d,456789012345678901=1/1w");
    fixture.start_and_wait_until_ready().await;
    let told = asked(&fixture, &fixture.ann.at(&fixture.channel)).await;
    assert!(told.contains("Ask a moderator of this server which role you need."), "{told}");
    let told = asked(&fixture, &fixture.ann.dm()).await;
    assert!(told.contains("Use the command in a server"), "{told}");
    // A quota that the owner has set for a person overrides roles.
    let owner = fixture.discord.owner().at(&fixture.channel);
    let person = ("person", serde_json::json!(fixture.ann.id().to_string()));
    let options = [person, ("quota", serde_json::json!("0/1d"))];
    owner.command("admin quota set", &options).await.unwrap().answer().await.unwrap();
    assert_eq!(asked(&fixture, &fixture.ann.at(&fixture.channel)).await, nothing);
}
