//! Showing a song again with `/songs show`.

use std::time::Duration;

use sandbox::{ChannelClient, Invocation, Message, Plan};
use serde_json::json;

use crate::{
    fixture::buttons::click,
    fixture::{Fixture, description, done, is_done, refusal, title},
};

use super::songs_command::{listed, quick, show, sung};

#[tokio::test(flavor = "multi_thread")]
async fn a_song_can_be_shown_again_to_everybody_anywhere() {
    let fixture = quick().await;
    let prompts = ["a slow waltz".to_owned(), "a fast polka".to_owned()];
    let sung = sung(&fixture, &fixture.ann, &prompts).await;
    let elsewhere = fixture.server.add_channel("elsewhere");
    let client = fixture.ann.at(&elsewhere);
    let choices = client.autocomplete("songs", "show", "").await.unwrap();
    assert_eq!(choices.len(), 2);
    let choices = client.autocomplete("songs", "show", "waltz").await.unwrap();
    let name = format!("{} · a slow waltz", title(&sung[0]));
    assert_eq!(choices[0]["name"], name.as_str());
    let shown = show(&client, choices[0]["value"].as_str().unwrap()).await;
    let shown = shown.answer().await.unwrap();
    assert!(is_done(&shown) && !shown.ephemeral());
    assert!(fixture.bob.at(&elsewhere).message(shown.id).is_some());
    let embed = |message: &Message| message.json()["embeds"].clone();
    assert_eq!(embed(&shown), embed(&sung[0]));
    let again = click(&fixture.bob.at(&elsewhere), &shown, "Again").await;
    assert!(description(&done(&again).await).contains("a slow waltz"));
    // Nothing was paid for showing it.
    assert_eq!(fixture.whisul.accepted("a slow waltz"), 2);
}

/// Shows a song again where only its requester may see it, and returns the sentence above it.
async fn shown_to_one(fixture: &Fixture, client: &ChannelClient, song: &Invocation) -> String {
    let shown =
        show(client, &song.id.to_string()).await.answer().await.expect("a response at once");
    assert!(is_done(&shown) && shown.ephemeral(), "{}", shown.text());
    let channel = fixture.discord.channel_client(fixture.bob.id(), client.channel_id());
    assert!(channel.message(shown.id).is_none());
    shown.content
}

#[tokio::test(flavor = "multi_thread")]
async fn no_song_is_shown_to_everybody_where_songs_are_not_allowed() {
    let mut fixture = quick().await;
    let asked = fixture.song(&fixture.ann, "a badger waltz").await;
    done(&asked).await;
    let client = fixture.ann.at(&fixture.channel);
    let owner = fixture.discord.owner().at(&fixture.channel);
    let admin = async |command: &str, options: &[(&str, serde_json::Value)]| {
        let done = owner.command(&format!("admin {command}"), options).await.unwrap();
        assert!(done.answer().await.unwrap().text().starts_with("Done"), "{command}");
    };
    let (ann, everywhere) =
        (("person", json!(fixture.ann.id().to_string())), ("everywhere", json!(true)));
    let why = ("reason", json!("noise"));
    for (begin, end, options, told) in [
        (
            "block",
            "unblock",
            vec![ann.clone(), why.clone()],
            "moderators of this server have blocked you",
        ),
        (
            "block",
            "unblock",
            vec![ann, why, everywhere.clone()],
            "this bot's owner has blocked you",
        ),
        ("pause", "resume", vec![], "moderators have paused songs"),
        ("pause", "resume", vec![everywhere], "paused everywhere"),
        (
            "words add",
            "words remove",
            vec![("word", json!("badger"))],
            "a word in it that is blocked",
        ),
        ("words add", "words remove", vec![("word", json!(title_word(&asked)))], "a word in it"),
    ] {
        admin(begin, &options).await;
        let said = shown_to_one(&fixture, &client, &asked).await;
        assert!(said.contains(told), "{begin}: {said}");
        admin(end, &options).await;
        let shown = show(&client, &asked.id.to_string()).await.answer().await.unwrap();
        assert!(!shown.ephemeral() && shown.content.is_empty(), "{}", shown.text());
    }
    // Nor where the bot makes no songs at all.
    fixture.stop_bot().await;
    fixture.set("ALLOWED_GUILDS", "345678901234567890");
    fixture.start_and_wait_until_ready().await;
    let said = shown_to_one(&fixture, &client, &asked).await;
    assert!(said.contains("isn't set up for songs in this server"), "{said}");
}

