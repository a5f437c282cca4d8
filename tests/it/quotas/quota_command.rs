//! `/quota` shows what is left, and that is then allowed.

use std::time::Duration;

use sandbox::{Channel, ChannelClient, DiscordRules, Message, Plan, WhisulRules};
use serde_json::{Value, json};

use crate::fixture::{Fixture, description, done, failed, song_at, title};

/// A fixture with these limits, where songs take no time.
async fn limited(settings: &[(&str, &str)]) -> Fixture {
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    Fixture::with_rules(settings, DiscordRules::default(), rules).await
}

async fn quota_answer(client: &ChannelClient) -> Message {
    let asked = client.command("quota", &[]).await.expect("Discord takes the command");
    let answer = asked.answer().await.expect("a response at once");
    assert!(answer.ephemeral());
    assert_eq!(title(&answer), "What is left");
    answer
}

async fn told(client: &ChannelClient) -> String {
    description(&quota_answer(client).await).to_owned()
}

/// How many more songs this person gets, one after the other, and the refusal in the end.
async fn sung_until_refused(client: &ChannelClient) -> (usize, String) {
    for count in 0..20 {
        let asked = song_at(client, "one more song").await;
        let answer = asked.answer().await.expect("a response at once");
        if answer.ephemeral() {
            return (count, answer.content);
        }
        done(&asked).await;
    }
    panic!("no limit in sight")
}

