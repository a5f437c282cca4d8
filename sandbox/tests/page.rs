//! The page, asked by HTTP as a browser asks, and as a hostile page in the same browser would.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a surprise")]

use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HOST, ORIGIN};
use reqwest::{Client, Response, StatusCode};
use sandbox::page::{Environment, Page};
use sandbox::{Channel, DiscordRules, DiscordSandbox, Person, Program, WhisulRules, WhisulSandbox};
use serde_json::{Value, json};

/// A page with two people and a bot that only waits to be killed.
struct Stage {
    page: Page,
    bot: Arc<Program>,
    channel: Channel,
    ann: Person,
    bob: Person,
    client: Client,
}

impl Stage {
    async fn new() -> Self {
        let discord = DiscordSandbox::start(DiscordRules::default()).await.unwrap();
        let whisul = WhisulSandbox::start(WhisulRules::default()).await.unwrap();
        let server = discord.add_server("Den");
        let (ann, bob) = (discord.add_person("Ann"), discord.add_person("Bob"));
        server.join(&ann);
        server.join(&bob);
        let channel = server.add_channel("songs");
        // It ends by itself when its standard input is closed.
        let bot = Arc::new(Program::new(Command::new("cat")));
        let environment = Environment {
            discord,
            whisul,
            server: "Den".to_owned(),
            channels: vec![(channel.clone(), "songs".to_owned())],
            people: vec![(ann.clone(), "a member".to_owned()), (bob.clone(), String::new())],
            roles: Vec::new(),
            bot: Arc::clone(&bot),
            song_takes: Duration::from_secs(1),
        };
        let page = Page::open_anywhere(environment).await.unwrap();
        Self { page, bot, channel, ann, bob, client: Client::new() }
    }

    fn origin(&self) -> String {
        self.page.url().trim_end_matches('/').to_owned()
    }

    async fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.page.url())).send().await.unwrap()
    }

    async fn post(&self, path: &str, body: Value) -> Response {
        let request = self.client.post(format!("{}{path}", self.page.url())).json(&body);
        request.header(ORIGIN, self.origin()).send().await.unwrap()
    }

    async fn act(&self, person: &Person, mut act: Value) -> Value {
        act["person"] = json!(person.id().to_string());
        act["channel"] = json!(self.channel.id().to_string());
        self.post("action", act).await.json().await.unwrap()
    }

    async fn view(&self, person: &Person, since: Option<&str>) -> Value {
        let (person, channel) = (person.id(), self.channel.id());
        let since = since.map(|since| format!("&since={since}")).unwrap_or_default();
        let path = format!("view?person={person}&channel={channel}{since}");
        self.get(&path).await.json().await.unwrap()
    }
}

