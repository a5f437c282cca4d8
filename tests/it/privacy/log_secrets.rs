//! The program's log contains neither prompts nor secrets.

use std::time::Duration;

use sandbox::{DiscordRules, Fault, Invocation, Plan, WhisulRules};
use serde_json::{Value, json};

use crate::{
    fixture::buttons::click,
    fixture::program::Program,
    fixture::{Fixture, description, done, failed, refusal},
};

/// A song, failed songs and rejected ones.
async fn make_songs(fixture: &Fixture, asked: &mut Vec<Invocation>) {
    // A song, whose last edit Discord can't take at first.
    let edits = "/api/v10/webhooks/*/*/messages/@original";
    fixture.discord.faults().add(Fault::on("PATCH", edits).status(500).times(2));
    asked.push(fixture.song(&fixture.ann, "marzipan waltz").await);
    done(&asked[0]).await;
    // A song that fails, and one that is rejected, with the prompt in what Whisul says.
    let reason = "no marzipan polka for key and token";
    fixture.whisul.plan("polka", Plan::fails(Some(reason)).takes(Duration::ZERO));
    asked.push(fixture.song(&fixture.ann, "marzipan polka").await);
    failed(&asked[1]).await;
    let body = json!({ "error": "marzipan minuet?", "message": "no marzipan minuet" }).to_string();
    fixture
        .whisul
        .faults()
        .add(Fault::on("POST", "/api/generate").status(400).body(&body).times(1));
    asked.push(fixture.song(&fixture.ann, "marzipan minuet").await);
    failed(&asked[2]).await;
    // The same with the prompt shortened and escaped, as nobody would look for it.
    for (prompt, echo) in [("marzipan jig", "marzipa…"), ("marzipan reel", "m&#97;rzipan r%65el")]
    {
        let body = json!({ "error": echo, "message": echo }).to_string();
        let fault = Fault::on("POST", "/api/generate").status(400).body(&body);
        fixture.whisul.faults().add(fault.times(1));
        asked.push(fixture.song(&fixture.ann, prompt).await);
        let told = failed(asked.last().unwrap()).await;
        assert!(description(&told).contains("Whisul said: "), "{}", description(&told));
    }
}

/// A submission of unknown outcome, and refusals.
async fn lose_and_refuse(fixture: &Fixture, asked: &mut Vec<Invocation>) {
    // A submission of unknown outcome, an interaction that comes twice, and a refusal.
    fixture.whisul.faults().add(Fault::on("POST", "/api/generate").cut_after().times(1));
    asked.push(fixture.song(&fixture.ann, "marzipan galop").await);
    asked[5].deliver_again();
    failed(&asked[5]).await;
    for prompt in ["marzipan march", "marzipan samba"] {
        asked.push(fixture.song(&fixture.ann, prompt).await);
        done(asked.last().unwrap()).await;
    }
    asked.push(fixture.song(&fixture.ann, "marzipan tango").await);
    refusal(&asked[8]).await;
    asked.push(fixture.song(&fixture.ann, "\u{200B}").await);
    refusal(&asked[9]).await;
}

/// Searches, forged components, and an export.
async fn search_forge_and_export(fixture: &Fixture, asked: &mut Vec<Invocation>) {
    // Suggestions, forged buttons and forms, and a song that is shown again and exported.
    let client = fixture.ann.at(&fixture.channel);
    for (command, option) in [("song", "prompt"), ("songs", "show")] {
        client.autocomplete(command, option, "marzipan").await.unwrap();
    }
    let shown = asked[0].message().unwrap();
    for custom_id in ["edit:marzipan", "songs:0:marzipan", "marzipan"] {
        asked.push(client.forge_click(shown.id, custom_id).await.unwrap());
        refusal(asked.last().unwrap()).await;
        let answers = [("prompt", "marzipan form"), ("marzipan", "marzipan")];
        asked.push(client.forge_modal(None, custom_id, &answers).await.unwrap());
        refusal(asked.last().unwrap()).await;
    }
    let number = json!(asked[0].id.to_string());
    for (command, options) in [
        ("songs", vec![("search", json!("marzipan"))]),
        ("songs", vec![("show", json!("marzipan"))]),
        ("songs", vec![("show", number)]),
        ("my-data export", vec![]),
    ] {
        asked.push(client.command(command, &options).await.unwrap());
        asked.last().unwrap().answer().await.expect("a response at once");
    }
}

/// Admin actions, and the erasure of songs.
async fn moderate_and_erase(fixture: &Fixture, asked: &mut Vec<Invocation>) {
    // An admin's reasons and blocked words, and a prompt that has one.
    let client = fixture.ann.at(&fixture.channel);
    let owner = fixture.discord.owner().at(&fixture.channel);
    for (act, option) in [("pause", "reason"), ("resume", "reason"), ("words add", "word")] {
        let options = [(option, json!("marzipan"))];
        let done = owner.command(&format!("admin {act}"), &options).await.unwrap();
        assert!(done.answer().await.unwrap().text().starts_with("Done"));
        asked.push(done);
    }
    asked.push(fixture.song(&fixture.ann, "marzipan rag").await);
    refusal(asked.last().unwrap()).await;
    let question = client.command("my-data forget", &[]).await.unwrap();
    let question = question.answer().await.expect("a response at once");
    let forgotten = click(&client, &question, "Forget my songs").await;
    assert!(forgotten.answer().await.unwrap().content.starts_with("Done"));
    asked.push(forgotten);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_prompt_and_no_secret_is_ever_logged() {
    let settings = [("USER_QUOTA", "3/1d"), ("RUST_LOG", "trace"), ("LOG_FORMAT", "json")];
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    let fixture = Fixture::without_bot(&settings, DiscordRules::default(), rules).await;
    let program = Program::logged(&fixture);
    fixture.discord.until_ready().await;

    let mut asked = Vec::new();
    make_songs(&fixture, &mut asked).await;
    lose_and_refuse(&fixture, &mut asked).await;
    search_forge_and_export(&fixture, &mut asked).await;
    moderate_and_erase(&fixture, &mut asked).await;

    program.signal("TERM");
    let (code, log) = program.end(&fixture);
    assert_eq!(code, Some(0));
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told = |message: &str| lines.iter().filter(|line| line["message"] == message).count();
    assert_eq!(told("song requested"), 8, "{log}");
    assert!(told("job state changed") > 8 * 2, "{log}");
    assert_eq!(told("delivery state changed"), 8, "{log}");
    for part in ["marzip", "rzipan", "%65el"] {
        assert!(!log.contains(part), "{log}");
    }
    for secret in [fixture.discord.token(), fixture.whisul.key()] {
        assert!(!log.contains(&secret), "{log}");
    }
    for asked in &asked {
        assert!(!log.contains(&asked.token), "{log}");
    }
}