/// The first word of a song's title that is long enough to be one.
fn title_word(song: &Invocation) -> String {
    let message = song.message().unwrap();
    let word = title(&message).split(' ').find(|word| word.len() > 2);
    word.expect("a title").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_with_one_result_shows_it_and_others_list_their_results() {
    let fixture = quick().await;
    let prompts = ["cats in space", "cats at sea", "a slow waltz"].map(str::to_owned);
    let sung = sung(&fixture, &fixture.ann, &prompts).await;
    let client = fixture.ann.at(&fixture.channel);
    let name = client.autocomplete("songs", "show", "sea").await.unwrap()[0]["name"].clone();
    for (typed, song) in
        [("SPACE", 0), ("cats sea", 1), (name.as_str().unwrap(), 1), (" waltz ", 2)]
    {
        let shown = show(&client, typed).await.answer().await.unwrap();
        assert!(is_done(&shown) && !shown.ephemeral(), "{typed}: {}", shown.text());
        assert_eq!(title(&shown), title(&sung[song]), "{typed}");
    }
    let several = show(&client, "cats").await.answer().await.unwrap();
    assert!(several.ephemeral());
    assert!(several.content.starts_with("2 of your songs fit that."), "{}", several.content);
    assert_eq!(listed(&several), ["cats at sea", "cats in space"]);
    for typed in ["dogs", "*", "\u{200B}"] {
        let told = refusal(&show(&client, typed).await).await;
        assert!(told.contains("couldn't find that song among yours"), "{typed}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_is_shown_again_has_its_files() {
    let fixture = crate::delivery::attachments::fixture().await;
    let song =
        crate::delivery::attachments::covered(&fixture.song(&fixture.ann, "rain").await).await;
    let elsewhere = fixture.discord.add_server_without_bot("Elsewhere");
    elsewhere.join(&fixture.ann);
    fixture.ann.install_app();
    let clients =
        [fixture.ann.at(&fixture.channel), fixture.ann.at(&elsewhere.add_channel("general"))];
    for client in &clients {
        let shown = crate::delivery::attachments::covered(&show(client, "rain").await).await;
        assert_ne!(shown.id, song.id);
        let names = |message: &Message| message.attachments[0].filename.clone();
        assert_eq!(names(&shown), names(&song));
    }
    // To one person alone, too, with the sentence that says why.
    let owner = fixture.discord.owner().at(&fixture.channel);
    owner.command("admin pause", &[]).await.unwrap().answer().await.unwrap();
    let shown = crate::delivery::attachments::covered(&show(&clients[0], "rain").await).await;
    assert!(shown.ephemeral() && shown.content.starts_with("Only you can see this"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_choice_shows_nothing() {
    let fixture = quick().await;
    let asked = fixture.song(&fixture.bob, "a secret of Bob's").await;
    done(&asked).await;
    fixture.whisul.plan("failing", Plan::fails(None).takes(Duration::ZERO));
    let failing = fixture.song(&fixture.ann, "a failing song").await;
    crate::fixture::failed(&failing).await;
    let client = fixture.ann.at(&fixture.channel);
    assert!(client.autocomplete("songs", "show", "").await.unwrap().is_empty());
    for value in [
        asked.id.to_string(),
        failing.id.to_string(),
        u64::MAX.to_string(),
        "0".to_owned(),
        "-1".to_owned(),
        "a secret of Bob's".to_owned(),
        "1 OR 1=1".to_owned(),
    ] {
        let told = refusal(&show(&client, &value).await).await;
        assert!(told.contains("I couldn't find that song among yours"), "{value}: {told}");
    }
}
