//! Outages of Whisul: songs wait until they end.

use std::time::{Duration, Instant, SystemTime};

use sandbox::{Fault, Message, Plan, RetryAfter, WhisulRules, WhisulSandbox, until};
use serde_json::json;

use crate::fixture::{Fixture, SONG, description, done, title};

const UNREACHABLE: &str = "Whisul can't be reached at the moment.";
const BUSY: &str = "Whisul is busy and asked me to wait.";

/// Whether a message ever said this.
fn ever_said(message: &Message, sentence: &str) -> bool {
    message.revisions.iter().any(|revision| revision.json.to_string().contains(sentence))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_waits_while_whisul_is_down_and_continues_by_itself() {
    let fixture = Fixture::with(&[("USER_QUOTA", "1/1d")]).await;
    fixture.whisul.stop().await.unwrap();
    let asked = fixture.song(&fixture.ann, "a song for better times").await;
    let waiting = |message: &Message| description(message).contains(UNREACHABLE);
    let told = asked.until("the news that Whisul is away", waiting).await;
    assert_eq!(title(&told), "🎟️ In line");

    fixture.whisul.start_again().await.unwrap();
    let done = done(&asked).await;
    assert_eq!(done.id, told.id, "it is still the same message");
    assert_eq!(fixture.submissions("better times"), 1);
    assert!(fixture.one_more(&fixture.ann).await.is_err(), "it was charged, once");
}

/// Whisul turns the first prompt away and asks to wait: the song's message says so, and the prompt
/// comes again. Returns when it came first and when again.
async fn turned_away(fixture: &Fixture, fault: Fault) -> (Instant, Instant) {
    fixture.whisul.faults().add(fault.times(1));
    let asked = fixture.song(&fixture.ann, "a song that can wait").await;
    let told = done(&asked).await;
    assert!(ever_said(&told, BUSY), "{told:#?}");
    assert_eq!(fixture.whisul.accepted("can wait"), 1);
    let sent = fixture.whisul.requests().matching("POST", "/api/generate");
    assert_eq!(sent.len(), 2);
    (sent[0].at, sent[1].at)
}

/// Whisul asks for fewer prompts, in its own words.
fn busy(retry_after: &str) -> Fault {
    let busy = Fault::on("POST", "/api/generate").json(429, r#"{"error": "Too many requests"}"#);
    busy.header("retry-after", retry_after)
}

// Two seconds are longer than the bot would wait by itself after a first failure.

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_after_in_seconds_is_respected() {
    let fixture = Fixture::new().await;
    let (first, second) = turned_away(&fixture, busy("2")).await;
    assert!(second - first >= Duration::from_secs(2), "{:?}", second - first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_after_with_a_date_is_respected() {
    let fixture = Fixture::new().await;
    let (now, soon) = (Instant::now(), SystemTime::now() + Duration::from_secs(3));
    let date = httpdate::fmt_http_date(soon);
    let (_, second) = turned_away(&fixture, busy(&date)).await;
    // A date has no fractions: it may have lost almost a second.
    assert!(second - now > Duration::from_secs(2), "{:?}", second - now);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_after_of_a_503_is_respected() {
    let fixture = Fixture::new().await;
    let closed = Fault::on("POST", "/api/generate").json(503, r#"{"error": "Overloaded"}"#);
    let closed = closed.header("retry-after", "2");
    let (first, second) = turned_away(&fixture, closed).await;
    assert!(second - first >= Duration::from_secs(2), "{:?}", second - first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_failed_poll_changes_no_message() {
    let fixture = Fixture::new().await;
    fixture.whisul.plan("unshaken", Plan::song().until_told());
    let poll = || Fault::on("GET", "/api/jobs/*").times(1);
    let troubles = [
        poll().status(500),
        poll().garbage(),
        poll().oversize(2 << 20),
        poll().cut_before(),
        poll().cut_after(),
        poll().status(200).body("{\"status\": 7}"),
        poll().status(200).body("[]"),
        poll().status(200).body("{\"status\": \"compl"),
    ];
    let asked = fixture.song(&fixture.ann, "an unshaken song").await;
    for trouble in troubles {
        // A poll that goes well in between keeps them apart: together they would be an outage.
        let trouble = fixture.whisul.faults().add(trouble.after(1));
        let hit = || (fixture.whisul.faults().hits(trouble) > 0).then_some(());
        until("the trouble", &fixture.whisul.changed(), hit).await;
    }
    fixture.whisul.finish("unshaken");
    let done = done(&asked).await;
    assert!(!ever_said(&done, UNREACHABLE));
    assert_eq!(fixture.submissions("unshaken"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_survives_an_outage_longer_than_its_time_out() {
    let fixture = Fixture::with(&[("JOB_TIMEOUT", "300ms")]).await;
    fixture.whisul.plan("patient", Plan::song().until_told());
    // The time limit counts from the first poll.
    let outage = fixture.whisul.faults().add(Fault::on("GET", "/api/jobs/*").status(502));
    let asked = fixture.song(&fixture.ann, "a patient song").await;
    let taken = fixture.whisul.until_accepted("patient").await;
    let waiting = |message: &Message| description(message).contains(UNREACHABLE);
    asked.until("the news that Whisul is away", waiting).await;
    fixture.whisul.finish("patient");
    let late = || {
        let polls = fixture.whisul.requests().matching("GET", "/api/jobs/*");
        let last = polls.last().filter(|poll| poll.status == Some(502))?;
        (last.at - taken.accepted_at > Duration::from_millis(300)).then_some(())
    };
    until("a poll in vain after the time-out", &fixture.whisul.changed(), late).await;
    fixture.whisul.faults().remove(outage);
    done(&asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_outage_costs_no_further_song() {
    let fixture = Fixture::with(&[("USER_QUOTA", "3/1d")]).await;
    fixture.whisul.plan("first", Plan::song().until_told());
    let first = fixture.song(&fixture.ann, "the first song").await;
    fixture.whisul.until_polled("first", 1).await;
    let outage = fixture.whisul.faults().add(Fault::on("*", "/api/**").status(502));
    let away = |message: &Message| description(message).contains(UNREACHABLE);
    first.until("the news that Whisul is away", away).await;
    let mut songs = vec![first];
    for number in 1..=3 {
        let asked = fixture.song(&fixture.bob, &format!("song number {number}")).await;
        assert!(away(&asked.answer().await.expect("a response")));
        songs.push(asked);
    }
    // The probe sends no prompt.
    let met = fixture.whisul.faults().hits(outage);
    let looked = || (fixture.whisul.faults().hits(outage) > met).then_some(());
    until("somebody to look for Whisul", &fixture.whisul.changed(), looked).await;
    fixture.whisul.finish("first");
    fixture.whisul.faults().remove(outage);
    for asked in &songs {
        done(asked).await;
    }
    assert_eq!(fixture.submissions("song number"), 3, "one each");
}

#[tokio::test(flavor = "multi_thread")]
async fn polls_slow_down_after_a_429() {
    // The bot polls four times as often as this Whisul likes.
    let whisul = WhisulRules {
        song_takes: SONG,
        least_poll_gap: Some(Duration::from_millis(200)),
        retry_after: RetryAfter::Seconds,
        ..WhisulRules::default()
    };
    let fixture = Fixture::with_rules(&[], sandbox::DiscordRules::default(), whisul).await;
    let asked = fixture.song(&fixture.ann, "a song that wants to be left alone").await;
    done(&asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_sent_to_whisul_only() {
    let fixture = Fixture::new().await;
    let stranger = WhisulSandbox::start(WhisulRules::default()).await.unwrap();
    // Bob's song is there to lend Ann's its job: the sandbox knows no other.
    fixture.whisul.plan("song", Plan::song().until_told());
    let lent = fixture.song(&fixture.bob, "a song to be lent").await;
    let job = fixture.whisul.until_accepted("lent").await.id;
    let acceptance = json!({"job_id": job, "poll_url": format!("{}/jobs/{job}", stranger.url())});
    let acceptance = acceptance.to_string();
    let lure = Fault::on("POST", "/api/generate").status(202).body(&acceptance);
    fixture.whisul.faults().add(lure.times(1));
    let elsewhere = format!("{}/jobs/{job}", stranger.url());
    let redirect = Fault::on("GET", "/api/jobs/*").status(302).header("location", &elsewhere);
    fixture.whisul.faults().add(redirect.times(2));

    let lured = fixture.song(&fixture.ann, "a song of a siren").await;
    fixture.whisul.until_polled("lent", 6).await;
    fixture.whisul.finish("lent");
    done(&lured).await;
    done(&lent).await;
    assert_eq!(stranger.requests().count("*", "/**"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_submission_is_shown_as_what_it_is() {
    let fixture = Fixture::new().await;
    let slow = Fault::on("POST", "/api/generate").delay(Duration::from_secs(2));
    fixture.whisul.faults().add(slow);
    let asked = fixture.song(&fixture.ann, "a song that is slow to begin").await;
    let sending = |message: &Message| title(message) == "📨 Sending it to Whisul";
    asked.until("the news that it is being sent", sending).await;
    done(&asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_prompt_that_hangs_after_an_outage_delays_others_only_briefly() {
    let fixture = Fixture::new().await;
    let outage = fixture.whisul.faults().add(Fault::on("*", "/api/**").html(502));
    let lost = fixture.song(&fixture.ann, "a song that meets the outage").await;
    lost.until("the news of it", |message| title(message) == "No song this time").await;
    let away = |message: &Message| description(message).contains(UNREACHABLE);
    let ann = fixture.song(&fixture.ann, "a song that hangs").await;
    ann.until("the news that Whisul is away", away).await;
    let hangs = fixture.whisul.faults().add(Fault::on("POST", "/api/generate").hang().times(1));
    fixture.whisul.faults().remove(outage);
    let sent = || (fixture.whisul.faults().hits(hangs) == 1).then_some(());
    until("the prompt that hangs", &fixture.whisul.changed(), sent).await;
    let began = Instant::now();
    done(&fixture.song(&fixture.bob, "a song of somebody else").await).await;
    let waited = began.elapsed();
    assert!(waited < Duration::from_secs(15), "{waited:?}");
}
