//! Whisul's responses are not quite valid or documented JSON, and people still get their songs.

use std::time::Duration;

use sandbox::{DiscordRules, Message, Plan, Raw, WhisulRules};
use serde_json::json;
use tokio::task::JoinSet;

use crate::{
    fixture::program::Program,
    fixture::{Fixture, description, done, failed, title},
    privacy::large_export::memory,
};

/// A fixture where many songs are made at once.
async fn roomy() -> Fixture {
    Fixture::with(&[("USER_CONCURRENCY", "100"), ("MAX_RUNNING", "100")]).await
}

/// A song that takes no time.
fn song() -> Plan {
    Plan::song().takes(Duration::ZERO)
}

/// Submits one prompt for each of these plans at once. Returns the outcomes by the names of the plans.
async fn songs(fixture: &Fixture, plans: Vec<(String, Plan)>) -> Vec<(String, Message)> {
    let mut asked = JoinSet::new();
    for (number, (about, plan)) in plans.into_iter().enumerate() {
        let prompt = format!("song number {number:03}");
        fixture.whisul.plan(&prompt, plan);
        let invocation = fixture.song(&fixture.ann, &prompt).await;
        asked.spawn(async move {
            let over = |message: &Message| {
                let embed = message.embed();
                let footer = embed.and_then(|embed| embed.footer.as_deref()).unwrap_or_default();
                footer.starts_with("Made in") || title(message) == "No song this time"
            };
            (about.clone(), invocation.until(&format!("what came of {about}"), over).await)
        });
    }
    asked.join_all().await
}

/// Whether it shows a song with a link.
fn is_song(message: &Message) -> bool {
    message.embed().is_some_and(|embed| embed.url.is_some())
}

