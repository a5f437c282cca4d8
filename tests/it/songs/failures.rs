//! What people see when a song fails, and what it costs them.

use std::time::Duration;

use sandbox::{Fault, Message, Plan, WhisulRules, WhisulSandbox};
use serde_json::json;

use crate::fixture::{Fixture, SONG, description, done, failed};

/// One song for each person, two for everybody, so that every charge shows.
const QUOTAS: [(&str, &str); 2] = [("USER_QUOTA", "1/1d"), ("GLOBAL_QUOTA", "2/1d")];

/// Ann has had no song, and nobody has paid for one: she may have another, and Bob one as well.
async fn assert_nothing_was_charged(fixture: &Fixture, told: &Message) {
    let told = description(told);
    assert!(told.contains("It doesn't count against your quota"), "{told}");
    assert_eq!(fixture.one_more(&fixture.ann).await, Ok(()));
    let refused = fixture.one_more(&fixture.ann).await.expect_err("only one song a day");
    assert!(refused.starts_with("You have used up your 1 song a day."), "{refused}");
    assert_eq!(fixture.one_more(&fixture.bob).await, Ok(()));
}

/// Ann has had no song, but the key may have paid for one: she may have another, and Bob none.
async fn assert_only_the_key_was_charged(fixture: &Fixture, told: &Message) {
    let told = description(told);
    assert!(told.contains("It doesn't count against your quota"), "{told}");
    assert_eq!(fixture.one_more(&fixture.ann).await, Ok(()));
    let refused = fixture.one_more(&fixture.bob).await.expect_err("the key has paid for two");
    assert!(refused.starts_with("This bot has used up its 2 songs a day"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_counts_and_the_next_one_has_to_wait() {
    let fixture = Fixture::with(&QUOTAS).await;
    let asked = fixture.song(&fixture.ann, "a song for the road").await;
    done(&asked).await;
    let refused = fixture.one_more(&fixture.ann).await.expect_err("only one song a day");
    assert!(refused.starts_with("You have used up your 1 song a day."), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_whisul_rejects_is_not_sent_again_and_costs_nothing() {
    let fixture = Fixture::with(&QUOTAS).await;
    let complaint = json!({"error": "Invalid input", "message": "This prompt is not allowed."});
    let rejection = Fault::on("POST", "/api/generate").status(400).body(complaint.to_string());
    fixture.whisul.faults().add(rejection.times(1));

    let asked = fixture.song(&fixture.ann, "a song that Whisul frowns on").await;
    let told = failed(&asked).await;
    assert!(description(&told).contains("Whisul didn't accept this prompt."));
    assert!(
        description(&told).contains("Whisul said: Invalid input\\: This prompt is not allowed.")
    );
    assert!(description(&told).contains("a song that Whisul frowns on"));
    assert!(description(&told).contains(&fixture.ann.mention()));
    assert_nothing_was_charged(&fixture, &told).await;
    assert_eq!(fixture.whisul.accepted("frowns on"), 0);
    assert_eq!(fixture.submissions("frowns on"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_fails_says_why_and_costs_its_requester_nothing() {
    let fixture = Fixture::with(&QUOTAS).await;
    fixture.whisul.plan("too quiet", Plan::fails(Some("*Silence* is no song, @everyone.")));
    let asked = fixture.song(&fixture.ann, "too quiet to hear").await;
    let told = failed(&asked).await;
    assert!(description(&told).contains("Whisul couldn't make this song."));
    let reason = r"Whisul said: \*Silence\* is no song, \@everyone.";
    assert!(description(&told).contains(reason), "{}", description(&told));
    assert_only_the_key_was_charged(&fixture, &told).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_fails_without_a_reason_shows_none() {
    let fixture = Fixture::with(&QUOTAS).await;
    fixture.whisul.plan("nobody knows", Plan::fails(None));
    let asked = fixture.song(&fixture.ann, "nobody knows the trouble").await;
    let told = failed(&asked).await;
    assert!(description(&told).contains("Whisul couldn't make this song."));
    assert!(!description(&told).contains("Whisul said"));
    assert_only_the_key_was_charged(&fixture, &told).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_whisul_no_longer_knows_costs_its_requester_nothing() {
    let fixture = Fixture::with(&QUOTAS).await;
    fixture.whisul.plan("fleeting", Plan::song().until_told());
    let asked = fixture.song(&fixture.ann, "a fleeting tune").await;
    fixture.whisul.until_polled("fleeting", 2).await;
    fixture.whisul.expire("fleeting");
    let told = failed(&asked).await;
    assert!(description(&told).contains("Whisul no longer knows this song"));
    assert_only_the_key_was_charged(&fixture, &told).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_times_out_and_time_in_the_queue_does_not_count() {
    let settings = [QUOTAS[0], QUOTAS[1], ("JOB_TIMEOUT", "2s"), ("MAX_RUNNING", "1")];
    let fixture = Fixture::with(&settings).await;
    fixture.whisul.plan("", Plan::song().until_told());
    let endless = fixture.song(&fixture.ann, "an endless song").await;
    fixture.whisul.until_accepted("endless").await;
    // Bob has waited for longer than the time-out when his turn comes.
    let waiting = fixture.song(&fixture.bob, "a patient song").await;

    let told = failed(&endless).await;
    assert!(description(&told).contains("Whisul took far too long"));
    let begun = fixture.whisul.until_accepted("endless").await.accepted_at;
    assert!(told.revisions.last().unwrap().at - begun >= Duration::from_secs(2));
    fixture.whisul.until_polled("patient", 1).await;
    fixture.whisul.finish("patient");
    done(&waiting).await;
    let refused = fixture.one_more(&fixture.ann).await.expect_err("the key has paid for two");
    assert!(refused.starts_with("This bot has used up its 2 songs a day"), "{refused}");
}

/// A submission whose fate nobody knows: it is not repeated, and costs Ann nothing, but the key may
/// have paid for it.
async fn assert_unknown_fate(fault: Fault, taken_in: usize) {
    let fixture = Fixture::with(&QUOTAS).await;
    fixture.whisul.faults().add(fault.times(1));
    let asked = fixture.song(&fixture.ann, "a song lost on the way").await;
    let told = failed(&asked).await;
    let told = description(&told);
    assert!(told.contains("I can't tell whether it arrived"), "{told}");
    assert!(told.contains("It doesn't count against your quota"), "{told}");

    let again = fixture.song(&fixture.ann, "the same in other words").await;
    done(&again).await;
    assert_eq!(fixture.submissions("lost on the way"), 1);
    assert_eq!(fixture.whisul.accepted("lost on the way"), taken_in);
    let refused = fixture.one_more(&fixture.bob).await.expect_err("the key has paid for two");
    assert!(refused.starts_with("This bot has used up its 2 songs a day"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_whose_answer_was_cut_off_is_not_sent_again() {
    assert_unknown_fate(Fault::on("POST", "/api/generate").cut_after(), 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_was_cut_off_on_its_way_is_not_sent_again() {
    assert_unknown_fate(Fault::on("POST", "/api/generate").cut_before(), 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_whose_answer_is_unreadable_is_not_sent_again() {
    assert_unknown_fate(Fault::on("POST", "/api/generate").garbage_after(), 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_breaks_whisul_is_not_sent_again() {
    assert_unknown_fate(Fault::on("POST", "/api/generate").status(500), 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acceptance_without_a_job_is_no_acceptance() {
    let nameless = json!({"message": "Composition task received.", "job_id": null});
    let fault = Fault::on("POST", "/api/generate").status(202).body(nameless.to_string());
    assert_unknown_fate(fault, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_and_the_key_follow_no_redirect() {
    let fixture = Fixture::with(&QUOTAS).await;
    let stranger = WhisulSandbox::start(WhisulRules { song_takes: SONG, ..Default::default() });
    let stranger = stranger.await.unwrap();
    let elsewhere = format!("{}/generate", stranger.url());
    let redirect = Fault::on("POST", "/api/generate").status(307).header("location", &elsewhere);
    fixture.whisul.faults().add(redirect.times(1));

    let asked = fixture.song(&fixture.ann, "a song for somebody else").await;
    let told = description(&failed(&asked).await).to_owned();
    assert!(told.contains("I can't tell whether it arrived"), "{told}");
    assert_eq!(fixture.submissions("somebody else"), 1, "nor is it sent again");
    assert_eq!(stranger.requests().count("*", "/**"), 0);
}
