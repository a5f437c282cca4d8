//! When running songs are polled.

use std::time::{Duration, Instant};

use sandbox::{Plan, RecordedRequest};

use crate::fixture::{Fixture, PROBE_PATH, done, failed};

/// Short, so that everything is a hundred times faster than with five seconds: where a song can't be
/// finished, polls come every 300 ms or so.
const INTERVAL: Duration = Duration::from_millis(50);

/// How long the songs take that the bot knows about.
const KNOWN: Duration = Duration::from_secs(3);

/// The polls of one job.
fn polls(fixture: &Fixture, prompt: &str) -> Vec<RecordedRequest> {
    let job = fixture.whisul.jobs().into_iter().find(|job| job.prompt.contains(prompt)).unwrap();
    let polls = fixture.whisul.requests().matching("GET", &format!("/api/jobs/{}", job.id));
    polls.into_iter().filter(|request| request.path != PROBE_PATH).collect()
}

/// When Whisul was sent this prompt.
fn submitted(fixture: &Fixture, prompt: &str) -> Instant {
    let submissions = fixture.whisul.requests().matching("POST", "/api/generate");
    let sent = |request: &&RecordedRequest| request.json()["prompt"].to_string().contains(prompt);
    submissions.iter().find(sent).unwrap().at
}

fn gaps(polls: &[RecordedRequest]) -> Vec<Duration> {
    polls.windows(2).map(|pair| pair[1].at - pair[0].at).collect()
}

/// A fixture whose bot has seen songs end that take three seconds each.
async fn with_known_songs() -> Fixture {
    let fixture = Fixture::with(&[("POLL_INTERVAL", "50ms")]).await;
    fixture.whisul.plan("known", Plan::song().takes(KNOWN));
    let mut songs = Vec::new();
    for number in 0..6 {
        songs.push(fixture.song(&fixture.ann, &format!("known song {number}")).await);
    }
    for asked in &songs {
        done(asked).await;
    }
    fixture
}

#[tokio::test(flavor = "multi_thread")]
async fn polls_keep_their_interval() {
    let interval = Duration::from_millis(120);
    let fixture = Fixture::with(&[("POLL_INTERVAL", "120ms")]).await;
    fixture.whisul.plan("watched", Plan::song().until_told());
    let asked = fixture.song(&fixture.ann, "a watched pot").await;
    fixture.whisul.until_polled("watched", 11).await;
    fixture.whisul.finish("watched");
    done(&asked).await;

    let polls = polls(&fixture, "watched");
    let first = polls[0].at - submitted(&fixture, "watched");
    assert!(first >= interval, "the first poll waits, too");
    let gaps = gaps(&polls);
    assert!(gaps.iter().all(|gap| *gap >= interval), "{gaps:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn polls_are_rare_until_a_song_can_be_finished_and_then_see_its_end() {
    let fixture = with_known_songs().await;
    let asked = fixture.song(&fixture.bob, "one more known song").await;
    done(&asked).await;

    let (polls, began) = (polls(&fixture, "one more"), submitted(&fixture, "one more"));
    let ages: Vec<Duration> = polls.iter().map(|poll| poll.at - began).collect();
    let early = ages.iter().filter(|age| **age < Duration::from_millis(1200)).count();
    assert!((1..=6).contains(&early), "{ages:?}");
    // Every 50 ms, there would be 60. A busy machine polls more rarely.
    assert!(ages.len() <= 46, "{ages:?}");
    assert!(gaps(&polls).iter().all(|gap| *gap >= INTERVAL), "{ages:?}");
    assert!(ages[ages.len() - 1] >= KNOWN, "{ages:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_fails_early_is_noticed_before_others_can_be_finished() {
    let fixture = with_known_songs().await;
    let fails = Plan::fails(Some("Out of tune.")).takes(Duration::from_millis(100));
    fixture.whisul.plan("unlucky", fails);
    let asked = fixture.song(&fixture.bob, "an unlucky song").await;
    failed(&asked).await;

    let (polls, began) = (polls(&fixture, "unlucky"), submitted(&fixture, "unlucky"));
    let noticed = polls[polls.len() - 1].at - began;
    assert!(noticed < KNOWN / 2, "{noticed:?}");
    assert!(polls.len() <= 2, "{polls:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_of_an_earlier_run_is_polled_soon_after_a_restart() {
    let mut fixture = with_known_songs().await;
    fixture.whisul.plan("patient", Plan::song().until_told());
    let asked = fixture.song(&fixture.bob, "a patient song").await;
    fixture.whisul.until_polled("patient", 1).await;
    fixture.stop_bot().await;
    fixture.whisul.finish("patient");
    let before = polls(&fixture, "patient").len();
    fixture.start_and_wait_until_ready().await;
    done(&asked).await;
    // The first one has seen it.
    assert_eq!(polls(&fixture, "patient").len(), before + 1);
}
