//! Interactions that the bot doesn't expect. Each gets a response.

use std::time::Duration;

use sandbox::{DiscordRules, Invocation, Modal, NoAnswer, Plan, Server, WhisulRules};
use serde_json::{Value, json};

use crate::{
    fixture::program::{Program, until_logged},
    fixture::{Fixture, description, done, refusal, title},
};

const MAKE_A_SONG: &str = "Make a song of this";

async fn with_rules() -> Fixture {
    let fixture = Fixture::new().await;
    fixture.whisul.plan("", Plan::song().takes(Duration::ZERO));
    fixture
}

/// The form that answers an interaction.
async fn form(asked: &Invocation) -> Modal {
    match asked.answer().await {
        Err(NoAnswer::Modal(form)) => form,
        other => panic!("{other:?}"),
    }
}

/// Ann uses "Make a song of this" on a message of Bob's that holds this beside its text.
async fn used_on(fixture: &Fixture, text: &str, message: &Value) -> Invocation {
    let id = fixture.bob.at(&fixture.channel).say(text).expect("a message");
    let resolved = json!({ "data": { "resolved": { "messages": { id.to_string(): message } } } });
    fixture.discord.gateway().alter_interactions(resolved);
    let asked = fixture.ann.at(&fixture.channel).message_command(MAKE_A_SONG, id).await;
    asked.expect("Discord takes the command")
}

