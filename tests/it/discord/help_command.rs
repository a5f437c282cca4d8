//! `/help` describes the limits in force.

use sandbox::ChannelClient;
use serde_json::json;

use crate::fixture::{Fixture, title};

async fn help(client: &ChannelClient) -> String {
    let asked = client.command("help", &[]).await.expect("Discord takes the command");
    let answer = asked.answer().await.expect("a response at once");
    assert!(answer.ephemeral());
    assert_eq!(title(&answer), "Songs from a few words");
    answer.text()
}

#[tokio::test(flavor = "multi_thread")]
async fn help_shows_the_limits_in_force() {
    let settings = [
        ("USER_QUOTA", "5/1d"),
        ("USER_CONCURRENCY", "2"),
        ("GUILD_QUOTA", "50/1w"),
        ("GLOBAL_QUOTA", "100/1d"),
    ];
    let fixture = Fixture::with(&settings).await;
    let here = help(&fixture.ann.at(&fixture.channel)).await;
    for told in [
        "You can ask for 5 more songs now, 2 at a time.\n\n",
        "You get 5 songs a day.",
        "2 at once",
        "50 songs a week for this server.",
        "100 songs a day for everybody together.",
        "/songs",
        "/quota",
        "/my-data",
        "/notify",
        "Again",
        "Cancel",
    ] {
        assert!(here.contains(told), "{told} is missing in {here}");
    }
    assert!(!here.contains("roles") && !here.contains("/admin"), "{here}");
    let owner = help(&fixture.discord.owner().at(&fixture.channel)).await;
    assert!(owner.contains("`/admin` has what moderators need"), "{owner}");
    assert!(!help(&fixture.ann.dm()).await.contains("this server"));
}

#[tokio::test(flavor = "multi_thread")]
async fn help_matches_the_limits_of_the_reader() {
    let settings = [("USER_QUOTA", "2/1d"), ("USER_CONCURRENCY", "50")];
    let mut fixture = Fixture::with(&settings).await;
    let patrons = fixture.server.add_role("Patrons");
    fixture.stop_bot().await;
    fixture.set("ROLE_QUOTAS", &format!("{}=20/1d", patrons.id()));
    fixture.start_and_wait_until_ready().await;
    let (ann, bob) = (fixture.ann.at(&fixture.channel), fixture.bob.at(&fixture.channel));
    fixture.server.give_role(&fixture.ann, &patrons);
    let patron = help(&ann).await;
    assert!(patron.contains("You can ask for 20 more songs now."), "{patron}");
    assert!(patron.contains("You get 20 songs a day.\n"), "{patron}");
    let other = help(&bob).await;
    assert!(other.contains("You can ask for 2 more songs now."), "{other}");
    assert!(other.contains("You get 2 songs a day; some roles have more."), "{other}");

    let owner = fixture.discord.owner().at(&fixture.channel);
    let admin = async |command: &str, options: &[(&str, serde_json::Value)]| {
        let used = owner.command(&format!("admin {command}"), options).await.unwrap();
        used.answer().await.expect("a response at once");
    };
    let person = ("person", json!(fixture.ann.id().to_string()));
    admin("quota set", &[person.clone(), ("quota", json!("0/1d"))]).await;
    let none = help(&ann).await;
    assert!(none.contains("You can't make songs with this bot at the moment."), "{none}");
    assert!(!none.contains("role"), "no role helps: {none}");
    admin("quota set", &[person.clone(), ("quota", json!("unlimited"))]).await;
    let unlimited = help(&ann).await;
    assert!(unlimited.contains("Unlimited.\n") && !unlimited.contains("You get"), "{unlimited}");
    admin("pause", &[]).await;
    let paused = help(&ann).await;
    assert!(paused.contains("have paused songs in this server"), "{paused}");
    assert!(!paused.contains("Unlimited."), "{paused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn help_leaves_out_unlimited_quotas_and_names_the_places_for_songs() {
    let mut fixture =
        Fixture::with(&[("ROLE_QUOTAS", "345678901234567890=20/1d"), ("USER_QUOTA", "0/1d")]).await;
    let here = help(&fixture.ann.at(&fixture.channel)).await;
    assert!(here.contains("Only people with certain roles can make songs"), "{here}");
    assert!(!here.contains("everybody together") && !here.contains("for this server"), "{here}");
    fixture.stop_bot().await;
    fixture.set("ALLOWED_GUILDS", "345678901234567890");
    fixture.set("USER_QUOTA", "unlimited");
    fixture.set("NOTIFY", "off");
    fixture.start_and_wait_until_ready().await;
    let here = help(&fixture.ann.at(&fixture.channel)).await;
    assert!(!here.contains("/notify"), "{here}");
    assert!(here.contains("isn't set up for songs in this server"), "{here}");
    assert!(help(&fixture.ann.dm()).await.contains("makes songs only in its servers"));
}
