//! Modals and suggestions, the responses that are no messages.

use sandbox::{DiscordRules, NoAnswer};
use serde_json::json;

use crate::bot::{Bot, breaches, rules};
use crate::socket::Socket;

#[tokio::test]
async fn a_modal_is_shown_and_filled_in() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let song = scene.song().await;
    let input = json!({
        "type": 4, "custom_id": "verse", "style": 2, "label": "Verse", "max_length": 10,
    });
    let labelled = json!({
        "type": 18, "label": "Mood",
        "component": { "type": 4, "custom_id": "mood", "style": 1, "required": false },
    });
    let components = json!([{ "type": 1, "components": [input] }, labelled]);
    let data = json!({ "custom_id": "poem", "title": "A poem", "components": components });
    assert_eq!(bot.respond(&song, json!({ "type": 9, "data": data })).await.0, 200);
    let Err(NoAnswer::Modal(modal)) = song.answer().await else { panic!("no modal") };
    assert_eq!((modal.title.as_str(), modal.fields.len()), ("A poem", 2));
    let long = scene.client.submit_modal(&modal, &[("verse", "far too long a verse")]).await;
    assert!(long.is_err());
    assert!(scene.client.submit_modal(&modal, &[]).await.is_err());
    let sent = scene.client.submit_modal(&modal, &[("verse", "la la")]).await.unwrap();
    bot.respond(&sent, json!({ "type": 4, "data": { "content": "Thanks" } })).await;
    assert_eq!(sent.answer().await.unwrap().content, "Thanks");
}

#[tokio::test]
async fn a_modal_outside_its_limits_is_refused() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let song = scene.song().await;
    let input = |n: usize| {
        let text = json!({ "type": 4, "custom_id": format!("{n}"), "style": 1, "label": "Label" });
        json!({ "type": 1, "components": [text] })
    };
    let modal = |title: &str, inputs: usize| {
        let components = (0..inputs).map(input).collect::<Vec<_>>();
        let data = json!({ "custom_id": "m", "title": title, "components": components });
        json!({ "type": 9, "data": data })
    };
    let long = bot.respond(&song, modal(&"t".repeat(46), 1)).await;
    assert_eq!(breaches(&long, "title"), ["BASE_TYPE_MAX_LENGTH"]);
    assert_eq!(breaches(&bot.respond(&song, modal("", 1)).await, "title"), ["BASE_TYPE_REQUIRED"]);
    let none = bot.respond(&song, modal("t", 0)).await;
    assert_eq!(breaches(&none, "components"), ["BASE_TYPE_BAD_LENGTH"]);
    let six = bot.respond(&song, modal("t", 6)).await;
    assert_eq!(breaches(&six, "components"), ["BASE_TYPE_MAX_LENGTH"]);
    let most = bot.respond(&song, modal(&"t".repeat(45), 5)).await;
    assert_eq!(most.0, 200, "{}", most.1);
}

#[tokio::test]
async fn suggestions_are_at_most_25_and_cannot_be_deferred() {
    let bot = Bot::start().await;
    let option = json!({
        "type": 3, "name": "mood", "description": "Mood", "autocomplete": true,
    });
    let command = json!({ "name": "mood", "description": "A mood", "options": [option] });
    let scene = bot.scene().await;
    bot.register(json!([command])).await;
    let mut socket = Socket::identified(&bot, 0).await;
    let typing = scene.client.autocomplete("mood", "mood", "ca");
    let answering = async {
        let event = socket.event("INTERACTION_CREATE").await;
        let (id, token) = (event["id"].as_str().unwrap(), event["token"].as_str().unwrap());
        assert_eq!(event["data"]["options"][0]["focused"], true);
        let choices = |n: usize| {
            let choice = |n| json!({ "name": format!("calm {n}"), "value": format!("{n}") });
            json!({ "type": 8, "data": { "choices": (0..n).map(choice).collect::<Vec<_>>() } })
        };
        let path = format!("/interactions/{id}/{token}/callback");
        assert_eq!(
            breaches(&bot.post(&path, json!({ "type": 5 })).await, "type"),
            ["BASE_TYPE_CHOICES"]
        );
        let many = bot.post(&path, choices(26)).await;
        assert_eq!(breaches(&many, "choices"), ["BASE_TYPE_MAX_LENGTH"]);
        let long = json!({ "name": "n".repeat(101), "value": "v".repeat(101) });
        let long = json!({ "type": 8, "data": { "choices": [long] } });
        let long = bot.post(&path, long).await;
        assert_eq!(breaches(&long, "choices.0.name"), ["BASE_TYPE_MAX_LENGTH"]);
        assert_eq!(breaches(&long, "choices.0.value"), ["BASE_TYPE_MAX_LENGTH"]);
        assert_eq!(bot.post(&path, choices(25)).await.0, 204);
    };
    let (suggested, ()) = tokio::join!(typing, answering);
    assert_eq!(suggested.unwrap().len(), 25);
}