/// The first field of the form.
async fn prompt_of(fixture: &Fixture, text: &str, message: &Value) -> String {
    form(&used_on(fixture, text, message).await).await.fields[0].value.clone().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_fields_of_a_message_are_ignored() {
    let fixture = with_rules().await;
    let new_row = json!([{ "type": 1, "components": [{ "type": 99, "new": true }] }]);
    for message in [
        json!({ "embeds": [{ "video": { "width": 1, "height": 1 } }] }),
        json!({ "components": new_row }),
        json!({ "author": { "public_flags": 1_u64 << 33 } }),
        json!({ "author": { "avatar": "a hash of another kind" } }),
        json!({ "type": 4000, "flags": 1_u64 << 40, "timestamp": "soon" }),
        json!({ "attachments": [{ "new": [] }], "mentions": [{}], "poll": 7, "thread": [] }),
        json!({ "edited_timestamp": {}, "interaction_metadata": { "type": "x" } }),
    ] {
        assert_eq!(prompt_of(&fixture, "rain", &message).await, "rain", "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_fields_of_a_command_are_ignored() {
    let fixture = with_rules().await;
    for alteration in [
        json!({ "member": { "user": { "public_flags": 1_u64 << 33 } } }),
        json!({ "member": { "flags": 1_u64 << 33, "avatar": 7, "joined_at": "once" } }),
        json!({ "entitlements": [{ "new": 1 }], "channel": { "type": "new" } }),
        json!({ "app_permissions": "many", "context": 9, "version": 2000 }),
        json!({ "authorizing_integration_owners": { "2": "7" } }),
        json!({ "attachment_size_limit": 1_u64 << 40, "guild_locale": 7, "locale": {} }),
    ] {
        fixture.discord.gateway().alter_interactions(alteration);
        done(&fixture.song(&fixture.ann, "a song").await).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_fields_of_a_button_or_a_form_are_ignored() {
    let fixture = with_rules().await;
    let song = done(&fixture.song(&fixture.ann, "a song").await).await;
    let alteration = json!({ "message": { "embeds": [{ "video": { "width": 1 } }] } });
    fixture.discord.gateway().alter_interactions(alteration);
    let client = fixture.ann.at(&fixture.channel);
    let edit = song.button("Edit prompt").unwrap().custom_id.clone().unwrap();
    let shown = form(&client.click(song.id, &edit).await.unwrap()).await;
    assert_eq!(shown.fields[0].value.as_deref(), Some("a song"));
    let filled_in = client.submit_modal(&shown, &[("prompt", "another song")]).await.unwrap();
    assert!(description(&done(&filled_in).await).contains("another song"));
    // A form may come back as Discord lays it out today.
    let shown = form(&client.click(song.id, &edit).await.unwrap()).await;
    let input = json!({ "type": 4, "custom_id": "prompt", "value": "a third song" });
    let components = json!([{ "type": 10 }, { "type": 18, "component": input }]);
    fixture.discord.gateway().alter_interactions(json!({ "data": { "components": components } }));
    let filled_in = client.submit_modal(&shown, &[]).await.unwrap();
    assert!(description(&done(&filled_in).await).contains("a third song"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_interaction_gets_an_error_message() {
    let fixture = with_rules().await;
    for alteration in [
        json!({ "data": { "name": 7 } }),
        json!({ "data": { "options": [{ "name": "prompt", "type": 3, "value": {} }] } }),
        json!({ "type": 77 }),
        json!({ "data": [] }),
        json!({ "member": { "user": { "id": "nobody" } } }),
        // The user is missing, or has no usable id.
        json!({ "member": [] }),
        json!({ "member": { "user": [] } }),
        json!({ "member": { "user": { "id": "0" } } }),
        json!({ "member": { "user": { "id": "9223372036854775808" } } }),
        json!({ "guild_id": "0" }),
        json!({ "channel_id": "9223372036854775808", "channel": { "id": "9223372036854775808" } }),
        json!({ "guild_id": "somewhere" }),
        json!({ "member": [], "user": { "id": "77", "username": "x" } }),
    ] {
        fixture.discord.gateway().alter_interactions(alteration.clone());
        let told = refusal(&fixture.song(&fixture.ann, "a song").await).await;
        assert!(told.contains("a form that I don't understand"), "{alteration}: {told}");
    }
    let autocomplete = json!({ "data": { "id": {} } });
    fixture.discord.gateway().alter_interactions(autocomplete);
    let client = fixture.ann.at(&fixture.channel);
    assert_eq!(client.autocomplete("song", "prompt", "a").await.unwrap(), Vec::<Value>::new());
    assert_eq!(fixture.whisul.jobs().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_button_or_menu_is_answered() {
    let fixture = with_rules().await;
    let song = done(&fixture.song(&fixture.ann, "a song").await).await;
    let again = song.button("Again").unwrap().custom_id.clone().unwrap();
    for data in [
        json!({ "custom_id": "upscale:1" }),
        json!({ "custom_id": "menu", "component_type": 3, "values": ["x"] }),
        json!({ "custom_id": "new", "component_type": 99, "values": { "x": 1 } }),
    ] {
        fixture.discord.gateway().alter_interactions(json!({ "data": data }));
        let asked = fixture.ann.at(&fixture.channel).click(song.id, &again).await.unwrap();
        assert!(!refusal(&asked).await.is_empty(), "{data}");
    }
    assert_eq!(fixture.whisul.jobs().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_may_be_numbers() {
    let fixture = with_rules().await;
    let (ann, channel) = (fixture.ann.id(), fixture.channel.id());
    let alteration = json!({ "channel_id": channel, "member": { "user": { "id": ann } } });
    fixture.discord.gateway().alter_interactions(alteration);
    done(&fixture.song(&fixture.ann, "a song").await).await;
}

/// Ann uses a command that another program has left.
async fn leftover(
    fixture: &Fixture,
    server: Option<&Server>,
    command: &Value,
    name: &str,
) -> String {
    fixture.discord.leave_command(server, command);
    let asked = fixture.ann.at(&fixture.channel).command(name, &[]).await;
    refusal(&asked.expect("Discord takes the command")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_left_by_an_older_bot_is_answered() {
    let fixture = with_rules().await;
    let command = |name: &str| json!({ "name": name, "description": "Draw something" });
    for (server, name) in [(None, "imagine"), (Some(&fixture.server), "draw")] {
        let told = leftover(&fixture, server, &command(name), name).await;
        assert!(told.contains("doesn't have that command"), "{told}");
    }
    let menu = json!({ "name": "Paint this", "type": 3 });
    fixture.discord.leave_command(None, &menu);
    let message = fixture.bob.at(&fixture.channel).say("rain").unwrap();
    let asked =
        fixture.ann.at(&fixture.channel).message_command("Paint this", message).await.unwrap();
    assert!(refusal(&asked).await.contains("doesn't have that command"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_version_of_a_command_is_answered() {
    let fixture = with_rules().await;
    let subcommand = json!({ "type": 1, "name": "sing", "description": "Sing" });
    let of_songs = json!({ "name": "songs", "description": "Songs", "options": [subcommand] });
    let number = json!({ "type": 4, "name": "prompt", "description": "How many" });
    let with_number = json!({ "name": "song", "description": "A song", "options": [number] });
    let bare = |name: &str| json!({ "name": name, "description": "x" });
    let older = json!({ "type": 3, "name": "how", "description": "How" });
    let of_notify = json!({ "name": "notify", "description": "x", "options": [older] });
    let group = json!({ "type": 1, "name": "quota", "description": "x" });
    let of_admin = json!({ "name": "admin", "description": "x", "options": [group] });
    for (command, used, options) in [
        (of_songs, "songs sing", vec![]),
        (with_number.clone(), "song", vec![("prompt", json!(7))]),
        (with_number, "song", vec![]),
        (bare("admin"), "admin", vec![]),
        (of_admin, "admin quota", vec![]),
        (bare("my-data"), "my-data", vec![]),
        (bare("notify"), "notify", vec![]),
        (of_notify, "notify", vec![("how", json!("off"))]),
    ] {
        fixture.discord.leave_command(Some(&fixture.server), &command);
        let asked = fixture.ann.at(&fixture.channel).command(used, &options).await.unwrap();
        let told = refusal(&asked).await;
        assert!(told.contains("This command has changed"), "{used}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_without_its_subcommand_is_logged() {
    let fixture = Fixture::without_bot(&[], DiscordRules::default(), WhisulRules::default()).await;
    let before = fixture.discord.sessions().identified;
    let _program = Program::logged(&fixture);
    fixture.until_ready_after(before).await;
    for name in ["my-data", "admin"] {
        let bare = json!({ "name": name, "description": "x" });
        let told = leftover(&fixture, Some(&fixture.server), &bare, name).await;
        assert!(told.contains("This command has changed"), "{name}: {told}");
        until_logged(
            &fixture,
            &format!("other options than ours; a restart registers ours command=\"{name}\""),
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_is_made_of_any_visible_text_of_a_message() {
    let fixture = with_rules().await;
    let forward = json!({ "message": { "content": "forwarded rain", "embeds": [] } });
    let poll = json!({ "question": { "text": "Rain?" },
        "answers": [{ "answer_id": 1, "poll_media": { "text": "Yes" } }] });
    let container = json!({ "type": 17, "components": [{ "type": 10, "content": "# Rain" }] });
    for (message, expected) in [
        (json!({ "content": "", "message_snapshots": [forward] }), "forwarded rain"),
        (json!({ "content": "", "poll": poll }), "Rain? Yes"),
        (
            json!({ "content": "", "embeds": [{ "title": "Rain", "description": "of cats" }] }),
            "Rain of cats",
        ),
        (json!({ "content": "", "flags": 1 << 15, "components": [container] }), "# Rain"),
        (
            json!({ "content": "for <@7> <:blob:123> <t:1700000000:R>!",
                "mentions": [{ "id": "7", "username": "ann", "global_name": "Ann" }] }),
            "for Ann :blob: !",
        ),
    ] {
        assert_eq!(prompt_of(&fixture, "x", &message).await, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_without_text_makes_no_form() {
    let fixture = with_rules().await;
    let message =
        json!({ "content": "", "sticker_items": [{ "id": "1", "name": "x", "format_type": 1 }] });
    for message in [message, json!({ "content": "\u{AD}\u{E000}\u{200B}" })] {
        let told = refusal(&used_on(&fixture, "x", &message).await).await;
        assert!(told.contains("no text in that message"), "{message}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_is_made_of_the_prompt_of_the_bots_own_song() {
    let fixture = with_rules().await;
    let song = done(&fixture.song(&fixture.ann, "a calm *song*").await).await;
    assert!(!title(&song).is_empty());
    let asked =
        fixture.bob.at(&fixture.channel).message_command(MAKE_A_SONG, song.id).await.unwrap();
    assert_eq!(form(&asked).await.fields[0].value.as_deref(), Some("a calm *song*"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interactions_endpoint_url_is_reported() {
    let mut fixture = with_rules().await;
    fixture.stop_bot().await;
    fixture.discord.set_interactions_endpoint(Some("https://example.com/interactions"));
    fixture.start_and_wait_until_ready().await;
    let owner = fixture.discord.owner();
    let told = || {
        let mut messages = fixture.discord.messages().into_iter();
        messages.find(|message| message.content.contains("Interactions Endpoint URL"))
    };
    let message = fixture.discord.until("word to the owner", told).await;
    assert!(message.content.contains("developer portal"), "{} {}", owner.id(), message.content);
}
