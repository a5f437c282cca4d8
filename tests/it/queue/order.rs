//! The order of the queue.

use std::time::Duration;

use sandbox::{Fault, Invocation, Message, Person, Plan};

use crate::fixture::{Fixture, description, done, title};

/// The least time between two edits of a position: six edit intervals of these tests.
const REFRESH: Duration = Duration::from_millis(300);
/// An edit may have come late, and the next one in time.
const ON_THE_WAY: Duration = Duration::from_millis(150);

/// A fixture with so many slots, whose songs run until the test finishes them.
async fn with_room_for(songs: &str) -> Fixture {
    let fixture = Fixture::with(&[("MAX_RUNNING", songs)]).await;
    fixture.whisul.plan("", Plan::song().until_told());
    fixture
}

/// The prompts as Whisul got them.
fn order(fixture: &Fixture) -> Vec<String> {
    fixture.whisul.jobs().into_iter().map(|job| job.prompt).collect()
}

/// Ends the songs with these prompts in this order, each as soon as it runs.
async fn play(fixture: &Fixture, prompts: &[&str]) {
    for prompt in prompts {
        fixture.whisul.until_accepted(prompt).await;
        fixture.whisul.finish(prompt);
    }
}

fn is_next(message: &Message) -> bool {
    description(message).contains("You're next")
}

/// Waits until a song shows this position, which proves that the earlier ones are taken.
async fn until_number(asked: &Invocation, number: usize) {
    let told = format!("Number {number} in line");
    asked.until(&told, |message| description(message).contains(&told)).await;
}

/// A person asks for songs with these prompts, each after the response to the previous one.
async fn ask(fixture: &Fixture, person: &Person, prompts: &[&str]) -> Vec<Invocation> {
    let mut asked = Vec::new();
    for prompt in prompts {
        let song = fixture.song(person, prompt).await;
        song.answer().await.expect("a response at once");
        asked.push(song);
    }
    asked
}

