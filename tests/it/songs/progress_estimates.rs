//! The estimate that a running song shows.

use std::time::Duration;

use sandbox::{Invocation, Message, Plan};
use serde_json::json;

use crate::{
    fixture::relative_times::{forms, relative_times},
    fixture::{Fixture, description, done, fixture_without_rate_limits, title},
};

/// A song of which Whisul says that it took so many seconds, and a person who gets it.
pub(crate) async fn learn(fixture: &Fixture, seconds: u32) {
    let made = json!({
        "status": "completed", "result": {"song_url": "/audio/1.wav"},
        "started_at": "2026-02-17 15:00:00",
        "finished_at": format!("2026-02-17 15:{:02}:{:02}", seconds / 60, seconds % 60),
    });
    let prompt = format!("a song to learn from, of {seconds} s;");
    fixture.whisul.plan(&prompt, Plan::answer(made).takes(Duration::ZERO));
    done(&fixture.song(&fixture.ann, &prompt).await).await;
}

/// A song that runs until the test finishes it.
async fn slow(fixture: &Fixture) -> Invocation {
    fixture.whisul.plan("slow", Plan::song().until_told());
    let asked = fixture.song(&fixture.ann, "a slow waltz").await;
    let composing = |message: &Message| title(message) == "🎼 Composing";
    asked.until("the news that the song is being made", composing).await;
    asked
}

async fn ended(fixture: &Fixture, asked: &Invocation) -> Message {
    fixture.whisul.finish("slow");
    done(asked).await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_estimate_is_shown_before_the_first_song() {
    let fixture = Fixture::new().await;
    let asked = slow(&fixture).await;
    let told = asked.message().unwrap();
    let [started] = relative_times(description(&told))[..] else {
        panic!("one time in {}", description(&told))
    };
    let status = description(&told).lines().last().unwrap().to_owned();
    assert_eq!(status, format!("Started <t:{started}:R>."));
    let polls = fixture.whisul.until_polled("slow", 1).await.polls;
    fixture.whisul.until_polled("slow", polls + 10).await;
    let forms = forms(&ended(&fixture, &asked).await);
    assert!(!forms.iter().any(|form| form.contains("usual")), "{forms:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_song_says_what_songs_usually_take() {
    let fixture = Fixture::new().await;
    for seconds in [60, 61, 59, 110, 62] {
        learn(&fixture, seconds).await;
    }
    let asked = slow(&fixture).await;
    let told = asked.message().unwrap();
    let usual = "Songs usually take about 1 minute; most are done within 2.";
    assert!(description(&told).ends_with(usual), "{}", description(&told));
    assert_eq!(relative_times(description(&told)).len(), 1, "when it started, and nothing else");
    ended(&fixture, &asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_another_song_does_not_change_an_estimate() {
    let fixture = Fixture::new().await;
    learn(&fixture, 60).await;
    let asked = slow(&fixture).await;
    learn(&fixture, 1200).await;
    let polls = fixture.whisul.until_polled("slow", 1).await.polls;
    fixture.whisul.until_polled("slow", polls + 10).await;
    let forms = forms(&ended(&fixture, &asked).await);
    let running: Vec<_> = forms.iter().filter(|form| form.contains("Composing")).collect();
    let usual = "Songs usually take about 1 minute; most are done within 2.";
    assert!(running.iter().all(|form| form.contains(usual)), "{running:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_song_slower_than_nineteen_of_twenty_is_called_slow() {
    let fixture = Fixture::new().await;
    // The nineteenth of 19 is the 95th percentile.
    for seconds in [[1; 16].as_slice(), &[2, 2, 3]].concat() {
        learn(&fixture, seconds).await;
    }
    let asked = slow(&fixture).await;
    let longer = "This one is taking longer than usual. Whisul is still working on it.";
    let told = asked.until("the news", |message| description(message).ends_with(longer)).await;
    let [started] = relative_times(description(&told))[..] else { panic!("{}", told.text()) };
    let before = told.revisions.iter().rev().nth(1).unwrap();
    assert!(before.json.to_string().contains("Songs usually take about 5 seconds."));
    let waited = told.revisions.last().unwrap().at - told.revisions[0].at;
    assert!(waited >= Duration::from_secs(2), "not after {waited:?}");
    assert!(started > 0);
    ended(&fixture, &asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bar_only_grows_and_is_never_full() {
    let fixture = fixture_without_rate_limits(&[]).await;
    learn(&fixture, 1).await;
    let asked = slow(&fixture).await;
    let bars = |message: &Message| -> Vec<usize> {
        let forms = forms(message);
        let composing = forms.iter().filter(|form| form.contains('▱'));
        composing.map(|form| form.matches('▰').count()).collect()
    };
    let nine = |message: &Message| bars(message).last() == Some(&9);
    asked.until("a bar that is nearly full", nine).await;
    let all = bars(&ended(&fixture, &asked).await);
    assert!(all.is_sorted() && all.len() > 5, "{all:?}");
    assert_eq!(all.last(), Some(&9));
}
