//! The first response to a command: without it, nothing is paid for.

use std::time::Duration;

use sandbox::{Fault, Invocation, Plan};

use crate::{
    fixture::buttons::{ask_to_delete, click},
    fixture::{Fixture, done, is_done, refusal, title},
};

const ANSWER: &str = "/api/v10/interactions/*/*/callback";
/// Where a response is looked up.
const LOOK_UP: &str = "/api/v10/webhooks/*/*/messages/@original";

/// A fixture where everybody has one song, and songs are quick.
async fn quick() -> Fixture {
    let fixture = Fixture::with(&[("USER_QUOTA", "1/1d")]).await;
    fixture.whisul.plan("", Plan::song().takes(Duration::from_millis(50)));
    fixture
}

/// The same, with a fault of first responses.
async fn with(fault: Fault) -> Fixture {
    let fixture = quick().await;
    fixture.discord.faults().add(fault);
    fixture
}

/// Waits for a request that was answered with this status.
async fn answered(fixture: &Fixture, method: &str, path: &str, status: u16) {
    let answered = || {
        let requests = fixture.discord.requests().matching(method, path);
        requests.iter().any(|request| request.status == Some(status)).then_some(())
    };
    fixture.discord.until(&format!("{method} {path} to be answered with {status}"), answered).await;
}

