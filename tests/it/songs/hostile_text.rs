//! Whatever people and APIs write, nothing breaks and nobody is pinged.

use std::time::Duration;

use sandbox::{Fault, Message, Plan};
use serde_json::{Value, json};

use crate::fixture::{Fixture, description, done, failed, is_done, refusal, title};

/// Everything that Discord's markdown knows, and everybody it can call.
const MARKUP: &str = "**bold** __under__ ~~gone~~ ||spoiler|| `code` ```block``` > quote # head \
    [link](https://evil.example) <https://evil.example> https://evil.example @everyone @here \
    <@1> <@&2> <#3> </song:4> <t:1:R> <:emoji:5> <id:home> - list \\";

/// A fixture where songs take no time.
async fn quick() -> Fixture {
    let fixture = Fixture::new().await;
    fixture.whisul.plan("", Plan::song().takes(Duration::ZERO));
    fixture
}

/// The song that came of this result of Whisul's.
async fn song_of(fixture: &Fixture, plan: Plan) -> Message {
    fixture.whisul.plan("", plan.takes(Duration::ZERO));
    let song = done(&fixture.song(&fixture.ann, "a song").await).await;
    assert_harmless(fixture, &song);
    song
}

/// Nobody was called, nothing that somebody else wrote is markup, in no form that the message
/// ever had, and Discord found nothing wrong.
fn assert_harmless(fixture: &Fixture, message: &Message) {
    assert!(message.pings.is_empty(), "{:?}", message.pings);
    for revision in &message.revisions {
        let embed = &revision.json["embeds"][0];
        let ours = format!("Asked by {}", fixture.ann.mention());
        let described = embed["description"].as_str().unwrap().replacen(&ours, "", 1);
        let described = described.strip_prefix("> ").unwrap_or(&described).replace("<t:", "");
        assert_plain(&described.replace(":R>", ""));
        assert_plain(embed["title"].as_str().unwrap());
        for field in embed["fields"].as_array().into_iter().flatten() {
            assert_plain(field["value"].as_str().unwrap().trim_end_matches(':'));
        }
    }
}

