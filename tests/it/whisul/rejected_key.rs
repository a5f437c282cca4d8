//! Whisul rejects the key.

use std::time::Duration;

use sandbox::{Fault, Message, Person, Plan};
use serde_json::json;
use tokio::time::timeout;

use crate::fixture::{Fixture, description, done, failed};

const WAITS: &str = "Whisul rejects this bot's API key. Its owner has been told.";
/// Far longer than the breaker's first wait, and far shorter than its tenth may be.
const QUICKLY: Duration = Duration::from_secs(20);
const TO_THE_OWNER: &str = "WHISUL_API_KEY";

pub(crate) fn waits(message: &Message) -> bool {
    description(message).contains(WAITS)
}

/// The direct messages of the bot to a person.
pub(crate) fn told(person: &Person) -> Vec<String> {
    person.dm().messages().iter().map(Message::text).collect()
}

/// Waits until a person has a direct message.
pub(crate) async fn is_told(fixture: &Fixture, person: &Person) {
    let told = || told(person).first().cloned();
    let text = fixture.discord.until("a direct message", told).await;
    assert!(text.contains(TO_THE_OWNER), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn songs_wait_for_a_valid_key_and_the_owner_is_notified_once() {
    let fixture = Fixture::with(&[("USER_QUOTA", "3/1d")]).await;
    let key = fixture.whisul.key();
    fixture.whisul.change_key("regenerated");
    let first = fixture.song(&fixture.ann, "the first song").await;
    first.until("the news about the key", waits).await;
    is_told(&fixture, &fixture.discord.owner()).await;

    // A known rejection needs no further request.
    let second = fixture.song(&fixture.ann, "the second song").await;
    assert!(waits(&second.answer().await.expect("a response")));
    let third = fixture.song(&fixture.ann, "the third song").await;
    assert!(waits(&third.answer().await.expect("a response")));

    fixture.whisul.change_key(&key);
    for asked in [first, second, third] {
        done(&asked).await;
    }
    assert_eq!(told(&fixture.discord.owner()).len(), 1);
    assert_eq!(told(&fixture.ann), Vec::<String>::new(), "it is none of Ann's business");
    assert!(fixture.one_more(&fixture.ann).await.is_err(), "three songs were charged");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_never_shown_even_if_whisul_echoes_it() {
    let fixture = Fixture::with(&[("USER_QUOTA", "9/1d"), ("ATTACH_AUDIO", "off")]).await;
    let (key, token) = (fixture.whisul.key(), fixture.discord.token());
    let told =
        |secret: &str| format!("Incorrect API key provided: {secret}. You can find it there.");
    let error = json!({ "error": "Invalid input", "message": told(&key) });
    fixture.whisul.plan("refused", Plan::refused(400, &error.to_string()));
    fixture.whisul.plan("failing", Plan::fails(Some(&told(&key))));
    fixture.whisul.plan("token", Plan::fails(Some(&told(&token))));
    let named = Plan::song().with("title", json!(told(&key.to_uppercase())));
    let tagged = named.with("tags", json!(format!("calm, {key}")));
    let image = format!("https://cdn.example/cover.png?key={key}");
    fixture.whisul.plan("named", tagged.with("image_url", json!(image)));
    let mut shown = Vec::new();
    for prompt in ["a refused song", "a failing song", "a song of a token"] {
        let message = failed(&fixture.song(&fixture.ann, prompt).await).await;
        assert!(!description(&message).contains("Incorrect"), "{}", description(&message));
        shown.push(message);
    }
    assert!(description(&shown[0]).contains("Invalid input"), "{}", description(&shown[0]));
    shown.push(done(&fixture.song(&fixture.ann, "a song that is named").await).await);
    for message in shown {
        for json in message.revisions.iter().map(|revision| revision.json.to_string()) {
            let json = json.to_lowercase();
            assert!(!json.contains(&key) && !json.contains(&token.to_lowercase()), "{json}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_is_notified_once_discord_accepts_the_message() {
    let fixture = Fixture::new().await;
    let conversations = "/api/v10/users/@me/channels";
    let page = fixture.discord.faults().add(Fault::on("POST", conversations).html(503).times(2));
    fixture.whisul.change_key("regenerated");
    let asked = fixture.song(&fixture.ann, "a song").await;
    asked.until("the news about the key", waits).await;
    is_told(&fixture, &fixture.discord.owner()).await;
    assert_eq!(fixture.discord.faults().hits(page), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_song_survives_a_rejected_key() {
    let fixture = Fixture::new().await;
    fixture.whisul.plan("under way", Plan::song().until_told());
    let asked = fixture.song(&fixture.ann, "a song under way").await;
    fixture.whisul.until_polled("under way", 1).await;
    let key = fixture.whisul.key();
    fixture.whisul.change_key("regenerated");
    asked.until("the news about the key", waits).await;
    is_told(&fixture, &fixture.discord.owner()).await;
    fixture.whisul.finish("under way");
    fixture.whisul.change_key(&key);
    done(&asked).await;
    assert_eq!(fixture.submissions("under way"), 1);
    assert_eq!(told(&fixture.discord.owner()).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_is_notified_of_a_rejected_key_at_most_once_an_hour() {
    let fixture = Fixture::new().await;
    let key = fixture.whisul.key();
    for _ in 0..3 {
        fixture.whisul.change_key("regenerated");
        let asked = fixture.song(&fixture.ann, "a song with a key").await;
        asked.until("the news about the key", waits).await;
        fixture.whisul.change_key(&key);
        done(&asked).await;
    }
    assert_eq!(told(&fixture.discord.owner()).len(), 1);
}

/// Whisul takes every prompt but one that holds `<script>`.
pub(crate) async fn firewalled(status: u16, body: &str, settings: &[(&str, &str)]) -> Fixture {
    let fixture = Fixture::with(settings).await;
    fixture.whisul.plan("<script>", Plan::refused(status, body));
    fixture
}

/// The poisonous prompt fails as rejected, costs nothing, and holds up nobody for long.
async fn is_rejected_alone(status: u16, body: &str) {
    let settings = [("MAX_RUNNING", "1"), ("USER_QUOTA", "1/1d"), ("GLOBAL_QUOTA", "6/1d")];
    let fixture = firewalled(status, body, &settings).await;
    let asked = fixture.song(&fixture.ann, "a <script> in a song").await;
    let mut others = Vec::new();
    for number in 0..5 {
        let person = fixture.discord.add_person(&format!("Person {number}"));
        fixture.server.join(&person);
        others.push(fixture.song(&person, "a song of somebody else").await);
    }
    for other in &others {
        let told = done(other).await;
        let mut shown = told.revisions.iter().map(|revision| revision.json.to_string());
        assert!(!shown.any(|text| text.contains("rejects this bot's API key")), "{status}");
    }
    let message = failed(&asked).await;
    let told_ann = description(&message);
    assert!(told_ann.contains("Whisul didn't accept this prompt."), "{status}: {told_ann}");
    assert!(told_ann.contains("It doesn't count against your quota"), "{status}: {told_ann}");
    let (sent, most) = (fixture.submissions("script"), if status == 429 { 5 } else { 3 });
    assert!((1..=most).contains(&sent), "{status}: sent {sent} times");
    assert_eq!(fixture.one_more(&fixture.ann).await, Ok(()), "neither Ann nor the key has paid");
    if status != 402 {
        assert_eq!(told(&fixture.discord.owner()), Vec::<String>::new(), "{status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_a_firewall_rejects_delays_nobody_else() {
    is_rejected_alone(403, r#"{"error": "Forbidden"}"#).await;
}

/// A page may hide an accepted prompt: it is not sent again, and the person is refunded.
#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_meets_a_firewall_page_is_sent_once_and_delays_nobody_else() {
    let page = "<!DOCTYPE html><html><body>Request blocked</body></html>";
    let fixture = firewalled(403, page, &[("MAX_RUNNING", "1"), ("USER_QUOTA", "1/1d")]).await;
    let asked = fixture.song(&fixture.ann, "a <script> in a song").await;
    done(&fixture.song(&fixture.bob, "a song of somebody else").await).await;
    let message = failed(&asked).await;
    let lost = description(&message);
    assert!(lost.contains("I can't tell whether it arrived"), "{lost}");
    assert!(lost.contains("It doesn't count against your quota"), "{lost}");
    assert_eq!(fixture.submissions("script"), 1);
    assert_eq!(fixture.one_more(&fixture.ann).await, Ok(()));
    assert_eq!(told(&fixture.discord.owner()), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_alone_gets_402_is_rejected_and_delays_nobody_else() {
    is_rejected_alone(402, r#"{"error": "Payment required"}"#).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_alone_gets_429_is_rejected_and_delays_nobody_else() {
    is_rejected_alone(429, r#"{"error": "Too many requests"}"#).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_alone_gets_401_is_rejected_and_delays_nobody_else() {
    is_rejected_alone(401, r#"{"error": "Unauthorized"}"#).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn songs_wait_for_credit_and_the_owner_is_notified_once() {
    let fixture = Fixture::with(&[("USER_QUOTA", "3/1d")]).await;
    let broke = Fault::on("POST", "/api/generate").json(402, r#"{"error": "Out of credit"}"#);
    let broke = fixture.whisul.faults().add(broke);
    let waits = |message: &Message| {
        description(message)
            .contains("This bot's Whisul account is out of credit. Its owner has been told.")
    };
    let mut songs = Vec::new();
    for number in 0..3 {
        songs.push(fixture.song(&fixture.ann, &format!("song number {number}")).await);
    }
    songs[2].until("the news about the credit", waits).await;
    let owner = fixture.discord.owner();
    let text = fixture.discord.until("a direct message", || told(&owner).first().cloned()).await;
    assert!(text.contains("out of credit"), "{text}");
    let met = || (fixture.whisul.faults().hits(broke) >= 4).then_some(());
    sandbox::until("trials in vain", &fixture.whisul.changed(), met).await;
    fixture.whisul.faults().remove(broke);
    for asked in &songs {
        done(asked).await;
    }
    assert_eq!(told(&owner).len(), 1);
    assert!(fixture.one_more(&fixture.ann).await.is_err(), "three songs were charged");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_team_the_owner_and_the_admins_are_notified() {
    let fixture = Fixture::new().await;
    let person = |name| fixture.discord.add_person(name);
    let (admin, developer, reader) = (person("Cleo"), person("Dan"), person("Eve"));
    let owner = fixture.discord.owner();
    fixture.discord.set_team(&[
        (&admin, "admin"),
        (&developer, "developer"),
        (&reader, "read_only"),
        (&owner, "admin"),
    ]);
    let key = fixture.whisul.key();
    fixture.whisul.change_key("regenerated");
    let asked = fixture.song(&fixture.ann, "a song of a team").await;
    is_told(&fixture, &owner).await;
    is_told(&fixture, &admin).await;
    fixture.whisul.change_key(&key);
    done(&asked).await;
    for (person, messages) in [(&owner, 1), (&admin, 1), (&developer, 0), (&reader, 0)] {
        assert_eq!(told(person).len(), messages, "{}", person.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_who_blocks_dms_delays_nothing() {
    let fixture = Fixture::new().await;
    fixture.discord.owner().blocks_dms(true);
    let key = fixture.whisul.key();
    fixture.whisul.change_key("regenerated");
    let asked = fixture.song(&fixture.ann, "a song for nobody in particular").await;
    asked.until("the news about the key", waits).await;
    fixture.whisul.change_key(&key);
    done(&asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn songs_that_meet_a_rejected_key_together_wait_no_longer_than_one() {
    let fixture = Fixture::new().await;
    let key = fixture.whisul.key();
    fixture.whisul.change_key("regenerated");
    // Slow enough that all ten are at the door before the first is turned away.
    let slow = Fault::on("POST", "/api/generate").delay(Duration::from_secs(1));
    let slow = fixture.whisul.faults().add(slow);
    let mut songs = Vec::new();
    for number in 0..10 {
        songs.push(fixture.song(&fixture.ann, &format!("song number {number}")).await);
    }
    for asked in &songs {
        asked.until("the news about the key", waits).await;
    }
    fixture.whisul.faults().remove(slow);
    fixture.whisul.change_key(&key);
    let sung = async {
        for asked in &songs {
            done(asked).await;
        }
    };
    timeout(QUICKLY, sung).await.expect("ten refusals open the breaker for no longer than one");
    assert_eq!(told(&fixture.discord.owner()).len(), 1);
}
