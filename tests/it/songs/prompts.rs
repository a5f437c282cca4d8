//! Where prompts come from besides being typed: suggestions, and other people's messages.

use std::time::Duration;

use sandbox::{ChannelClient, DiscordRules, Invocation, Modal, NoAnswer, Plan, WhisulRules};
use serde_json::Value;

use crate::fixture::{Fixture, description, done, failed, refusal, song_at};

const MAKE_A_SONG: &str = "Make a song of this";

/// A fixture with these settings, where songs take no time.
async fn quick(settings: &[(&str, &str)]) -> Fixture {
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    Fixture::with_rules(settings, DiscordRules::default(), rules).await
}

async fn suggested(client: &ChannelClient, typed: &str) -> Vec<Value> {
    client.autocomplete("song", "prompt", typed).await.expect("suggestions in time")
}

fn values(choices: &[Value]) -> Vec<&str> {
    choices.iter().filter_map(|choice| choice["value"].as_str()).collect()
}

/// Uses the command in a message's menu and gets a form.
async fn form(client: &ChannelClient, message: u64) -> Modal {
    match use_menu(client, message).await.answer().await {
        Err(NoAnswer::Modal(modal)) => modal,
        other => panic!("a form, not {other:?}"),
    }
}

async fn use_menu(client: &ChannelClient, message: u64) -> Invocation {
    client.message_command(MAKE_A_SONG, message).await.expect("Discord takes the command")
}