#[tokio::test]
async fn fields_of_a_modal_have_limits() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let song = scene.song().await;
    let show = async |change: serde_json::Value| {
        let mut input = json!({ "type": 4, "custom_id": "verse", "style": 1, "label": "Verse" });
        input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let components = json!([{ "type": 1, "components": [input] }]);
        let data = json!({ "custom_id": "m", "title": "t", "components": components });
        bot.respond(&song, json!({ "type": 9, "data": data })).await
    };
    let text = |length: usize| "x".repeat(length);
    let cases = [
        (json!({ "label": text(46) }), "label", "BASE_TYPE_MAX_LENGTH"),
        (json!({ "label": "" }), "label", "BASE_TYPE_REQUIRED"),
        (json!({ "custom_id": text(101) }), "custom_id", "BASE_TYPE_MAX_LENGTH"),
        (json!({ "custom_id": "" }), "custom_id", "BASE_TYPE_REQUIRED"),
        (json!({ "placeholder": text(101) }), "placeholder", "BASE_TYPE_MAX_LENGTH"),
        (json!({ "value": text(4001) }), "value", "BASE_TYPE_MAX_LENGTH"),
        (json!({ "min_length": 4001 }), "min_length", "NUMBER_TYPE_MAX"),
        (json!({ "max_length": 0 }), "max_length", "NUMBER_TYPE_MIN"),
        (json!({ "max_length": 4001 }), "max_length", "NUMBER_TYPE_MAX"),
        (json!({ "style": 3 }), "style", "BASE_TYPE_CHOICES"),
    ];
    for (change, place, breach) in cases {
        let answer = show(change).await;
        assert_eq!(breaches(&answer, &format!("components.0.components.0.{place}")), [breach]);
    }
    let fits = json!({
        "label": text(45), "custom_id": text(100), "placeholder": text(100), "max_length": 4000,
    });
    assert_eq!(show(fits).await.0, 200);
}

#[tokio::test]
async fn newer_kinds_of_fields_are_filled_in() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let mut socket = Socket::identified(&bot, 0).await;
    let song = scene.song().await;
    socket.event("INTERACTION_CREATE").await;
    let option = |value: &str| json!({ "label": value, "value": value });
    let label = |component| json!({ "type": 18, "label": "Label", "component": component });
    let components = json!([
        { "type": 10, "content": "About the song" },
        label(json!({
            "type": 3, "custom_id": "mood", "max_values": 2,
            "options": [option("calm"), option("wild"), option("sad")],
        })),
        label(json!({ "type": 5, "custom_id": "who" })),
        label(json!({ "type": 21, "custom_id": "key", "options": [option("C"), option("D")] })),
        label(json!({ "type": 23, "custom_id": "loud" })),
    ]);
    let data = json!({ "custom_id": "poem", "title": "A poem", "components": components });
    let shown = bot.respond(&song, json!({ "type": 9, "data": data })).await;
    assert_eq!(shown.0, 200, "{}", shown.1);
    let Err(NoAnswer::Modal(modal)) = song.answer().await else { panic!("no modal") };
    assert_eq!(
        (modal.fields.len(), modal.texts.as_slice()),
        (4, &["About the song".to_owned()][..])
    );
    let who = scene.ann.id().to_string();
    let wrong = [
        vec![("who", who.as_str()), ("key", "C")],
        vec![("mood", "angry"), ("who", &who), ("key", "C")],
        vec![("mood", "calm"), ("mood", "sad"), ("mood", "wild"), ("who", &who), ("key", "C")],
        vec![("mood", "calm"), ("who", "5"), ("key", "C")],
        vec![("mood", "calm"), ("who", &who), ("key", "C"), ("loud", "perhaps")],
    ];
    for answers in wrong {
        assert!(scene.client.submit_modal(&modal, &answers).await.is_err(), "{answers:?}");
    }
    let answers =
        [("mood", "calm"), ("mood", "sad"), ("who", &who), ("key", "D"), ("loud", "true")];
    scene.client.submit_modal(&modal, &answers).await.unwrap();
    let data = socket.event("INTERACTION_CREATE").await["data"].clone();
    let parts = &data["components"];
    assert_eq!(parts[0]["type"], 10);
    assert_eq!(parts[1]["component"]["values"], json!(["calm", "sad"]));
    assert_eq!(parts[3]["component"]["value"], "D");
    assert_eq!(parts[4]["component"]["value"], true);
    assert_eq!(data["resolved"]["users"][&who]["username"], "Ann");
}

#[tokio::test]
async fn a_modal_cannot_be_sent_at_once() {
    let delay = std::time::Duration::from_millis(300);
    let bot = Bot::with(DiscordRules { modal_delay: delay, ..rules() }).await;
    let scene = bot.scene().await;
    let song = scene.song().await;
    let input = json!({ "type": 4, "custom_id": "verse", "style": 1, "label": "Verse" });
    let row = json!([{ "type": 1, "components": [input] }]);
    let data = json!({ "custom_id": "poem", "title": "A poem", "components": row });
    let before = std::time::Instant::now();
    bot.respond(&song, json!({ "type": 9, "data": data })).await;
    let Err(NoAnswer::Modal(modal)) = song.answer().await else { panic!("no modal") };
    scene.client.submit_modal(&modal, &[("verse", "la")]).await.unwrap();
    assert!(before.elapsed() >= delay);
}

#[tokio::test]
async fn a_modal_is_closed_without_a_message() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let song = scene.song().await;
    let input = json!({ "type": 4, "custom_id": "verse", "style": 1, "label": "Verse" });
    let row = json!([{ "type": 1, "components": [input] }]);
    let data = json!({ "custom_id": "poem", "title": "A poem", "components": row });
    bot.respond(&song, json!({ "type": 9, "data": data })).await;
    let Err(NoAnswer::Modal(modal)) = song.answer().await else { panic!("no modal") };
    let sent = scene.client.submit_modal(&modal, &[("verse", "la")]).await.unwrap();
    assert_eq!(bot.respond(&sent, json!({ "type": 6 })).await.0, 200);
    assert!(sent.message().is_none());
    let more = bot.post(&bot.webhook_path(&song), json!({ "content": "Verse: la" })).await;
    assert_eq!(more.0, 200);
}