#[tokio::test]
async fn other_pages_of_the_browser_get_nothing() {
    let stage = Stage::new().await;
    let paths = ["", "main.js", "events", "people", "log", "action", "faults"];
    for path in paths {
        let url = format!("{}{path}", stage.page.url());
        for (name, value) in [(HOST, "evil.example"), (ORIGIN, "http://evil.example")] {
            for request in [stage.client.get(&url), stage.client.post(&url)] {
                let answer = request.header(&name, value).send().await.unwrap();
                assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path} with {name}: {value}");
            }
        }
        // A form of a foreign page that hides its origin changes nothing either.
        let answer = stage.client.post(&url).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_is_refused() {
    let stage = Stage::new().await;
    let request = stage.client.post(format!("{}faults", stage.page.url())).body("\"kill_bot\"");
    let answer = request.header(ORIGIN, stage.origin()).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn every_file_comes_with_protection() {
    let stage = Stage::new().await;
    let index = stage.get("").await;
    let policy = index.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
    assert_eq!(index.headers()["x-content-type-options"], "nosniff");
    let index = index.text().await.unwrap();
    let linked = index.split('"').filter(|part| part.starts_with('/'));
    for path in linked {
        let file = stage.get(path.trim_start_matches('/')).await;
        assert_eq!(file.status(), StatusCode::OK, "{path}");
        assert!(file.headers().contains_key("content-security-policy"), "{path}");
    }
}

#[tokio::test]
async fn a_view_holds_what_changed_since_the_one_before() {
    let stage = Stage::new().await;
    assert_eq!(stage.act(&stage.ann, json!({ "do": "say", "text": "one" })).await["is"], "done");
    let first = stage.view(&stage.bob, None).await;
    assert_eq!(first["changed"][0]["content"], "one");
    let since = first["now"].as_str().unwrap();
    assert_eq!(stage.act(&stage.ann, json!({ "do": "say", "text": "two" })).await["is"], "done");
    let second = stage.view(&stage.bob, Some(since)).await;
    assert_eq!(second["changed"].as_array().unwrap().len(), 1);
    assert_eq!(second["changed"][0]["content"], "two");
    assert_eq!(second["ids"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn people_delete_what_discord_lets_them() {
    let stage = Stage::new().await;
    stage.act(&stage.ann, json!({ "do": "say", "text": "mine" })).await;
    let view = stage.view(&stage.ann, None).await;
    let delete = json!({ "do": "delete", "message": view["ids"][0] });
    assert_eq!(stage.act(&stage.bob, delete.clone()).await["is"], "refused");
    assert_eq!(stage.act(&stage.ann, delete).await["is"], "done");
    assert_eq!(stage.view(&stage.bob, None).await["ids"], json!([]));
}

#[tokio::test]
async fn an_impossible_action_is_refused_with_a_reason() {
    let stage = Stage::new().await;
    let unknown = json!({ "do": "command", "name": "nothing", "options": {} });
    let refused = stage.act(&stage.ann, unknown).await;
    assert_eq!(refused, json!({ "is": "refused", "why": "there is no command \"nothing\" here" }));
    let nobody = json!({ "do": "say", "text": "x", "person": "1", "channel": "2" });
    let refused = stage.post("action", nobody).await.json::<Value>().await.unwrap();
    assert_eq!(refused["is"], "refused");
    let view = stage.get("view?person=1&channel=2").await.json::<Value>().await.unwrap();
    assert_eq!(view["ids"], json!([]));
}

#[tokio::test]
async fn the_bot_is_started_and_killed() {
    let stage = Stage::new().await;
    let runs = async || stage.view(&stage.ann, None).await["bot"]["runs"].clone();
    assert_eq!(runs().await, false);
    assert_eq!(stage.post("faults", json!("start_bot")).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(runs().await, true);
    assert_eq!(stage.post("faults", json!("kill_bot")).await.status(), StatusCode::NO_CONTENT);
    let ended = stage.bot.ended().await.unwrap();
    assert!(!ended.success());
    assert_eq!(runs().await, false);
}

#[tokio::test]
async fn a_program_stops_when_it_is_asked_to() {
    let program = Program::new(Command::new("cat"));
    program.start().unwrap();
    program.ask_to_stop();
    assert!(program.ended().await.unwrap().success());
}

#[tokio::test]
async fn the_log_shows_the_requests() {
    let stage = Stage::new().await;
    let people: Value = stage.get("people").await.json().await.unwrap();
    let discord = people["media"][0].as_str().unwrap();
    let url = format!("{discord}/api/v10/webhooks/1/secret/messages/2");
    let sent = json!({ "content": "hello" });
    stage.client.patch(url).json(&sent).send().await.unwrap();
    let log = stage.get("log").await.text().await.unwrap();
    assert!(log.contains("/api/v10/webhooks/1/…/messages/2") && log.contains("hello"), "{log}");
    assert!(!log.contains("secret"), "{log}");
}

#[tokio::test]
async fn whisul_goes_down_and_comes_back() {
    let stage = Stage::new().await;
    let people: Value = stage.get("people").await.json().await.unwrap();
    let whisul = format!("{}/api/jobs/1", people["media"][1].as_str().unwrap());
    let status = async || stage.client.get(&whisul).send().await.ok().map(|it| it.status());
    for (fault, expected) in [
        ("failing", Some(StatusCode::INTERNAL_SERVER_ERROR)),
        ("busy", Some(StatusCode::TOO_MANY_REQUESTS)),
        ("down", None),
        ("garbage", Some(StatusCode::OK)),
        ("fine", Some(StatusCode::UNAUTHORIZED)),
    ] {
        stage.post("faults", json!({ "whisul": fault })).await;
        assert_eq!(status().await, expected, "{fault}");
        assert_eq!(stage.view(&stage.ann, None).await["faults"]["whisul"], fault);
    }
}

#[tokio::test]
async fn a_scenario_ends_with_its_connection_and_leaves_everything_as_it_was() {
    let stage = Stage::new().await;
    stage.post("faults", json!({ "songs": "one_minute" })).await;
    let scenario = stage.post("scenario", Value::Null).await;
    assert_eq!(scenario.status(), StatusCode::OK);
    assert_eq!(stage.view(&stage.ann, None).await["scenario"], true);
    let another = stage.post("scenario", Value::Null).await;
    assert_eq!(another.status(), StatusCode::CONFLICT, "one at a time");
    let place = |person: &Person| (person.id().to_string(), stage.channel.id().to_string());
    let (person, channel) = place(&stage.bob);
    let says = json!({ "person": person, "channel": channel, "do": "say", "text": "bye" });
    let cleanup = json!({ "prompts": [], "actions": [says] });
    assert_eq!(stage.post("scenario/cleanup", cleanup).await.status(), StatusCode::NO_CONTENT);
    for change in
        [json!({ "whisul": "down" }), json!({ "discord": "off" }), json!({ "songs": "fail" })]
    {
        assert_eq!(stage.post("faults", change).await.status(), StatusCode::NO_CONTENT);
    }

    drop(scenario);
    let over = async || {
        let mut view = stage.view(&stage.ann, None).await;
        while view["scenario"] == true {
            tokio::time::sleep(Duration::from_millis(50)).await;
            view = stage.view(&stage.ann, None).await;
        }
        view
    };
    let view = tokio::time::timeout(Duration::from_mins(1), over()).await.unwrap();
    let before = json!({ "whisul": "fine", "songs": "one_minute", "discord": "fine" });
    assert_eq!(view["faults"], before);
    assert_eq!(view["changed"][0]["content"], "bye", "what was to be done at the end");
    assert_eq!(view["bot"]["runs"], false);
    let late = json!({ "prompts": [], "actions": [] });
    assert_eq!(stage.post("scenario/cleanup", late).await.status(), StatusCode::CONFLICT);
}
