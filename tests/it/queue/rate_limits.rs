//! How often the bot sends requests to Whisul, and how many songs run at once.

use std::time::{Duration, Instant};

use sandbox::{Message, Plan, RecordedRequest, until};

use crate::fixture::{Fixture, description, done, title};

/// The most requests that came within any stretch of this length.
fn most_within(requests: &[RecordedRequest], stretch: Duration) -> usize {
    let from = |first: usize| {
        let soon = |later: &&RecordedRequest| later.at - requests[first].at < stretch;
        requests[first..].iter().take_while(soon).count()
    };
    (0..requests.len()).map(from).max().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn max_running_limits_the_running_songs_and_the_others_wait() {
    let fixture = Fixture::with(&[("MAX_RUNNING", "2")]).await;
    fixture.whisul.plan("song", Plan::song().until_told());
    let first = fixture.song(&fixture.ann, "the first song").await;
    let second = fixture.song(&fixture.bob, "the second song").await;
    fixture.whisul.until_accepted("first").await;
    fixture.whisul.until_accepted("second").await;
    let third = fixture.song(&fixture.ann, "the third song").await;
    let waiting = third.answer().await.expect("a response");
    assert_eq!(title(&waiting), "🎟️ In line");
    assert!(description(&waiting).contains("You're next"), "{}", description(&waiting));

    let polls = fixture.whisul.until_polled("first", 1).await.polls;
    fixture.whisul.until_polled("first", polls + 5).await;
    assert_eq!(fixture.whisul.jobs().len(), 2, "the third waits");
    fixture.whisul.finish("first");
    done(&first).await;
    fixture.whisul.until_accepted("third").await;
    fixture.whisul.finish("song");
    done(&second).await;
    done(&third).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_requests_together_keep_to_the_rate_limit() {
    let fixture =
        Fixture::with(&[("WHISUL_RATE_LIMIT", "2/100ms"), ("POLL_INTERVAL", "10ms")]).await;
    fixture.whisul.plan("song", Plan::song().until_told());
    let mut songs = Vec::new();
    for number in 0..6 {
        songs.push(fixture.song(&fixture.ann, &format!("song number {number}")).await);
    }
    let requests = || Some(fixture.whisul.requests().list()).filter(|list| list.len() >= 40);
    let requests = until("forty requests", &fixture.whisul.changed(), requests).await;
    fixture.whisul.finish("song");
    for asked in &songs {
        done(asked).await;
    }
    // Two in each of five windows, two at the edge, and those that came late: one of each song.
    let most = most_within(&requests, Duration::from_millis(500));
    assert!(most <= 12 + songs.len(), "{most} requests within half a second");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_polls_of_others_do_not_delay_a_new_song() {
    let fixture = Fixture::with(&[("WHISUL_RATE_LIMIT", "1/50ms"), ("POLL_INTERVAL", "1ms")]).await;
    fixture.whisul.plan("busy", Plan::song().until_told());
    let mut songs = Vec::new();
    for number in 0..5 {
        songs.push(fixture.song(&fixture.ann, &format!("busy song {number}")).await);
        fixture.whisul.until_accepted(&format!("busy song {number}")).await;
    }
    let asked = fixture.song(&fixture.bob, "a quick one").await;
    done(&asked).await;
    fixture.whisul.finish("busy");
    for asked in &songs {
        done(asked).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_for_many_waiting_songs_are_sent_one_after_another() {
    let fixture = Fixture::with(&[("MAX_RUNNING", "1"), ("USER_CONCURRENCY", "100")]).await;
    fixture.whisul.plan("song", Plan::song().until_told());
    let mut songs = Vec::new();
    for number in 0..60 {
        let asked = fixture.song(&fixture.ann, &format!("song number {number}")).await;
        asked.answer().await.expect("a response");
        // The others are to wait for the first.
        fixture.whisul.until_accepted("number 0").await;
        songs.push(asked);
    }
    let began = Instant::now();
    fixture.whisul.stop().await.unwrap();
    for asked in &songs {
        let told = |message: &Message| description(message).contains("can't be reached");
        asked.until("the news that Whisul is away", told).await;
    }
    // At most 25 a second, but for one or two that had begun.
    assert!(began.elapsed() >= Duration::from_secs(2), "{:?} for sixty edits", began.elapsed());
}