/// Each mark that could begin markup stands behind a backslash, and none of the characters that
/// turn the direction of text is there.
fn assert_plain(text: &str) {
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => drop(characters.next()),
            '*' | '_' | '~' | '`' | '|' | '<' | '>' | '#' | '@' | '[' => {
                panic!("{c} is not escaped in {text}")
            }
            '\u{200B}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
                panic!("{c:?} is left in {text}")
            }
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_reaches_whisul_clean_and_trimmed() {
    let fixture = quick().await;
    let typed = "  a\u{202E} calm\u{0007} song\n\twith\u{2066} \u{200B}rain 👩‍🎤 é \u{FEFF} ";
    done(&fixture.song(&fixture.ann, typed).await).await;
    assert_eq!(fixture.whisul.jobs()[0].prompt, "a calm song  with rain 👩‍🎤 é");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invisible_prompt_is_refused_and_free_of_charge() {
    let fixture = Fixture::with(&[("USER_QUOTA", "1/1d")]).await;
    fixture.whisul.plan("", Plan::song().takes(Duration::ZERO));
    for typed in [" ", "\n\t", "\u{200B}\u{202E}\u{2060}", "\u{FE0F}\u{200D}", "\u{3164}\u{2800}"] {
        let told = refusal(&fixture.song(&fixture.ann, typed).await).await;
        assert!(told.contains("no readable text"), "{told}");
    }
    done(&fixture.song(&fixture.ann, "something").await).await;
    assert_eq!(fixture.whisul.jobs().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_full_of_markup_is_shown_as_it_was_typed() {
    let fixture = quick().await;
    let asked = fixture.song(&fixture.ann, MARKUP).await;
    let song = done(&asked).await;
    assert_harmless(&fixture, &song);
    assert!(song.revisions.len() > 1);
    assert!(description(&song).contains(r"\@everyone \@here \<\@1\>"), "{}", song.text());
    assert_eq!(fixture.whisul.jobs()[0].prompt, MARKUP, "Whisul gets it unescaped");
    // Should an escape ever fail, it still calls nobody.
    for request in fixture.discord.requests().list() {
        let body = String::from_utf8(request.body).unwrap();
        let calls_nobody = body.contains(r#""allowed_mentions":{"parse":[]"#);
        assert!(calls_nobody || !body.contains("embeds"), "{body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_of_combining_marks_is_cut_between_them() {
    let fixture = quick().await;
    for typed in ["*".repeat(1000), "\\".repeat(1000)] {
        let song = done(&fixture.song(&fixture.ann, &typed).await).await;
        assert_harmless(&fixture, &song);
        let shown = description(&song).matches(typed.chars().next().unwrap()).count();
        let escaped = if typed.starts_with('\\') { 2 } else { 1 };
        assert_eq!(shown, 299 * escaped, "and an ellipsis");
        assert_eq!(fixture.whisul.accepted(&typed), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn text_of_whisul_is_no_markup_either() {
    let fixture = quick().await;
    let text = format!("{MARKUP}\n\n# a\u{202E}b\u{0000}c\u{200B}d");
    let plan = Plan::song().with("title", json!(text)).with("tags", json!([text, "rain"]));
    let song = song_of(&fixture, plan).await;
    let embed = song.embed().unwrap();
    assert!(title(&song).starts_with(r"\*\*bold\*\*"), "{}", title(&song));
    assert!(embed.field("Tags").unwrap().contains("rain"));

    fixture.whisul.plan("", Plan::fails(Some(&text)).takes(Duration::ZERO));
    let asked = fixture.song(&fixture.ann, "a song that fails").await;
    let message = failed(&asked).await;
    assert_harmless(&fixture, &message);
    assert!(description(&message).contains(r"Whisul said: \*\*bold\*\*"), "{}", message.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejection_reason_is_shown_as_plain_text() {
    let fixture = quick().await;
    let body = json!({ "error": MARKUP, "message": "@everyone" }).to_string();
    fixture.whisul.faults().add(Fault::on("POST", "/api/generate").status(400).body(&body));
    let asked = fixture.song(&fixture.ann, "a song").await;
    let message = failed(&asked).await;
    assert_harmless(&fixture, &message);
    assert!(description(&message).contains(r"\*\*bold\*\*"), "{}", message.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn very_long_texts_are_cut() {
    let fixture = quick().await;
    for text in ["x".repeat(100_000), "*".repeat(100_000), "🎵 ".repeat(20_000)] {
        let tags = vec![text.clone(); 5];
        let plan = Plan::song().with("title", json!(text)).with("tags", json!(tags));
        let song = song_of(&fixture, plan).await;
        assert!(title(&song).ends_with('…'), "{}", title(&song));
        assert_eq!(song.button("Listen").unwrap().url, song.embed().unwrap().url);
    }
    fixture.whisul.plan("", Plan::fails(Some(&"~".repeat(100_000))).takes(Duration::ZERO));
    let asked = fixture.song(&fixture.ann, &"*".repeat(1000)).await;
    let message = failed(&asked).await;
    assert_harmless(&fixture, &message);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invisible_title_counts_as_none() {
    let fixture = quick().await;
    for text in ["", " \n", "\u{200B}\u{202E}", "\u{2800}\u{3164}", "\u{0000}"] {
        let plan = Plan::song().with("title", json!(text)).with("tags", json!(text));
        let song = song_of(&fixture, plan).await;
        assert_eq!(title(&song), "Your song", "{text:?}");
        assert_eq!(song.embed().unwrap().field("Tags"), None, "{text:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_shown_without_the_name_and_the_password_in_it() {
    let fixture = quick().await;
    let plain = "https://cdn.example/song.mp3";
    for link in [
        json!("https://discord.com@cdn.example/song.mp3"),
        json!("https://ann:secret@cdn.example/song.mp3"),
        json!([null, "", plain, "https://cdn.example/other.mp3"]),
        json!([{ "url": plain }]),
    ] {
        let song = song_of(&fixture, Plan::song().with("song_url", link.clone())).await;
        assert_eq!(song.embed().unwrap().url.as_deref(), Some(plain), "{link}");
        assert!(!song.text().contains("secret"), "{link}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_links_are_not_shown() {
    let fixture = quick().await;
    for link in [
        "javascript:alert(1)",
        "https://evil.\"example/song.mp3",
        "discord://-/channels/1",
        "file:///etc/passwd",
        "https://evil.example:99999/",
        "pending",
        "",
    ] {
        let song = song_of(&fixture, Plan::song().with("image_url", json!(link))).await;
        assert_eq!(song.embed().unwrap().image, None, "{link}");
        assert!(link.is_empty() || !song.text().contains(link), "{link}");

        fixture.whisul.plan("", Plan::song().with("song_url", json!(link)).takes(Duration::ZERO));
        let message = failed(&fixture.song(&fixture.ann, "a song").await).await;
        assert_harmless(&fixture, &message);
        assert!(message.buttons().iter().all(|button| button.url.is_none()), "{link}");
        assert!(description(&message).contains("didn't send it"), "{link}");
        assert!(link.is_empty() || !message.text().contains(link), "{link}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_of_any_shape_is_shown_as_a_song() {
    let fixture = quick().await;
    let wrong = [json!(null), json!(true), json!([[]]), json!({ "a": {} })];
    for value in &wrong {
        let spoil = |plan: Plan, field: &&str| plan.with(field, value.clone());
        let fields = ["title", "bpm", "duration", "image_url", "tags"];
        let song = song_of(&fixture, fields.iter().fold(Plan::song(), spoil)).await;
        assert_eq!(title(&song), "Your song", "{value}");
        assert!(song.embed().unwrap().fields.is_empty(), "{value}");

        for plan in [spoil(Plan::song(), &"song_url"), Plan::song().result(value.clone())] {
            fixture.whisul.plan("", plan.takes(Duration::ZERO));
            let message = failed(&fixture.song(&fixture.ann, "a song").await).await;
            assert_harmless(&fixture, &message);
        }
    }
    for value in [json!(-7), json!(1e300), json!(0.04), json!("fast"), json!("x".repeat(5000))] {
        let plan = Plan::song().with("bpm", value.clone()).with("duration", value.clone());
        let song = song_of(&fixture, plan).await;
        assert_eq!(song.embed().unwrap().fields.len(), 1, "{value}: nothing but the tags");
    }
    let without_song = json!({ "status": "failed", "result": 7, "error": [[]], "started_at": {} });
    fixture.whisul.plan("", Plan::answer(without_song).takes(Duration::ZERO));
    let asked = fixture.song(&fixture.ann, "a song that fails").await;
    let message = failed(&asked).await;
    assert!(!description(&message).contains("Whisul said"), "{}", message.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_any_shape_does_not_end_a_song() {
    let fixture = quick().await;
    fixture.whisul.plan("", Plan::song().until_told());
    let asked = fixture.song(&fixture.ann, "a song in the end").await;
    fixture.whisul.until_accepted("a song in the end").await;
    // Never three unreadable ones in a row, which would be taken for an outage.
    let hostile: [Value; 5] = [
        json!(null),
        json!("completed"),
        json!({ "status": MARKUP, "result": MARKUP, "started_at": -1 }),
        json!({ "status": 7, "result": [] }),
        json!({ "status": ["completed"], "error": { "a": 1 } }),
    ];
    for answer in hostile {
        let fault = Fault::on("GET", "/api/jobs/*").status(200).body(answer.to_string()).times(1);
        fixture.whisul.faults().add(fault);
    }
    fixture.whisul.until_polled("a song in the end", 1).await;
    assert!(asked.message().is_some_and(|message| !is_done(&message)));
    fixture.whisul.finish("a song in the end");
    assert_harmless(&fixture, &done(&asked).await);
}
