//! Servers, direct messages, and people who bring the bot along.

use std::time::Duration;

use sandbox::{Channel, ClientRefusal, DiscordRules, DiscordSandbox, Plan, Seat, WhisulRules};
use serde_json::{Value, json};

use crate::world::{World, done, refusal, song_at};

/// Where an application's global commands are.
const COMMANDS: &str = "/api/v10/applications/*/commands";

/// A world with these settings, where songs take no time.
async fn quick(settings: &[(&str, &str)]) -> World {
    let world = World::with(settings).await;
    world.whisul.plan("", Plan::song().takes(Duration::ZERO));
    world
}

/// A song from the command to the embed, in one message, which `others` see or not.
async fn sings(seat: &Seat, others: Option<(&Seat, bool)>) {
    let asked = song_at(seat, "a song").await;
    let first = asked.answer().await.expect("an answer at once");
    let song = done(&asked).await;
    assert_eq!((song.id, song.channel_id), (first.id, seat.channel_id()));
    assert!(seat.message(song.id).is_some());
    if let Some((other, sees)) = others {
        assert_eq!(other.message(song.id).is_some(), sees);
        assert_eq!(song.ephemeral(), !sees);
    }
}

/// A channel in a server where the bot is not, with both people in it.
fn channel_without_bot(world: &World) -> Channel {
    let server = world.discord.add_server_without_bot("Elsewhere");
    server.join(&world.ann);
    server.join(&world.bob);
    world.ann.install_app();
    server.add_channel("general")
}

#[tokio::test(flavor = "multi_thread")]
async fn songs_in_direct_messages() {
    let world = quick(&[]).await;
    sings(&world.ann.dm(), None).await;
    assert!(world.ann.at(&world.channel).messages().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_installed_the_bot_brings_it_along() {
    let world = quick(&[]).await;
    let channel = channel_without_bot(&world);
    sings(&world.ann.at(&channel), Some((&world.bob.at(&channel), true))).await;
    let among_two = world.discord.add_private_channel(&[&world.ann, &world.bob]);
    sings(&world.ann.at(&among_two), Some((&world.bob.at(&among_two), true))).await;
    // The bot itself can't reach these channels, and does not try.
    assert_eq!(world.discord.requests().count("*", "/api/v10/channels/**"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_external_apps_are_denied_only_the_requester_sees_the_song() {
    let world = quick(&[]).await;
    let server = world.discord.add_server_without_bot("A strict server");
    let channel = server.add_channel("general");
    server.join(&world.ann);
    server.join(&world.bob);
    world.ann.install_app();
    server.deny_external_apps();
    sings(&world.ann.at(&channel), Some((&world.bob.at(&channel), false))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_listed_servers_get_songs() {
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    let mut world = World::asleep(&[("USER_QUOTA", "2/1d")], DiscordRules::default(), rules).await;
    let listed = world.discord.add_server_without_bot("Listed, without the bot");
    let there = listed.add_channel("general");
    listed.join(&world.ann);
    world.set("ALLOWED_GUILDS", &format!("{},{}", world.server.id(), listed.id()));
    world.wake_bot().await;

    let unlisted = world.discord.add_server("Unlisted");
    let with_bot = unlisted.add_channel("songs");
    unlisted.join(&world.ann);
    let without_bot = channel_without_bot(&world);
    for channel in [&with_bot, &without_bot] {
        let told = refusal(&song_at(&world.ann.at(channel), "unlisted").await).await;
        assert!(told.contains("isn't set up for songs in this server"), "{told}");
    }
    let among_two = world.discord.add_private_channel(&[&world.ann, &world.bob]);
    for seat in [world.ann.dm(), world.ann.at(&among_two)] {
        let told = refusal(&song_at(&seat, "private").await).await;
        assert!(told.contains("only in its servers"), "{told}");
    }
    // None of that was charged or asked of Whisul.
    sings(&world.ann.at(&world.channel), None).await;
    sings(&world.ann.at(&there), None).await;
    assert_eq!(world.whisul.jobs().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn direct_messages_can_be_allowed_beside_listed_servers() {
    let world = quick(&[("ALLOWED_GUILDS", "345678901234567890"), ("ALLOW_DMS", "true")]).await;
    sings(&world.ann.dm(), None).await;
    refusal(&world.song(&world.ann, "unlisted").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn direct_messages_can_be_denied_and_all_servers_allowed() {
    let world = quick(&[("ALLOW_DMS", "false")]).await;
    let among_two = world.discord.add_private_channel(&[&world.ann, &world.bob]);
    for seat in [world.ann.dm(), world.ann.at(&among_two)] {
        let told = refusal(&song_at(&seat, "private").await).await;
        assert!(told.contains("only in its servers"), "{told}");
    }
    sings(&world.ann.at(&world.channel), None).await;
    let channel = channel_without_bot(&world);
    sings(&world.ann.at(&channel), None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn discord_knows_the_command_its_places_and_its_limits() {
    let world = quick(&[]).await;
    let commands = world.discord.commands();
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

    let seat = world.ann.at(&world.channel);
    for prompt in [String::new(), "é".repeat(1001)] {
        let refused = seat.command("song", &[("prompt", json!(prompt))]).await.unwrap_err();
        assert!(matches!(refused, ClientRefusal::OutOfBounds { .. }), "{refused}");
    }
    done(&song_at(&seat, &"é".repeat(1000)).await).await;
    assert_eq!(world.whisul.accepted(&"é".repeat(1000)), 1);
}

/// Waits until the bot has asked so often for the commands that Discord has.
async fn until_asked_for_commands(discord: &DiscordSandbox, times: usize) {
    let asked = || discord.requests().matching("GET", COMMANDS);
    let answered = || asked().iter().filter(|request| request.status.is_some()).count();
    discord.until("a look at the commands", || (answered() == times).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_are_registered_only_when_they_changed() {
    let mut world = quick(&[]).await;
    let ours = world.discord.commands();
    let registered = |world: &World| world.discord.requests().count("PUT", COMMANDS);
    assert_eq!(registered(&world), 1);
    world.stop_bot().await;
    world.wake_bot().await;
    until_asked_for_commands(&world.discord, 2).await;
    done(&world.song(&world.ann, "meanwhile").await).await;
    assert_eq!(registered(&world), 1);
    assert_eq!(world.discord.commands(), ours, "ids and versions included");

    // Somebody else registers other commands with the same token.
    world.stop_bot().await;
    let application = world.discord.application_id();
    let url = format!("{}/api/v10/applications/{application}/commands", world.discord.url());
    let other = json!([{ "name": "tune", "description": "Another bot's command", "type": 1 }]);
    let authorization = format!("Bot {}", world.discord.token());
    let request = reqwest::Client::new().put(url).header("authorization", authorization);
    assert!(request.json(&other).send().await.unwrap().status().is_success());
    world.wake_bot().await;
    let is_ours = || (world.discord.commands()[0]["name"] == "song").then_some(());
    world.discord.until("our command again", is_ours).await;
    done(&world.song(&world.ann, "afterwards").await).await;
}
