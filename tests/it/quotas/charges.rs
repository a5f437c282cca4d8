//! Charges of failed songs: what Whisul accepted stays charged to the key, and one person
//! can't use the key up with prompts that fail.

use sandbox::{Fault, Plan};

use crate::fixture::{Fixture, description, done, failed};

/// Room for one song of everybody, and for many of each person.
const ONE_FOR_ALL: [(&str, &str); 2] = [("USER_QUOTA", "10/1d"), ("GLOBAL_QUOTA", "1/1d")];

/// Whisul took the song, which came to nothing: Ann can't have another one for free.
async fn stays_charged_to_the_key(plan: Plan, settings: &[(&str, &str)]) {
    let settings = [&ONE_FOR_ALL[..], settings].concat();
    let fixture = Fixture::with(&settings).await;
    fixture.whisul.plan("", plan);
    let told = failed(&fixture.song(&fixture.ann, "a song of no luck").await).await;
    assert!(description(&told).contains("It doesn't count against your quota"));
    for person in [&fixture.ann, &fixture.bob] {
        let refused = fixture.one_more(person).await.expect_err("the key has paid");
        assert!(refused.starts_with("This bot has used up its 1 song a day"), "{refused}");
    }
    assert_eq!(fixture.whisul.jobs().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_timed_out_stays_charged_to_the_key() {
    stays_charged_to_the_key(Plan::song().until_told(), &[("JOB_TIMEOUT", "1s")]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_whisul_forgot_stays_charged_to_the_key() {
    stays_charged_to_the_key(Plan::vanishes(), &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_could_not_be_made_stays_charged_to_the_key() {
    stays_charged_to_the_key(Plan::fails(None), &[]).await;
}

/// One person repeats a prompt that fails: three of these songs are refunded, and the others are
/// their own.
async fn are_refunded_three_times(fixture: &Fixture) {
    for number in 1..=5 {
        let told = failed(&fixture.song(&fixture.ann, "a poisonous song").await).await;
        let told = description(&told);
        let is_refunded = told.contains("It doesn't count against your quota");
        let counts = told.contains("It counts against your quota");
        assert_eq!((is_refunded, counts), (number <= 3, number > 3), "{number}: {told}");
    }
    let client = fixture.ann.at(&fixture.channel);
    let quota = client.command("quota", &[]).await.unwrap().answer().await.unwrap().text();
    assert!(quota.contains("0 of 2") || quota.contains("used up"), "{quota}");
    let refused = fixture.one_more(&fixture.ann).await.expect_err("two were hers");
    assert!(refused.starts_with("You have used up your 2 songs a day"), "{refused}");
    done(&fixture.song(&fixture.bob, "a song of somebody else").await).await;
}

const FEW: [(&str, &str); 2] = [("USER_QUOTA", "2/1d"), ("GLOBAL_QUOTA", "10/1d")];

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_breaks_whisul_can_be_repeated_for_free_only_a_few_times() {
    let fixture = Fixture::with(&FEW).await;
    fixture.whisul.plan("poisonous", Plan::refused(500, "{}"));
    are_refunded_three_times(&fixture).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_always_fails_can_be_repeated_for_free_only_a_few_times() {
    let fixture = Fixture::with(&FEW).await;
    fixture.whisul.plan("poisonous", Plan::fails(Some("Out of tune.")));
    are_refunded_three_times(&fixture).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_whisul_surely_rejected_costs_nothing_however_often() {
    let fixture = Fixture::with(&[("USER_QUOTA", "1/1d"), ("GLOBAL_QUOTA", "1/1d")]).await;
    let refused = Fault::on("POST", "/api/generate").json(400, r#"{"error": "Invalid input"}"#);
    let refused = fixture.whisul.faults().add(refused);
    for _ in 0..6 {
        failed(&fixture.song(&fixture.ann, "a song that Whisul frowns on").await).await;
    }
    fixture.whisul.faults().remove(refused);
    done(&fixture.song(&fixture.ann, "another song").await).await;
}
