//! A proxy or firewall between the bot and Whisul answers in its place.

use std::time::Duration;

use sandbox::{Fault, Message, Plan};
use serde_json::json;

use crate::fixture::{Fixture, description, done, is_done, title};

/// A name, a status, a body, and what it is said to be.
type Page = (&'static str, u16, &'static str, &'static str);

const HTML: &str = "<!DOCTYPE html><html><body>Checking your browser</body></html>";

/// What proxies, firewalls, gateways and CDNs answer.
const PAGES: [Page; 19] = [
    ("challenge", 403, HTML, "text/html"),
    ("login", 401, HTML, "text/html"),
    ("paywall", 402, HTML, "text/html"),
    ("no route", 404, HTML, "text/html"),
    ("gone", 410, HTML, "text/html"),
    ("nothing", 404, "", "text/plain"),
    ("kong", 404, r#"{"message": "no Route matched with those values"}"#, "application/json"),
    ("apigee", 401, r#"{"fault": {"faultstring": "Invalid ApiKey"}}"#, "application/json"),
    ("aws", 403, r#"{"message": "Forbidden"}"#, "application/json"),
    ("google", 403, r#"{"error": {"code": 403, "message": "x"}}"#, "application/json"),
    ("list", 404, r#"[{"error": "Not found"}]"#, "application/json"),
    ("bad request", 400, "Bad Request", "text/plain"),
    ("portal", 200, HTML, "text/html"),
    ("proxy", 407, "", "text/plain"),
    ("redirect", 302, "", "text/plain"),
    ("moved", 301, HTML, "text/html"),
    ("waiting room", 429, HTML, "text/html"),
    ("edge", 429, "error code: 1015", "text/plain"),
    ("gateway", 502, HTML, "text/html"),
];

fn foreign(method: &str, path: &str, page: Page) -> Fault {
    let (_, status, body, kind) = page;
    let fault = Fault::on(method, path).status(status).body(body).header("content-type", kind);
    if matches!(status, 301 | 302) {
        fault.header("location", "https://portal.example/")
    } else {
        fault
    }
}

/// No message says that the key is wrong.
fn assert_nobody_was_alarmed(fixture: &Fixture) {
    let alarms =
        fixture.discord.messages().into_iter().filter(|message| message.text().contains("KEY"));
    assert_eq!(alarms.count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_survives_proxy_answers_to_its_polls() {
    let fixture = Fixture::new().await;
    fixture.whisul.plan("", Plan::song().until_told());
    for (number, page) in PAGES.into_iter().enumerate() {
        // On the first poll, or in the middle of the song.
        let fault = foreign("GET", "/api/jobs/*", page).after(number % 2).times(1);
        let added = fixture.whisul.faults().add(fault);
        let prompt = format!("a song past the {}", page.0);
        let asked = fixture.song(&fixture.ann, &prompt).await;
        let hit = || (fixture.whisul.faults().hits(added) > 0).then_some(());
        sandbox::until("the page of the proxy", &fixture.whisul.changed(), hit).await;
        fixture.whisul.finish(&prompt);
        let over = |message: &Message| is_done(message) || title(message) == "No song this time";
        let message = asked.until("an outcome", over).await;
        assert!(is_done(&message), "{page:?}: {}", message.text());
        assert_eq!(fixture.whisul.faults().hits(added), 1, "{page:?}");
        assert_eq!(fixture.whisul.accepted(&prompt), 1, "{page:?}");
    }
    assert_nobody_was_alarmed(&fixture);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_a_proxy_answers_is_never_paid_twice() {
    let fixture = Fixture::new().await;
    fixture.whisul.plan("", Plan::song().takes(Duration::ZERO));
    for page in PAGES {
        // Whisul took it in all the same, and a proxy put its page in the place of the acceptance.
        let fault = foreign("POST", "/api/generate", page).times(1).handled();
        fixture.whisul.faults().add(fault);
        let prompt = format!("a song past the {}", page.0);
        let asked = fixture.song(&fixture.ann, &prompt).await;
        let over = |message: &Message| is_done(message) || title(message) == "No song this time";
        let message = asked.until("an outcome", over).await;
        let told = description(&message);
        assert!(told.contains("I can't tell whether it arrived"), "{page:?}: {told}");
        assert_eq!(fixture.submissions(&prompt), 1, "{page:?}");
        assert_eq!(fixture.whisul.accepted(&prompt), 1, "{page:?}");
        // It holds up nobody else.
        done(&fixture.song(&fixture.bob, "a song of somebody else").await).await;
    }
    assert_nobody_was_alarmed(&fixture);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_url_that_fails_is_replaced_by_the_documented_one() {
    let fixture = Fixture::new().await;
    fixture.whisul.plan("", Plan::song().takes(Duration::ZERO));
    // A 404 of Whisul's own for the poll URL, and a 405 of somebody else's.
    for raw in [
        json!({"job_id": "{id}", "poll_url": "/status/{id}"}),
        json!({"job_id": "{id}", "poll_url": "/api/v9/jobs/{id}"}),
    ] {
        let plan = Plan::song().takes(Duration::ZERO);
        fixture.whisul.plan("", plan.accepted_as(sandbox::Raw::body(raw.to_string())));
        let asked = fixture.song(&fixture.ann, "a song").await;
        assert!(is_done(&asked.until("a song", is_done).await));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acceptance_without_a_body_is_recognised_by_its_header() {
    let fixture = Fixture::new().await;
    let odd = Fault::on("POST", "/api/generate").location_only();
    let odd = fixture.whisul.faults().add(odd);
    done(&fixture.song(&fixture.ann, "a song").await).await;
    assert_eq!((fixture.whisul.faults().hits(odd), fixture.whisul.accepted("a song")), (1, 1));
}
