//! Servers, direct messages, and people who bring the bot along.

use std::time::Duration;

use sandbox::{
    Channel, ChannelClient, ClientRefusal, DiscordRules, DiscordSandbox, Plan, WhisulRules,
};
use serde_json::{Value, json};

use crate::fixture::{Fixture, done, refusal, song_at};

/// Where an application's global commands are.
const COMMANDS: &str = "/api/v10/applications/*/commands";

/// A fixture with these settings, where songs take no time.
async fn quick(settings: &[(&str, &str)]) -> Fixture {
    let fixture = Fixture::with(settings).await;
    fixture.whisul.plan("", Plan::song().takes(Duration::ZERO));
    fixture
}

/// A song from the command to the embed, in one message, which `others` see or not.
async fn sings(client: &ChannelClient, others: Option<(&ChannelClient, bool)>) {
    let asked = song_at(client, "a song").await;
    let first = asked.answer().await.expect("a response at once");
    let song = done(&asked).await;
    assert_eq!((song.id, song.channel_id), (first.id, client.channel_id()));
    assert!(client.message(song.id).is_some());
    if let Some((other, sees)) = others {
        assert_eq!(other.message(song.id).is_some(), sees);
        assert_eq!(song.ephemeral(), !sees);
    }
}

/// A channel in a server where the bot is not, with both people in it.
fn channel_without_bot(fixture: &Fixture) -> Channel {
    let server = fixture.discord.add_server_without_bot("Elsewhere");
    server.join(&fixture.ann);
    server.join(&fixture.bob);
    fixture.ann.install_app();
    server.add_channel("general")
}