#[tokio::test(flavor = "multi_thread")]
async fn people_take_turns_however_many_songs_one_person_requests() {
    let fixture = with_room_for("1").await;
    let ann = ask(&fixture, &fixture.ann, &["Ann 1", "Ann 2", "Ann 3"]).await;
    let bob = ask(&fixture, &fixture.bob, &["Bob 1", "Bob 2"]).await;
    until_number(&ann[2], 4).await;
    let expected = ["Ann 1", "Bob 1", "Ann 2", "Bob 2", "Ann 3"];
    play(&fixture, &expected).await;
    for asked in ann.iter().chain(&bob) {
        done(asked).await;
    }
    assert_eq!(order(&fixture), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_requests_at_once_bring_no_advantage() {
    let fixture = with_room_for("1").await;
    let mut asked = vec![fixture.song(&fixture.ann, "Ann 1").await];
    fixture.whisul.until_accepted("Ann 1").await;
    // Ann doesn't wait for a response before she asks again.
    for number in 2..=6 {
        asked.push(fixture.song(&fixture.ann, &format!("Ann {number}")).await);
    }
    for asked in &asked {
        asked.answer().await.unwrap();
    }
    ask(&fixture, &fixture.bob, &["Bob"]).await;
    // One of Ann's songs runs, and Bob's is before the other five.
    let is_sixth = |message: Message| description(&message).contains("Number 6 in line");
    let last = || asked.iter().filter_map(Invocation::message).any(is_sixth).then_some(());
    fixture.discord.until("the sixth in line", last).await;
    fixture.whisul.finish("Ann");
    fixture.whisul.until_accepted("Bob").await;
    assert_eq!(fixture.whisul.accepted("Ann"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn queue_positions_are_shown_at_once_and_updated() {
    let fixture = with_room_for("1").await;
    let first = fixture.song(&fixture.ann, "Ann 1").await;
    assert!(description(&first.answer().await.unwrap()).contains("It starts right away."));
    fixture.whisul.until_accepted("Ann 1").await;

    let ann = fixture.song(&fixture.ann, "Ann 2").await;
    let told = ann.answer().await.unwrap();
    assert_eq!(title(&told), "🎟️ In line");
    assert!(is_next(&told), "{}", told.text());
    // Bob has had no song yet, so he is before Ann's second one.
    let bob = fixture.song(&fixture.bob, "Bob 1").await;
    assert!(is_next(&bob.answer().await.unwrap()));
    until_number(&ann, 2).await;
    let last = fixture.song(&fixture.bob, "Bob 2").await;
    let told = last.answer().await.unwrap();
    assert!(description(&told).contains("Number 3 in line"), "{}", told.text());

    play(&fixture, &["Ann 1"]).await;
    done(&first).await;
    bob.until("Bob's song at Whisul", |message| title(message) == "🎼 Composing").await;
    ann.until("Ann to be next", is_next).await;
    until_number(&last, 2).await;
    play(&fixture, &["Bob 1", "Ann 2", "Bob 2"]).await;
    for asked in [&bob, &ann, &last] {
        let told = asked.answer().await.unwrap();
        assert_eq!(done(asked).await.id, told.id, "it is still the same message");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_simultaneous_requests_only_one_starts_right_away() {
    let fixture = with_room_for("1").await;
    // All requests are answered before the first is submitted.
    let slow = Duration::from_millis(500);
    fixture.discord.faults().add(Fault::on("POST", "/api/v10/interactions/**").delay(slow));
    let mut asked = Vec::new();
    for number in 0..4 {
        let guest = fixture.discord.add_person(&format!("Guest {number}"));
        fixture.server.join(&guest);
        asked.push(fixture.song(&guest, "a song").await);
    }
    let mut told = Vec::new();
    for asked in &asked {
        let answer = asked.answer().await.expect("a response at once");
        let first = &answer.revisions[0].json["embeds"][0]["description"];
        told.push(first.as_str().unwrap().to_owned());
    }
    // The requests are handled concurrently, so a shown position may still grow by one.
    let of_place = |places: &[&str]| {
        told.iter().filter(|told| places.iter().any(|place| told.contains(place))).count()
    };
    assert_eq!(of_place(&["starts right away"]), 1, "{told:#?}");
    assert_eq!(of_place(&["You're next", "Number "]), 3, "{told:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_announced_to_start_right_away_is_not_overtaken() {
    let fixture = with_room_for("1").await;
    let slow = Fault::on("POST", "/api/v10/interactions/**").delay(Duration::from_secs(1)).times(1);
    let slow = fixture.discord.faults().add(slow);
    let ann = fixture.song(&fixture.ann, "Ann").await;
    let on_its_way = || (fixture.discord.faults().hits(slow) == 1).then_some(());
    fixture.discord.until("Ann's answer to be on its way", on_its_way).await;
    let bob = fixture.song(&fixture.bob, "Bob").await;
    assert!(is_next(&bob.answer().await.unwrap()));
    play(&fixture, &["Ann", "Bob"]).await;
    let song = done(&ann).await;
    done(&bob).await;
    assert_eq!(order(&fixture), ["Ann", "Bob"]);
    let told = &song.revisions[0].json["embeds"][0]["description"];
    assert!(told.as_str().unwrap().contains("It starts right away."), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_response_of_unknown_fate_holds_no_slot() {
    let fixture = with_room_for("1").await;
    // Ann's answer is shown, but the bot can't know it.
    let answer = Fault::on("POST", "/api/v10/interactions/**").cut_after().times(1);
    fixture.discord.faults().add(answer);
    let looks = fixture.discord.faults().add(Fault::on("GET", "/api/v10/webhooks/**"));
    let ann = fixture.song(&fixture.ann, "Ann").await;
    ann.answer().await.unwrap();
    let bob = fixture.song(&fixture.bob, "Bob").await;
    play(&fixture, &["Bob"]).await;
    done(&bob).await;
    fixture.discord.faults().remove(looks);
    play(&fixture, &["Ann"]).await;
    done(&ann).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_position_is_edited_seldom_and_only_when_it_changed() {
    let fixture = with_room_for("1").await;
    let mut before = Vec::new();
    for number in 0..8 {
        let guest = fixture.discord.add_person(&format!("Guest {number}"));
        fixture.server.join(&guest);
        before.push(fixture.song(&guest, &format!("song {number}")).await);
        before.last().unwrap().answer().await.unwrap();
    }
    let asked = fixture.song(&fixture.ann, "Ann's").await;
    asked.answer().await.unwrap();
    for (number, other) in before.iter().enumerate() {
        play(&fixture, &[&format!("song {number}")]).await;
        done(other).await;
    }
    play(&fixture, &["Ann's"]).await;
    let all = done(&asked).await.revisions;
    let tells_place = |json: &serde_json::Value| {
        let told = json["embeds"][0]["description"].as_str().unwrap();
        told.contains("Number ") || told.contains("You're next")
    };
    let waiting: Vec<_> = all.iter().filter(|revision| tells_place(&revision.json)).collect();
    assert!(waiting.len() > 1, "the place was refreshed");
    for (one, next) in waiting.iter().zip(waiting.iter().skip(1)) {
        let gap = next.at - one.at;
        assert!(gap + ON_THE_WAY >= REFRESH, "{gap:?}");
        assert_ne!(one.json["embeds"], next.json["embeds"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_slots_are_used() {
    let fixture = with_room_for("2").await;
    let ann = ask(&fixture, &fixture.ann, &["Ann 1", "Ann 2"]).await;
    for prompt in ["Ann 1", "Ann 2"] {
        fixture.whisul.until_accepted(prompt).await;
    }
    let bob = ask(&fixture, &fixture.bob, &["Bob 1", "Bob 2"]).await;
    until_number(&bob[1], 2).await;
    assert_eq!(order(&fixture).len(), 2);
    // Each song that ends lets one in, and no more.
    fixture.whisul.finish("Ann 2");
    done(&ann[1]).await;
    fixture.whisul.until_accepted("Bob 1").await;
    fixture.whisul.until_polled("Bob 1", 2).await;
    assert_eq!(fixture.whisul.accepted("Bob 2"), 0);
    fixture.whisul.finish("Ann 1");
    done(&ann[0]).await;
    play(&fixture, &["Bob 2", "Bob 1"]).await;
    for asked in &bob {
        done(asked).await;
    }
}