/// The song is given up unpaid, Ann has it back, and nobody was answered.
async fn is_abandoned(fixture: &Fixture, asked: &Invocation) {
    done(&fixture.song_once_allowed(&fixture.ann, "another try").await).await;
    assert_eq!(fixture.whisul.jobs().len(), 1, "only the other try was sent to Whisul");
    assert!(asked.message().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_response_of_unknown_fate_is_looked_up_before_the_submission() {
    let fixture = with(Fault::on("POST", ANSWER).times(1).cut_after()).await;
    // Discord does not tell at once, either.
    fixture.discord.faults().add(Fault::on("GET", LOOK_UP).times(1).status(500));
    let asked = fixture.song(&fixture.ann, "a song").await;
    let first = asked.answer().await.unwrap();
    assert_eq!(done(&asked).await.id, first.id);
    assert_eq!(fixture.discord.messages().len(), 1);
    let look_ups = fixture.discord.requests().matching("GET", LOOK_UP);
    let found = look_ups.iter().find(|request| request.status == Some(200)).unwrap();
    let submissions = fixture.whisul.requests().matching("POST", "/api/generate");
    assert_eq!(submissions.len(), 1);
    assert!(found.at < submissions[0].at, "it was looked up first");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_first_response_is_retried_in_time() {
    for fault in [Fault::on("POST", ANSWER).cut_before(), Fault::on("POST", ANSWER).status(500)] {
        let fixture = with(fault.times(2)).await;
        let asked = fixture.song(&fixture.ann, "a song").await;
        let first = asked.answer().await.unwrap();
        assert_eq!(title(&first), "🎟️ In line");
        done(&asked).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_response_is_retried_until_its_deadline() {
    let json = r#"{"message": "503: Service Unavailable", "code": 0}"#;
    for fault in [
        Fault::on("POST", ANSWER).html(520),
        Fault::on("POST", ANSWER).json(503, json),
        Fault::on("POST", ANSWER).cut_before(),
    ] {
        let fixture = Fixture::new().await;
        fixture.discord.faults().add(fault.clone().lasting(Duration::from_millis(1600)));
        let asked = fixture.song(&fixture.ann, "a song").await;
        assert_eq!(title(&asked.answer().await.expect("a response in time")), "🎟️ In line");
        done(&asked).await;
        fixture.discord.faults().add(fault.lasting(Duration::from_millis(1600)));
        let help = fixture.ann.at(&fixture.channel).command("help", &[]).await.unwrap();
        help.answer().await.expect("a response in time");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_whose_first_response_never_arrives_is_abandoned_and_refunded() {
    let fixture = quick().await;
    let outage = fixture.discord.faults().add(Fault::on("POST", ANSWER).cut_before());
    let asked = fixture.song(&fixture.ann, "the first try").await;
    answered(&fixture, "GET", LOOK_UP, 404).await;
    fixture.discord.faults().remove(outage);
    is_abandoned(&fixture, &asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_whose_first_response_comes_too_late_is_abandoned_and_refunded() {
    let late = r#"{"code": 10062, "message": "Unknown interaction"}"#;
    let fixture = with(Fault::on("POST", ANSWER).times(1).status(404).body(late)).await;
    let asked = fixture.song(&fixture.ann, "the first try").await;
    answered(&fixture, "POST", ANSWER, 404).await;
    is_abandoned(&fixture, &asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_whose_first_response_hangs_is_looked_up_after_its_deadline() {
    let fixture = with(Fault::on("POST", ANSWER).times(1).hang_after()).await;
    let asked = fixture.song(&fixture.ann, "a song").await;
    done(&asked).await;
    assert_eq!(fixture.discord.requests().count("POST", ANSWER), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_response_of_unknown_fate_is_looked_up_after_a_restart() {
    let mut fixture = with(Fault::on("POST", ANSWER).times(1).cut_after()).await;
    let outage = fixture.discord.faults().add(Fault::on("GET", LOOK_UP).status(503));
    let asked = fixture.song(&fixture.ann, "a song").await;
    answered(&fixture, "GET", LOOK_UP, 503).await;
    fixture.stop_bot().await;
    assert_eq!(fixture.whisul.jobs().len(), 0);
    fixture.discord.faults().remove(outage);
    fixture.start_and_wait_until_ready().await;
    done(&asked).await;
    assert_eq!(fixture.whisul.jobs().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_arrives_twice_makes_one_song() {
    let fixture = quick().await;
    let asked = fixture.song(&fixture.ann, "a song").await;
    asked.deliver_again();
    done(&asked).await;
    asked.deliver_again();
    let bobs = fixture.song(&fixture.bob, "another").await;
    done(&bobs).await;
    assert_eq!(fixture.whisul.accepted("a song"), 1);
    assert!(is_done(&asked.message().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_discord_will_not_show_is_refused_in_a_sentence() {
    let fixture = quick().await;
    fixture.server.automod_blocks("unspeakable");
    let asked = fixture.song(&fixture.ann, "an unspeakable song").await;
    let answer = asked.answer().await.expect("a response all the same");
    assert!(answer.ephemeral(), "{}", answer.text());
    assert!(answer.content.contains("other words"), "{}", answer.text());
    done(&fixture.song(&fixture.ann, "a nice song").await).await;
    assert_eq!(fixture.whisul.jobs().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_refusal_is_sent_again() {
    let fixture = quick().await;
    done(&fixture.song(&fixture.ann, "the one song").await).await;
    for fault in [
        Fault::on("POST", ANSWER).times(1).cut_before(),
        Fault::on("POST", ANSWER).times(1).cut_after(),
        Fault::on("POST", ANSWER).times(2).status(503),
    ] {
        fixture.discord.faults().add(fault);
        let told = refusal(&fixture.song(&fixture.ann, "one too many").await).await;
        assert!(told.contains("used up"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_song_continues_after_a_first_response_of_unknown_fate() {
    let fixture = Fixture::new().await;
    let client = fixture.ann.at(&fixture.channel);
    for fault in [Fault::on("POST", ANSWER).cut_after(), Fault::on("POST", ANSWER).hang_after()] {
        let song = done(&fixture.song(&fixture.ann, "a slow waltz").await).await;
        let unheard = fixture.discord.faults().add(fault.clone().times(1));
        let asked = client.command("my-data export", &[]).await.unwrap();
        asked.until("a file", |message| !message.attachments.is_empty()).await;
        fixture.discord.faults().remove(unheard);

        fixture.discord.faults().add(fault.times(1));
        let question = ask_to_delete(&client, &song).await;
        click(&client, &question, "Delete").await;
        let gone = || client.message(song.id).is_none().then_some(());
        fixture.discord.until("the message to go", gone).await;
    }
}