#[tokio::test(flavor = "multi_thread")]
async fn songs_work_in_direct_messages() {
    let fixture = quick(&[]).await;
    sings(&fixture.ann.dm(), None).await;
    assert!(fixture.ann.at(&fixture.channel).messages().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn songs_work_where_only_a_user_installed_the_bot() {
    let fixture = quick(&[]).await;
    let channel = channel_without_bot(&fixture);
    sings(&fixture.ann.at(&channel), Some((&fixture.bob.at(&channel), true))).await;
    let among_two = fixture.discord.add_private_channel(&[&fixture.ann, &fixture.bob]);
    sings(&fixture.ann.at(&among_two), Some((&fixture.bob.at(&among_two), true))).await;
    // The bot itself can't reach these channels, and does not try.
    assert_eq!(fixture.discord.requests().count("*", "/api/v10/channels/**"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_external_apps_are_denied_only_the_requester_sees_the_song() {
    let fixture = quick(&[]).await;
    let server = fixture.discord.add_server_without_bot("A strict server");
    let channel = server.add_channel("general");
    server.join(&fixture.ann);
    server.join(&fixture.bob);
    fixture.ann.install_app();
    server.deny_external_apps();
    sings(&fixture.ann.at(&channel), Some((&fixture.bob.at(&channel), false))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_listed_servers_get_songs() {
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    let mut fixture =
        Fixture::without_bot(&[("USER_QUOTA", "2/1d")], DiscordRules::default(), rules).await;
    let listed = fixture.discord.add_server_without_bot("Listed, without the bot");
    let there = listed.add_channel("general");
    listed.join(&fixture.ann);
    fixture.set("ALLOWED_GUILDS", &format!("{},{}", fixture.server.id(), listed.id()));
    fixture.start_and_wait_until_ready().await;

    let unlisted = fixture.discord.add_server("Unlisted");
    let with_bot = unlisted.add_channel("songs");
    unlisted.join(&fixture.ann);
    let without_bot = channel_without_bot(&fixture);
    for channel in [&with_bot, &without_bot] {
        let told = refusal(&song_at(&fixture.ann.at(channel), "unlisted").await).await;
        assert!(told.contains("isn't set up for songs in this server"), "{told}");
    }
    let among_two = fixture.discord.add_private_channel(&[&fixture.ann, &fixture.bob]);
    for client in [fixture.ann.dm(), fixture.ann.at(&among_two)] {
        let told = refusal(&song_at(&client, "private").await).await;
        assert!(told.contains("only in its servers"), "{told}");
    }
    // None of that was charged or asked of Whisul.
    sings(&fixture.ann.at(&fixture.channel), None).await;
    sings(&fixture.ann.at(&there), None).await;
    assert_eq!(fixture.whisul.jobs().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn direct_messages_can_be_allowed_in_addition_to_listed_servers() {
    let fixture = quick(&[("ALLOWED_GUILDS", "345678901234567890"), ("ALLOW_DMS", "true")]).await;
    sings(&fixture.ann.dm(), None).await;
    refusal(&fixture.song(&fixture.ann, "unlisted").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn direct_messages_can_be_denied_and_all_servers_allowed() {
    let fixture = quick(&[("ALLOW_DMS", "false")]).await;
    let among_two = fixture.discord.add_private_channel(&[&fixture.ann, &fixture.bob]);
    for client in [fixture.ann.dm(), fixture.ann.at(&among_two)] {
        let told = refusal(&song_at(&client, "private").await).await;
        assert!(told.contains("only in its servers"), "{told}");
    }
    sings(&fixture.ann.at(&fixture.channel), None).await;
    let channel = channel_without_bot(&fixture);
    sings(&fixture.ann.at(&channel), None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_registered_command_has_its_contexts_and_limits() {
    let fixture = quick(&[]).await;
    let commands = fixture.discord.commands();
    let named = |name| commands.iter().find(|command| command["name"] == name).unwrap();
    let song = named("song");
    for name in ["song", "songs", "quota", "help", "my-data", "notify", "Make a song of this"] {
        assert_eq!(named(name)["integration_types"], json!([0, 1]), "{name}");
        assert_eq!(named(name)["contexts"], json!([0, 1, 2]), "{name}");
    }
    assert_eq!(song["guild_id"], Value::Null, "it is global");
    let option = &song["options"][0];
    assert_eq!((&option["name"], &option["required"]), (&json!("prompt"), &json!(true)));
    assert_eq!((&option["min_length"], &option["max_length"]), (&json!(1), &json!(1000)));

    let client = fixture.ann.at(&fixture.channel);
    for prompt in [String::new(), "é".repeat(1001)] {
        let refused = client.command("song", &[("prompt", json!(prompt))]).await.unwrap_err();
        assert!(matches!(refused, ClientRefusal::OutOfBounds { .. }), "{refused}");
    }
    done(&song_at(&client, &"é".repeat(1000)).await).await;
    assert_eq!(fixture.whisul.accepted(&"é".repeat(1000)), 1);
}

/// Waits until the bot has asked so often for the commands that Discord has.
async fn until_asked_for_commands(discord: &DiscordSandbox, times: usize) {
    let asked = || discord.requests().matching("GET", COMMANDS);
    let answered = || asked().iter().filter(|request| request.status.is_some()).count();
    discord.until("a look at the commands", || (answered() == times).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_are_registered_only_when_they_changed() {
    let mut fixture = quick(&[]).await;
    let ours = fixture.discord.commands();
    let registered = |fixture: &Fixture| fixture.discord.requests().count("PUT", COMMANDS);
    assert_eq!(registered(&fixture), 1);
    fixture.stop_bot().await;
    fixture.start_and_wait_until_ready().await;
    until_asked_for_commands(&fixture.discord, 2).await;
    done(&fixture.song(&fixture.ann, "meanwhile").await).await;
    assert_eq!(registered(&fixture), 1);
    assert_eq!(fixture.discord.commands(), ours, "ids and versions included");

    // Another program registers other commands with the same token.
    fixture.stop_bot().await;
    let application = fixture.discord.application_id();
    let url = format!("{}/api/v10/applications/{application}/commands", fixture.discord.url());
    let other = json!([{ "name": "tune", "description": "Another bot's command", "type": 1 }]);
    let authorization = format!("Bot {}", fixture.discord.token());
    let request = reqwest::Client::new().put(url).header("authorization", authorization);
    assert!(request.json(&other).send().await.unwrap().status().is_success());
    fixture.start_and_wait_until_ready().await;
    let is_ours = || (fixture.discord.commands()[0]["name"] == "song").then_some(());
    fixture.discord.until("our command again", is_ours).await;
    done(&fixture.song(&fixture.ann, "afterwards").await).await;
}
