//! The program's log contains neither prompts nor secrets, whatever happens and however much is asked
//! for.

use std::time::Duration;

use sandbox::{DiscordRules, Fault, Invocation, Plan, WhisulRules};
use serde_json::json;

use super::log_checks::{
    assert_dependencies_are_silent, assert_jobs_have_spans, assert_without_secrets, json_lines,
    states_of,
};
use crate::{
    fixture::buttons::click,
    fixture::program::{Program, output, program, until_logged},
    fixture::{Fixture, description, done, failed, refusal, title},
};

/// All that can be asked for, of dependencies as well.
const EVERYTHING: &str = "trace,whisul_bot=trace,hyper=trace,hyper_util=trace,reqwest=trace,h2=trace,\
    rustls=trace,sqlx=trace,sqlx::query=trace,serenity=trace,serenity::gateway::ws=trace,poise=trace,\
    tungstenite=trace,tokio_tungstenite=trace,tokio=trace,runtime=trace,log=trace,w=trace";

/// What makes the links of a song secret: those who have it can fetch the files.
const SIGNATURE: &str = "signed-f00dfeed0123456789";

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

/// Connections that break while a token or the key is on its way, services that repeat what they got,
/// and files that can't be fetched.
async fn break_connections(fixture: &Fixture, asked: &mut Vec<Invocation>) {
    let (discord, whisul) = (fixture.discord.faults(), fixture.whisul.faults());
    let edits = "/api/v10/webhooks/*/*/messages/@original";
    discord.add(Fault::on("POST", "/api/v10/interactions/*/*/callback").cut_after().times(1));
    discord.add(Fault::on("PATCH", edits).cut_after().times(1));
    discord.add(Fault::on("PATCH", edits).garbage().times(1));
    let echo = json!({ "error": format!("invalid key {}", fixture.whisul.key()) }).to_string();
    whisul.add(Fault::on("GET", "/api/jobs/*").json(401, &echo).times(1));
    for path in ["/audio/*", "/covers/*"] {
        whisul.add(Fault::on("GET", path).cut_before());
    }
    let link = |path: &str| json!(format!("{}/{path}?sig={SIGNATURE}", fixture.whisul.url()));
    let signed = Plan::song().takes(Duration::ZERO);
    let signed = signed.with("song_url", link("audio/x.wav"));
    fixture.whisul.plan("bolero", signed.with("image_url", link("covers/x.png")));
    asked.push(fixture.song(&fixture.bob, "marzipan bolero").await);
    done(asked.last().unwrap()).await;
}

/// One song that its requester cancels in the queue, and one at Whisul that the owner ends. Returns the
/// id of the first.
async fn cancel(fixture: &Fixture, asked: &mut Vec<Invocation>) -> u64 {
    fixture.whisul.plan("endless", Plan::song().until_told());
    let (bob, owner) =
        (fixture.bob.at(&fixture.channel), fixture.discord.owner().at(&fixture.channel));
    let endless = fixture.song(&fixture.bob, "marzipan endless").await;
    fixture.whisul.until_accepted("endless").await;
    let waiting = fixture.song(&fixture.bob, "marzipan waiting").await;
    let message = waiting.answer().await.unwrap();
    let clicked = click(&bob, &message, "Cancel").await;
    waiting.until("the news", |message| title(message) == "Cancelled").await;
    let song = [("song", json!(endless.id.to_string())), ("reason", json!("marzipan"))];
    let ended = owner.command("admin cancel", &song).await.unwrap();
    ended.answer().await.unwrap();
    failed(&endless).await;
    let cancelled = waiting.id;
    asked.extend([endless, waiting, clicked, ended]);
    cancelled
}

/// What the program's commands print while the bot runs.
fn printed_by_commands(fixture: &Fixture) -> String {
    let mut printed = String::new();
    for words in [
        &["doctor"][..],
        &["doctor", "--report"],
        &["doctor", "--json"],
        &["backup", "copy.db"],
        &["migrate", "--check"],
        &["migrate"],
        &["restore", "copy.db"],
        &["invite"],
        &["run"],
    ] {
        let shown = output(program(fixture, &[]).args(words));
        for text in [shown.stdout, shown.stderr] {
            printed.push_str(&String::from_utf8(text).unwrap());
        }
    }
    printed
}

/// The bot in the log form `format`, through all of this: what it has logged, what commands have
/// printed, and what people asked for.
async fn live_through_everything(format: &str) -> (Fixture, String, Vec<Invocation>, u64) {
    let settings = [
        ("USER_QUOTA", "3/1d"),
        ("MAX_RUNNING", "1"),
        ("ATTACH_AUDIO", "true"),
        ("ATTACH_COVER", "true"),
        ("RUST_LOG", EVERYTHING),
        ("LOG_FORMAT", format),
        // A panic at the third song that is done.
        ("WHISUL_BOT_PANIC_AT", "completed.before:3"),
        ("RUST_BACKTRACE", "full"),
    ];
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    let fixture = Fixture::without_bot(&settings, DiscordRules::default(), rules).await;
    let bot = Program::logged(&fixture);
    fixture.discord.until_ready().await;

    let mut asked = Vec::new();
    make_songs(&fixture, &mut asked).await;
    lose_and_refuse(&fixture, &mut asked).await;
    until_logged(&fixture, "a panic, which is a bug");
    search_forge_and_export(&fixture, &mut asked).await;
    break_connections(&fixture, &mut asked).await;
    let cancelled = cancel(&fixture, &mut asked).await;
    moderate_and_erase(&fixture, &mut asked).await;
    let printed = printed_by_commands(&fixture);

    bot.signal("TERM");
    let (code, log) = bot.end(&fixture);
    assert_eq!(code, Some(0));
    let mut secrets = vec![fixture.discord.token(), fixture.whisul.key(), SIGNATURE.to_owned()];
    secrets.extend(asked.iter().map(|asked| asked.token.clone()));
    for text in [&log, &printed] {
        assert_without_secrets(text, &secrets);
        for part in ["marzip", "rzipan", "%65el", "a mistake on purpose"] {
            let line = text.lines().find(|line| line.contains(part));
            assert_eq!(line, None, "{part}");
        }
    }
    (fixture, log, asked, cancelled)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_prompt_and_no_secret_is_ever_logged() {
    let (_fixture, log, asked, cancelled) = live_through_everything("json").await;
    let lines = json_lines(&log);
    assert_jobs_have_spans(&lines);
    let told = |message: &str| lines.iter().filter(|line| line["message"] == message).count();
    assert_eq!(told("song requested"), 11, "{log}");
    let done = ["announced", "submitting", "running", "completed"];
    assert_eq!(states_of(&lines, asked[0].id), done);
    assert_eq!(states_of(&lines, asked[2].id), ["announced", "submitting", "failed"]);
    assert_eq!(states_of(&lines, cancelled), ["announced", "cancelled"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_is_it_in_the_form_for_people() {
    let (_fixture, log, asked, _) = live_through_everything("text").await;
    let span = format!("job{{id={}}}", asked[0].id);
    assert_dependencies_are_silent(&log);
    let of_first: Vec<_> = log.lines().filter(|line| line.contains(&span)).collect();
    for text in ["song requested", "job state changed", "delivery state changed"] {
        assert!(of_first.iter().any(|line| line.contains(text)), "{text}: {of_first:#?}");
    }
}