fn utf16(text: &str) -> Vec<u8> {
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    [0xff, 0xfe].into_iter().chain(units).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_readable_acceptance_counts() {
    let fixture = roomy().await;
    let acceptances = [
        Raw::body("\u{feff}{usual}"),
        Raw::body("\r\n{usual}\n\n<!-- served in 12 ms -->"),
        Raw::body("{usual}").gzip().header("content-encoding", "gzip"),
        Raw::body("{usual}").gzip(),
        Raw::body("{usual}").zlib().header("content-encoding", "deflate"),
        Raw::body("{usual}").deflate().header("content-encoding", "deflate"),
        Raw::body("{usual}").header("content-encoding", "gzip"),
        Raw::body("{usual}").header("content-type", "text/html"),
        Raw::body("{usual}").status(200),
        Raw::body(r#"{"jobId": "{id}"}"#).status(201),
        Raw::body(r#"{"id": "{id}", "job_id": null}"#),
        Raw::body(r#"{"message": "R\ud83c", "job_id": "{id}", "eta": NaN, "job_id": "{id}"}"#),
        Raw::body("{\"message\": \"line\nbreak\u{1}\", \"job_id\": \"{id}\", }"),
        Raw::body(b"{\"message\": \"\xff\", \"job_id\": \"{id}\"}"),
        Raw::body(r#"{"poll_url": "/jobs/{id}"}"#),
        Raw::body(r#"{"job_id": null, "poll_url": "{origin}/api/jobs/{id}"}"#),
        Raw::body(r#"{"pollUrl": "/api/jobs/{id}?lang=en"}"#),
        Raw::body(r#"{"job_id": "{id}", "poll_url": "/api/jobs/{id}"}"#),
        Raw::body(r#"{"job_id": "{id}", "poll_url": "{origin}/jobs/{id}"}"#),
        Raw::body(r#"{"job_id": "{id}", "poll_url": "/v2/jobs/{id}"}"#),
        Raw::body(r#"{"job_id": "{id}", "poll_url": "https://evil.example/jobs/{id}"}"#),
        Raw::body(r#"{"job_id": "{id}", "message": "Composition ta"#),
        Raw::body(r#"{"success": true, "data": {usual}}"#),
        Raw::body(r#"{"status": "success", "id": "request-1", "result": [{usual}]}"#),
        Raw::body(r#"{"task": {"id": "{id}"}}"#),
        Raw::body("[{usual}]\n"),
        Raw::body(")]}',\n{usual}"),
        Raw::body("<br />\n<b>Warning</b>: Undefined array key on line <b>3</b><br />\n{usual}"),
        Raw::body(r#""{\"job_id\": \"{id}\"}""#),
        Raw::body("{usual}").status(500),
        Raw::body("{usual}").status(504),
        Raw::body("{usual}").status(404),
        Raw::body(r#"{"error": "Duplicate", "job_id": "{id}", "poll_url": "/jobs/{id}"}"#)
            .status(409),
    ];
    let plans = acceptances.map(|raw| (format!("{raw:?}"), song().accepted_as(raw)));
    for (about, message) in songs(&fixture, plans.into()).await {
        assert!(is_song(&message), "{about}: {}", message.text());
    }
    assert_eq!(fixture.submissions("song number"), fixture.whisul.jobs().len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_numeric_id_is_polled_at_its_poll_url() {
    let fixture = roomy().await;
    let raw = Raw::body(r#"{"job_id": 4711, "poll_url": "/jobs/{id}"}"#);
    fixture.whisul.plan("by number", song().accepted_as(raw));
    assert!(is_song(&done(&fixture.song(&fixture.ann, "a song by number").await).await));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_readable_poll_counts() {
    let fixture = roomy().await;
    let result = r#""result": {"title": "Rain", "song_url": "{origin}/audio/{id}.wav""#;
    let completed = |rest: &str| format!("{{\"status\": \"completed\", {result}{rest}");
    let mut bodies = vec![
        Raw::body("\u{feff}{usual}"),
        Raw::body("{usual}").gzip().header("content-encoding", "gzip"),
        Raw::body("{usual}").zlib(),
        Raw::body(utf16(&completed("}}"))),
        Raw::body(completed("}")),
        Raw::body(completed("}} trailing")),
        Raw::body(completed(", \"tags\": [\"a\", \"b")),
        Raw::body(completed(", \"tags\": \"a\nb\tc\"}}")),
        Raw::body(completed(&format!(", \"x\": {}", "[".repeat(100_000)))),
    ];
    for bpm in ["NaN", "Infinity", "-Infinity", "1e999", "\"\\ud83c\"", "0.04", "1e-300", "[[]]"] {
        bodies.push(Raw::body(completed(&format!(", \"bpm\": {bpm}}}}}"))));
    }
    for status in ["succeeded", "Success", "COMPLETE", "done", " completed ", "rendered", "failed"]
    {
        bodies.push(Raw::body(format!("{{\"status\": \"{status}\", {result}}}}}")));
        let ended = format!("{{\"finished_at\": \"now\", \"status\": \"{status}\", {result}}}}}");
        bodies.push(Raw::body(ended));
    }
    bodies.push(Raw::body(format!("{{{result}}}}}")));
    bodies.push(Raw::body(format!(
        "{{\"status\": \"completed\", \"status\": \"completed\", {result}}}}}"
    )));
    bodies.extend(
        [
            r#"{"success": true, "data": {usual}}"#,
            r#"{"status": "success", "data": {usual}}"#,
            r#"{"success": true, "errors": [], "result": {usual}}"#,
            "[{usual}]",
            ")]}'\n{usual}",
            "data: {usual}\n\n",
            r#"{"status": "completed", "song_url": "{origin}/audio/{id}.wav", "result": null}"#,
            r#"{"status": "completed", "result": [{"song_url": "{origin}/audio/{id}.wav"}]}"#,
            r#"{"status": "completed", "result": "{\"song_url\": \"/audio/{id}.wav\"}"}"#,
            r#"{"state": "completed", "output": {"audio_url": "{origin}/audio/{id}.wav"}}"#,
            r#"{"status": "completed", "result": {"song_url": {"url": "/audio/{id}.wav"}}}"#,
        ]
        .map(Raw::body),
    );
    bodies.extend([500, 503, 404, 302].map(|status| Raw::body("{usual}").status(status)));
    let plans = bodies.into_iter().map(|raw| (format!("{raw:.300?}"), song().ended_as(raw)));
    for (about, message) in songs(&fixture, plans.collect()).await {
        assert!(is_song(&message), "{about}: {}", message.text());
        let tempo = message.embed().unwrap().field("BPM");
        assert!(tempo.is_none_or(|tempo| tempo != "0"), "{about}: {tempo:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partly_readable_poll_of_a_running_job_counts() {
    let fixture = roomy().await;
    let bodies = [
        Raw::body(r#"{"status": "running", "prompt": "a so"#),
        Raw::body(format!("{{\"status\": \"running\", \"x\": \"{}\"}}", "x".repeat(2 << 20))),
        Raw::body(r#"{"status": "queued", "bpm": NaN}"#).gzip(),
        Raw::body(r#"{"status": "mastering"}"#),
    ];
    for (number, raw) in bodies.into_iter().enumerate() {
        let prompt = format!("a slow song {number}");
        fixture.whisul.plan(&prompt, Plan::song().until_told().running_as(raw));
        let asked = fixture.song(&fixture.ann, &prompt).await;
        // Were it not understood, three would be taken for an outage, and the fourth came late.
        fixture.whisul.until_polled(&prompt, 5).await;
        fixture.whisul.finish(&prompt);
        assert!(is_song(&done(&asked).await));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_final_state_of_another_name_ends_the_job() {
    let fixture = roomy().await;
    let mut plans = Vec::new();
    for status in
        ["failed", "canceled", "Cancelled", "ERROR", "expired", "timeout", "timed_out", "aborted"]
    {
        let body = json!({"status": status, "result": null, "error": "Out of tune."});
        plans.push((status.to_owned(), Plan::answer(body).takes(Duration::ZERO)));
    }
    let body =
        json!({"status": "kaputt", "finished_at": "2026-02-17 15:41:05", "error": "Out of tune."});
    plans.push((body.to_string(), Plan::answer(body).takes(Duration::ZERO)));
    for (about, message) in songs(&fixture, plans).await {
        let told = description(&message);
        assert!(told.contains("Whisul couldn't make this song."), "{about}: {told}");
        assert!(told.contains("Whisul said: Out of tune."), "{about}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn completed_without_a_song_is_refunded_and_stays_charged_to_the_key() {
    for result in
        [json!(null), json!({"title": "Rain"}), json!({"song_url": "javascript:alert(1)"})]
    {
        let fixture = Fixture::with(&[("USER_QUOTA", "1/1d"), ("GLOBAL_QUOTA", "2/1d")]).await;
        fixture.whisul.plan("in vain", song().result(result.clone()));
        let told = failed(&fixture.song(&fixture.ann, "a song in vain").await).await;
        let told = description(&told);
        assert!(told.contains("Whisul is no longer working on this song"), "{result}: {told}");
        assert_eq!(fixture.one_more(&fixture.ann).await, Ok(()), "Ann has her song back");
        let refused = fixture.one_more(&fixture.bob).await.expect_err("the key has paid for two");
        assert!(refused.starts_with("This bot has used up its 2 songs a day"), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn links_of_any_form_lead_to_the_song() {
    let fixture = roomy().await;
    let origin = fixture.whisul.url().trim_end_matches("/api").to_owned();
    let host = origin.trim_start_matches("http://").to_owned();
    let signed = |length| format!("https://bucket.example/1.mp3?sig={}", "a".repeat(length));
    let rows: Vec<(String, String, bool)> = vec![
        (signed(1500), signed(1500), false),
        (signed(450), signed(450), true),
        ("/audio/1.mp3".to_owned(), format!("{origin}/audio/1.mp3"), true),
        ("audio/1.mp3".to_owned(), format!("{origin}/audio/1.mp3"), true),
        (format!("//{host}/audio/1.mp3"), format!("{origin}/audio/1.mp3"), true),
        ("http://cdn.example/1.mp3".to_owned(), "http://cdn.example/1.mp3".to_owned(), true),
        (
            " https://cdn.example/a b.mp3\n".to_owned(),
            "https://cdn.example/a%20b.mp3".to_owned(),
            true,
        ),
        (
            "https://müsik.example/*_*.mp3".to_owned(),
            "https://xn--msik-0ra.example/*_*.mp3".to_owned(),
            true,
        ),
    ];
    let plans = rows.iter().map(|(link, ..)| {
        (link.clone(), song().with("song_url", json!(link)).with("image_url", json!(link)))
    });
    for (about, message) in songs(&fixture, plans.collect()).await {
        let (_, url, has_button) = rows.iter().find(|(link, ..)| *link == about).unwrap();
        let embed = message.embed().unwrap();
        assert_eq!((embed.url.as_ref(), embed.image.as_ref()), (Some(url), Some(url)), "{about}");
        let button = message.button("Listen").and_then(|button| button.url.clone());
        assert_eq!(button, has_button.then(|| url.clone()), "{about}");
        assert!(!description(&message).contains("link"), "{about}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_too_long_to_show_still_brings_the_song() {
    let fixture = Fixture::with(&[("ATTACH_AUDIO", "true")]).await;
    let origin = fixture.whisul.url().trim_end_matches("/api").to_owned();
    fixture.whisul.plan("", song());
    done(&fixture.song(&fixture.ann, "an earlier song").await).await;
    let earlier = fixture.whisul.jobs()[0].id.clone();
    let link = format!("{origin}/audio/{earlier}.wav?sig={}", "a".repeat(3000));
    fixture.whisul.plan("endless address", song().with("song_url", json!(link)));
    let asked = fixture.song(&fixture.ann, "an endless address").await;
    let attached =
        |message: &Message| !message.json()["attachments"].as_array().is_none_or(Vec::is_empty);
    let message = asked.until("its audio", attached).await;
    assert!(!description(&message).contains("link"), "{}", message.text());
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn ten_large_polls_at_once_take_little_memory() {
    const SONGS: usize = 10;
    let list = |element: &str| {
        format!(
            "{{\"status\": \"running\", \"tags\": [{}1]}}",
            element.repeat((1 << 20) / element.len() - 30)
        )
    };
    let bodies = [
        Raw::body(format!(
            "{{\"status\": \"running\", \"title\": \"{}\"}}",
            "x".repeat((1 << 20) - 100)
        )),
        Raw::body(list("1,")),
        Raw::body(list("{},")),
        Raw::body(list("\"\",")).gzip(),
        Raw::body(format!("{{\"status\": \"running\", \"x\": \"{}\"}}", " ".repeat(8 << 20)))
            .gzip(),
    ];
    let settings =
        [("USER_CONCURRENCY", "100"), ("MAX_RUNNING", "100"), ("POLL_INTERVAL", "100ms")];
    let fixture =
        Fixture::without_bot(&settings, DiscordRules::default(), WhisulRules::default()).await;
    let program = Program::logged(&fixture);
    fixture.discord.until_ready().await;
    for song in 0..SONGS {
        fixture.whisul.plan(&format!("warm {song}"), Plan::song().until_told());
        fixture.song(&fixture.ann, &format!("warm {song}")).await;
        fixture.whisul.until_polled(&format!("warm {song}"), 2).await;
    }
    // Resets the peak of memory (`man 5 proc_pid_clear_refs`).
    std::fs::write(format!("/proc/{}/clear_refs", program.id()), "5").unwrap();
    let before = memory(program.id(), "VmRSS:");
    for (number, raw) in bodies.into_iter().enumerate() {
        for song in 0..SONGS {
            let prompt = format!("large {number} {song}");
            fixture.whisul.plan(&prompt, Plan::song().until_told().running_as(raw.clone()));
            fixture.song(&fixture.ann, &prompt).await;
        }
        for song in 0..SONGS {
            fixture.whisul.until_polled(&format!("large {number} {song}"), 3).await;
        }
        fixture.whisul.expire(&format!("large {number}"));
        let peak = memory(program.id(), "VmHWM:");
        println!("large bodies of kind {number}: {before} MB, at most {peak} MB");
        assert!(peak < before + 20, "kind {number} took {} MB", peak - before);
    }
}
