//! The key may read, but not submit.

use std::time::Duration;

use sandbox::{Fault, FaultId};
use tokio::time::timeout;

use crate::{
    fixture::{Fixture, description, done, failed},
    whisul::rejected_key::{firewalled, is_told, told, waits},
};

/// Whisul takes no prompt with this key, which may read everything.
fn reads_only(fixture: &Fixture, status: u16, error: &str) -> FaultId {
    let body = format!(r#"{{"error": "{error}", "message": "Not with this key."}}"#);
    fixture.whisul.faults().add(Fault::on("POST", "/api/generate").json(status, &body))
}

#[tokio::test(flavor = "multi_thread")]
async fn songs_wait_while_the_key_may_read_but_not_submit_and_the_owner_is_notified() {
    for (status, error) in [(403, "Forbidden"), (401, "Unauthorized")] {
        let fixture = Fixture::with(&[("USER_QUOTA", "1/1d")]).await;
        let fault = reads_only(&fixture, status, error);
        let mut songs = Vec::new();
        songs.push(fixture.song(&fixture.ann, "the first song").await);
        let sent = || (fixture.whisul.faults().hits(fault) >= 1).then_some(());
        sandbox::until("the first rejection", &fixture.whisul.changed(), sent).await;
        songs.push(fixture.song(&fixture.bob, "the second song").await);
        songs[1].until("the news about the key", waits).await;
        is_told(&fixture, &fixture.discord.owner()).await;
        let cleo = fixture.discord.add_person("Cleo");
        fixture.server.join(&cleo);
        songs.push(fixture.song(&cleo, "the third song").await);
        songs[2].until("the news about the key", waits).await;
        fixture.whisul.faults().remove(fault);
        for asked in &songs {
            done(asked).await;
        }
        assert_eq!(told(&fixture.discord.owner()).len(), 1, "{status}");
        assert!(fixture.one_more(&fixture.ann).await.is_err(), "{status}: they were charged");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_user_is_also_enough_to_detect_a_read_only_key() {
    let fixture = Fixture::new().await;
    let fault = reads_only(&fixture, 403, "Forbidden");
    for number in 1..=2 {
        failed(&fixture.song(&fixture.ann, &format!("song number {number}")).await).await;
    }
    let asked = fixture.song(&fixture.ann, "song number 3").await;
    asked.until("the news about the key", waits).await;
    is_told(&fixture, &fixture.discord.owner()).await;
    fixture.whisul.faults().remove(fault);
    done(&asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_whose_prompts_a_firewall_rejects_delay_nobody_else() {
    let settings = [("MAX_RUNNING", "1")];
    let fixture = firewalled(403, r#"{"error": "Forbidden"}"#, &settings).await;
    let ann = fixture.song(&fixture.ann, "a <script> in a song").await;
    let bob = fixture.song(&fixture.bob, "another <script> in a song").await;
    is_told(&fixture, &fixture.discord.owner()).await;
    for number in 0..5 {
        let person = fixture.discord.add_person(&format!("Person {number}"));
        fixture.server.join(&person);
        let asked = fixture.song(&person, "a song of somebody else").await;
        timeout(Duration::from_secs(5), done(&asked)).await.expect("it waits for no trial");
    }
    // While others' prompts are taken, theirs are rejected.
    for asked in [&ann, &bob] {
        let one_more = async {
            loop {
                done(&fixture.song(&fixture.discord.owner(), "yet another song").await).await;
            }
        };
        let message = tokio::select! {
            message = failed(asked) => message,
            () = one_more => unreachable!(),
        };
        let lost = description(&message);
        assert!(lost.contains("Whisul didn't accept this prompt."), "{lost}");
    }
    let sent = fixture.submissions("script");
    assert!(sent <= 12, "sent {sent} times");
    assert_eq!(told(&fixture.discord.owner()).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn songs_that_wait_for_a_key_that_may_submit_survive_a_restart() {
    let mut fixture = Fixture::with(&[("MAX_RUNNING", "1")]).await;
    let fault = reads_only(&fixture, 403, "Forbidden");
    let ann = fixture.song(&fixture.ann, "the first song").await;
    let bob = fixture.song(&fixture.bob, "the second song").await;
    is_told(&fixture, &fixture.discord.owner()).await;
    fixture.stop_bot().await;
    fixture.start_and_wait_until_ready().await;
    fixture.whisul.faults().remove(fault);
    done(&ann).await;
    done(&bob).await;
    assert_eq!(fixture.whisul.accepted("song"), 2);
}
