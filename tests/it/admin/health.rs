//! The owner asks the running bot what is wrong, in Discord.

use std::time::Duration;

use sandbox::{Fault, Invocation, Message};

use super::moderated;
use crate::fixture::{Fixture, PROBE_PATH, done, song_at};

async fn ask(fixture: &Fixture) -> Invocation {
    fixture.owner().command("admin health", &[]).await.expect("Discord takes the command")
}

/// What the bot says once its checks have ended.
async fn report(asked: &Invocation) -> Message {
    let report = asked.until("a report", |message| !message.thinking()).await;
    assert!(report.ephemeral(), "nobody else sees it");
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_reads_what_doctor_finds_without_leaving_discord() {
    let fixture = moderated(&[]).await;
    fixture.sings("a song").await;
    let well = report(&ask(&fixture).await).await.content;
    assert!(well.contains("ok       key          Whisul accepts it"), "{well}");
    assert!(!well.contains("FAILURE"), "{well}");

    fixture.whisul.change_key("another");
    let report = report(&ask(&fixture).await).await.content;
    assert!(report.contains("FAILURE  key          Whisul rejects it"), "{report}");
    let (token, key) = (fixture.discord.token(), fixture.whisul.key());
    let application = fixture.discord.application_id().to_string();
    for hidden in ["Music lovers", &application, &token, &key] {
        assert!(!report.contains(hidden), "{hidden}: {report}");
    }
    assert_eq!(fixture.whisul.jobs().len(), 1, "no song is spent");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_stays_when_many_servers_make_the_report_too_long() {
    let fixture = moderated(&[]).await;
    for number in 0..20 {
        let server = fixture.discord.add_server(&format!("Server {number}"));
        let _channel = server.add_channel("songs");
    }
    fixture.server.mute_bot(&fixture.channel);
    let report = report(&ask(&fixture).await).await.content;
    assert!(report.chars().count() <= 2000, "{report}");
    assert!(report.contains("warning  permissions"), "{report}");
    assert!(report.ends_with("more: `whisul-bot doctor --report` shows all."), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_takes_long_holds_up_neither_songs_nor_a_stop() {
    let mut fixture = moderated(&[]).await;
    fixture.sings("a song").await;
    let slow = Fault::on("GET", PROBE_PATH).delay(Duration::from_mins(1));
    fixture.whisul.faults().add(slow);
    let asked = ask(&fixture).await;
    asked.until("the deferral", Message::thinking).await;
    done(&song_at(&fixture.bob.dm(), "meanwhile").await).await;
    fixture.stop_bot().await;
    let told = report(&asked).await.content;
    assert!(told.contains("restarting"), "{told}");
}