#[tokio::test(flavor = "multi_thread")]
async fn recent_prompts_are_suggested_to_their_author() {
    let mut fixture = quick(&[]).await;
    fixture.whisul.plan("polka", Plan::fails(None).takes(Duration::ZERO));
    for prompt in ["a slow waltz", "a fast tango", "a slow waltz"] {
        done(&fixture.song(&fixture.ann, prompt).await).await;
    }
    failed(&fixture.song(&fixture.ann, "a Polka, like polka").await).await;
    done(&fixture.song(&fixture.bob, "a secret waltz").await).await;
    let client = fixture.ann.at(&fixture.channel);
    assert_eq!(
        values(&suggested(&client, "").await),
        ["a Polka, like polka", "a slow waltz", "a fast tango"]
    );
    assert_eq!(values(&suggested(&client, "SLOW wal").await), ["a slow waltz"]);
    assert!(suggested(&client, "secret").await.is_empty());
    fixture.stop_bot().await;
    fixture.start_and_wait_until_ready().await;
    assert_eq!(values(&suggested(&fixture.ann.dm(), "tango").await), ["a fast tango"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn at_most_25_prompts_are_suggested() {
    let fixture = quick(&[("USER_CONCURRENCY", "50"), ("MAX_RUNNING", "50")]).await;
    for number in 0..30 {
        let asked = fixture.song(&fixture.ann, &format!("song {number}")).await;
        asked.answer().await.expect("a response at once");
    }
    assert_eq!(suggested(&fixture.ann.at(&fixture.channel), "song").await.len(), 25);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_prompt_is_suggested_by_its_beginning_and_submitted_in_full() {
    let fixture = quick(&[]).await;
    let long = format!("an epic of {}", "waves and wind and ".repeat(40)).trim().to_owned();
    let asked = fixture.song(&fixture.ann, &long).await;
    done(&asked).await;
    let client = fixture.ann.at(&fixture.channel);
    let choices = suggested(&client, "epic").await;
    let name = choices[0]["name"].as_str().unwrap();
    assert!(name.starts_with("an epic of waves") && name.ends_with('…'), "{name}");
    let value = choices[0]["value"].as_str().unwrap();
    assert_eq!(value, format!("recent:{}", asked.id));
    done(&song_at(&client, value).await).await;
    assert_eq!(fixture.whisul.accepted(&long), 2);
    // For anybody else it is a prompt like any other: it gives nothing away.
    done(&song_at(&fixture.bob.at(&fixture.channel), value).await).await;
    assert_eq!(fixture.whisul.accepted(&long), 2);
    assert_eq!(fixture.whisul.accepted(value), 1);
    for made_up in ["recent:7", "recent:+9", "recent:008", "recent: years"] {
        done(&song_at(&client, made_up).await).await;
        assert_eq!(fixture.whisul.accepted(made_up), 1, "{made_up}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_prompt_is_cut_in_its_message_and_kept_whole() {
    let fixture = quick(&[]).await;
    let long = format!("*an* epic of {}", "waves, wind 👩‍🎤 and ".repeat(40)).trim().to_owned();
    let song = done(&fixture.song(&fixture.ann, &long).await).await;
    let shown = description(&song).lines().next().unwrap();
    assert!(shown.starts_with(r"> \*an\* epic of waves") && shown.ends_with('…'), "{shown}");
    assert!((250..320).contains(&shown.chars().count()), "{shown}");
    assert_eq!(fixture.whisul.accepted(&long), 1);
    let client = fixture.ann.at(&fixture.channel);
    let edit = song.button("Edit prompt").unwrap().custom_id.unwrap();
    let Err(NoAnswer::Modal(edit)) = client.click(song.id, &edit).await.unwrap().answer().await
    else {
        panic!("a form")
    };
    assert_eq!(edit.fields[0].value.as_deref(), Some(long.as_str()));
    assert_eq!(form(&client, song.id).await.fields[0].value.as_deref(), Some(long.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_message_command_on_a_song_offers_its_prompt() {
    let mut fixture = quick(&[("MAX_RUNNING", "1")]).await;
    fixture.whisul.plan("waltz", Plan::song().until_told());
    let (ann, bob) = (fixture.ann.at(&fixture.channel), fixture.bob.at(&fixture.channel));
    let running = fixture.song(&fixture.ann, "a slow *waltz*").await;
    running.until("no button", |message| message.buttons().is_empty()).await;
    let waiting = fixture.song(&fixture.ann, "a tango").await.answer().await.unwrap();
    let prompt = async |message: u64| form(&bob, message).await.fields[0].value.clone().unwrap();
    assert_eq!(prompt(running.message().unwrap().id).await, "a slow *waltz*");
    assert_eq!(prompt(waiting.id).await, "a tango");
    fixture.whisul.finish("waltz");
    let song = done(&running).await;
    assert_eq!(prompt(song.id).await, "a slow *waltz*");
    let shown = [("show", Value::from(running.id.to_string()))];
    let shown = ann.command("songs", &shown).await.unwrap().answer().await.unwrap();
    assert_eq!(prompt(shown.id).await, "a slow *waltz*");
    // A song that the bot no longer remembers offers no prompt.
    fixture.stop_bot().await;
    std::fs::remove_file(fixture.folder().join("jobs.db")).unwrap();
    fixture.start_and_wait_until_ready().await;
    let told = refusal(&use_menu(&bob, song.id).await).await;
    assert!(told.contains("I don't remember this song any more"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_becomes_a_prompt_that_can_still_be_changed() {
    let fixture = quick(&[("USER_QUOTA", "1/1d")]).await;
    let (ann, bob) = (fixture.ann.at(&fixture.channel), fixture.bob.at(&fixture.channel));
    let said = bob.say("rain on a\ntin roof, **loud** @everyone").unwrap();
    let modal = form(&ann, said).await;
    assert_eq!(modal.fields[0].value.as_deref(), Some("rain on a tin roof, **loud** @everyone"));
    let asked = ann.submit_modal(&modal, &[("prompt", "rain on a tin roof, soft")]).await.unwrap();
    let song = done(&asked).await;
    assert!(!song.ephemeral() && song.pings.is_empty());
    assert_eq!(fixture.whisul.accepted("rain on a tin roof, soft"), 1);
    // It counts like any other.
    let again = ann.submit_modal(&form(&ann, said).await, &[]).await.unwrap();
    assert!(refusal(&again).await.contains("used up"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_without_text_opens_no_form_and_a_long_one_is_cut() {
    let fixture = quick(&[]).await;
    let client = fixture.ann.at(&fixture.channel);
    let blank = client.say("\u{200B}").unwrap();
    let told = refusal(&use_menu(&client, blank).await).await;
    assert!(told.contains("no text in that message"), "{told}");
    let long = client.say(&"🌧 rain ".repeat(200)).unwrap();
    let modal = form(&client, long).await;
    let cut = modal.fields[0].value.clone().unwrap();
    assert!(cut.encode_utf16().count() <= 1000, "{}", cut.len());
    done(&client.submit_modal(&modal, &[]).await.unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_form_opens_where_songs_are_not_allowed() {
    let mut fixture = quick(&[]).await;
    let said = fixture.bob.at(&fixture.channel).say("rain").unwrap();
    let opened = form(&fixture.ann.at(&fixture.channel), said).await;
    fixture.stop_bot().await;
    fixture.set("ALLOWED_GUILDS", "345678901234567890");
    fixture.start_and_wait_until_ready().await;
    let told = refusal(&use_menu(&fixture.ann.at(&fixture.channel), said).await).await;
    assert!(told.contains("isn't set up for songs in this server"), "{told}");
    // Nor does a form help that was opened before.
    let sent = fixture.ann.at(&fixture.channel).submit_modal(&opened, &[]).await.unwrap();
    assert!(refusal(&sent).await.contains("isn't set up for songs in this server"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_message_command_works_where_only_a_user_installed_the_bot() {
    let fixture = quick(&[]).await;
    let server = fixture.discord.add_server_without_bot("Elsewhere");
    server.join(&fixture.ann);
    fixture.ann.install_app();
    let client = fixture.ann.at(&server.add_channel("general"));
    let said = client.say("rain on glass").unwrap();
    let modal = form(&client, said).await;
    done(&client.submit_modal(&modal, &[]).await.unwrap()).await;
    assert_eq!(fixture.whisul.accepted("rain on glass"), 1);
    // The bot itself can't reach that channel, and does not try.
    assert_eq!(fixture.discord.requests().count("*", "/api/v10/channels/**"), 0);
}