fn there(fixture: &Fixture, server: &str) -> Channel {
    let server = fixture.discord.add_server(server);
    server.join(&fixture.ann);
    server.add_channel("songs")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_quota_command_matches_what_is_then_allowed() {
    let settings = [("USER_QUOTA", "4/1d"), ("GUILD_QUOTA", "3/1h"), ("GLOBAL_QUOTA", "50/1w")];
    let fixture = limited(&settings).await;
    let (here, there) =
        (fixture.ann.at(&fixture.channel), fixture.ann.at(&there(&fixture, "Another")));
    done(&song_at(&here, "the first").await).await;
    let before = told(&here).await;
    assert!(before.starts_with("You can ask for 2 more songs now.\n"), "{before}");
    assert!(before.contains("You have 3 of your 4 songs a day left.\n"), "{before}");
    assert!(before.contains("This server has 2 of its 3 songs an hour left."), "{before}");
    assert!(before.contains("Everyone together: 49 of 50 songs a week left."));
    let (count, refusal) = sung_until_refused(&here).await;
    assert_eq!(count, 2, "{refusal}");
    // A quota without room shows the same time as the refusal.
    assert!(told(&here).await.starts_with(&refusal), "{refusal}");
    let elsewhere = told(&there).await;
    assert!(elsewhere.contains("You have 1 of your 4 songs a day left."), "{elsewhere}");
    assert!(elsewhere.contains("This server has 3 of its 3 songs an hour left."), "{elsewhere}");
    let (count, refusal) = sung_until_refused(&there).await;
    assert_eq!(count, 1);
    assert!(told(&there).await.starts_with(&refusal), "{refusal}");
    // In direct messages there is no server to count for.
    assert!(!told(&fixture.ann.dm()).await.contains("server"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_best_of_a_persons_roles_counts() {
    let mut fixture = Fixture::without_bot(
        &[("USER_QUOTA", "1/1d"), ("USER_CONCURRENCY", "3")],
        DiscordRules::default(),
        WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() },
    )
    .await;
    let (fan, star) = (fixture.server.add_role("Fan"), fixture.server.add_role("Star"));
    fixture.set("ROLE_QUOTAS", &format!("{}=3/1h,{}=unlimited", fan.id(), star.id()));
    fixture.start_and_wait_until_ready().await;
    let client = fixture.ann.at(&fixture.channel);
    assert!(told(&client).await.contains("You have 1 of your 1 song a day left."));
    fixture.server.give_role(&fixture.ann, &fan);
    done(&song_at(&client, "a fan's song").await).await;
    assert!(told(&client).await.contains("You have 2 of your 3 songs an hour left."));
    fixture.server.give_role(&fixture.ann, &star);
    let told = told(&client).await;
    assert!(told.starts_with("Unlimited.\n"), "{told}");
    assert!(told.contains("You can have 3 songs under way at once."), "{told}");
    assert!(!told.contains("Everyone") && !told.contains("of your"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_line_of_the_quota_is_the_number_of_songs_left() {
    let settings =
        [("USER_QUOTA", "unlimited"), ("GUILD_QUOTA", "9/1d"), ("USER_CONCURRENCY", "2")];
    let fixture = limited(&settings).await;
    let client = fixture.ann.at(&fixture.channel);
    let first = async || told(&client).await.lines().next().unwrap().to_owned();
    assert_eq!(first().await, "You can ask for 9 more songs now, 2 at a time.");
    assert!(told(&client).await.contains("Your own songs are unlimited."));
    assert_eq!(told(&fixture.ann.dm()).await.lines().next(), Some("Unlimited."));
    fixture.whisul.plan("long", Plan::song().until_told());
    for prompt in ["a long song", "another long song"] {
        fixture.song(&fixture.ann, prompt).await.answer().await.unwrap();
    }
    assert_eq!(first().await, sung_until_refused(&client).await.1);
}

#[tokio::test(flavor = "multi_thread")]
async fn unfinished_songs_are_listed_with_their_messages() {
    let fixture = limited(&[("USER_QUOTA", "5/1d"), ("USER_CONCURRENCY", "2")]).await;
    fixture.whisul.plan("long", Plan::song().until_told());
    fixture.whisul.plan("failing", Plan::fails(None).takes(Duration::ZERO));
    let asked = fixture.song(&fixture.ann, "a long *song*").await;
    let message = asked.answer().await.unwrap();
    fixture.whisul.until_accepted("a long").await;
    let client = fixture.ann.at(&fixture.channel);
    let shown = told(&client).await;
    let place = format!(
        "https://discord.com/channels/{}/{}/{}",
        fixture.server.id(),
        message.channel_id,
        message.id
    );
    assert!(shown.contains(&format!("[message]({place})")), "{shown}");
    assert!(shown.contains(r"> a long \*song\*"), "{shown}");
    assert!(shown.contains("You can have 2 songs under way at once: 1 more now."), "{shown}");
    assert!(shown.contains("You have 4 of your 5 songs a day left."), "{shown}");
    // A failed song is refunded. Songs of others are not shown.
    failed(&fixture.song(&fixture.ann, "a failing song").await).await;
    assert!(told(&client).await.contains("You have 4 of your 5 songs a day left."));
    assert!(!told(&fixture.bob.at(&fixture.channel)).await.contains("long"));
}

#[tokio::test(flavor = "multi_thread")]
async fn admin_actions_change_the_quota_at_once() {
    let fixture = limited(&[("USER_QUOTA", "1/1d")]).await;
    let (client, owner) =
        (fixture.ann.at(&fixture.channel), fixture.discord.owner().at(&fixture.channel));
    let act = async |name: &str, more: &[(&str, Value)]| {
        let options = [&[("person", json!(fixture.ann.id().to_string()))], more].concat();
        let used = owner.command(&format!("admin {name}"), &options).await.unwrap();
        used.answer().await.expect("a response at once");
    };
    let grant = [("songs", json!(2)), ("for", json!("7d")), ("reason", json!("a birthday"))];
    act("quota grant", &grant).await;
    let before = told(&client).await;
    assert!(before.starts_with("You can ask for 3 more songs now.\n"), "{before}");
    assert!(before.contains("You have 1 of your 1 song a day left."), "{before}");
    assert!(before.contains("You have 2 extra songs until <t:"), "{before}");
    done(&song_at(&client, "of the quota").await).await;
    let extra = told(&client).await;
    assert!(extra.starts_with("You can ask for 2 more songs now.\n"), "{extra}");
    assert!(!extra.contains("used up your"), "{extra}");
    let (count, refusal) = sung_until_refused(&client).await;
    assert_eq!(count, 2);
    let after = told(&client).await;
    assert!(after.contains(&refusal) && !after.contains("extra"), "{after}");
    act("quota set", &[("quota", json!("5/1d"))]).await;
    assert!(told(&client).await.contains("You have 4 of your 5 songs a day left."));
    act("block", &[("reason", json!("noise"))]).await;
    let restricted = sung_until_refused(&client).await.1;
    let shown = told(&client).await;
    assert!(shown.starts_with(&restricted), "{shown}");
}
