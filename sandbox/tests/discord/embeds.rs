//! The limits of embeds.

use serde_json::{Value, json};

use crate::bot::{Answer, Bot, Scene, breaches};

/// Posts a message with these embeds.
async fn post(bot: &Bot, scene: &Scene, embeds: Value) -> Answer {
    bot.post(&scene.messages_path(), json!({ "embeds": embeds })).await
}

const TOO_LONG: [&str; 1] = ["BASE_TYPE_MAX_LENGTH"];
const MISSING: [&str; 1] = ["BASE_TYPE_REQUIRED"];

#[tokio::test]
async fn each_text_of_an_embed_has_its_limit() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let embed_with = |place: &str, text: String| match place {
        "title" => json!({ "title": text }),
        "description" => json!({ "description": text }),
        "footer.text" => json!({ "footer": { "text": text } }),
        "author.name" => json!({ "author": { "name": text } }),
        "fields.0.name" => json!({ "fields": [{ "name": text, "value": "v" }] }),
        _ => json!({ "fields": [{ "name": "n", "value": text }] }),
    };
    let limits = [
        ("title", 256),
        ("description", 4096),
        ("footer.text", 2048),
        ("author.name", 256),
        ("fields.0.name", 256),
        ("fields.0.value", 1024),
    ];
    for (place, most) in limits {
        let fits = post(&bot, &scene, json!([embed_with(place, "x".repeat(most))])).await;
        assert_eq!(fits.0, 200, "{place}: {}", fits.1);
        let long = post(&bot, &scene, json!([embed_with(place, "x".repeat(most + 1))])).await;
        assert_eq!(breaches(&long, &format!("embeds.0.{place}")), TOO_LONG);
        let emoji = post(&bot, &scene, json!([embed_with(place, "🎵".repeat(most / 2 + 1))])).await;
        assert_eq!(breaches(&emoji, &format!("embeds.0.{place}")), TOO_LONG);
    }
}

#[tokio::test]
async fn a_message_has_at_most_ten_embeds_and_an_embed_25_fields() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let embeds = |n| json!(vec![json!({ "title": "t" }); n]);
    assert_eq!(post(&bot, &scene, embeds(10)).await.0, 200);
    assert_eq!(breaches(&post(&bot, &scene, embeds(11)).await, "embeds"), TOO_LONG);
    let fields = |n| json!([{ "fields": vec![json!({ "name": "n", "value": "v" }); n] }]);
    assert_eq!(post(&bot, &scene, fields(25)).await.0, 200);
    assert_eq!(breaches(&post(&bot, &scene, fields(26)).await, "embeds.0.fields"), TOO_LONG);
}

#[tokio::test]
async fn all_embeds_together_have_at_most_6000_characters() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let embeds = |last: usize| json!([{ "description": "x".repeat(4096) }, { "description": "x".repeat(last) }]);
    assert_eq!(post(&bot, &scene, embeds(6000 - 4096)).await.0, 200);
    let long = post(&bot, &scene, embeds(6001 - 4096)).await;
    assert_eq!(breaches(&long, "embeds"), ["MAX_EMBED_SIZE_EXCEEDED"]);
}

#[tokio::test]
async fn empty_texts_are_refused_where_one_must_be() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let cases = [
        (json!({ "fields": [{ "name": "", "value": "v" }] }), "fields.0.name"),
        (json!({ "fields": [{ "name": "n", "value": " " }] }), "fields.0.value"),
        (json!({ "fields": [{ "name": "n" }] }), "fields.0.value"),
        (json!({ "footer": { "icon_url": "https://whisul.com/i.png" } }), "footer.text"),
        (json!({ "author": {} }), "author.name"),
        (json!({ "title": "t", "image": {} }), "image.url"),
        (json!({}), "description"),
        (json!({ "color": 1 }), "description"),
    ];
    for (embed, place) in cases {
        let answer = post(&bot, &scene, json!([embed])).await;
        assert_eq!(breaches(&answer, &format!("embeds.0.{place}")), MISSING, "{place}");
    }
}

#[tokio::test]
async fn links_of_embeds_are_http_or_https() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let with_link = |place: &str, link: &str| match place {
        "url" => json!({ "title": "t", "url": link }),
        "image.url" => json!({ "image": { "url": link } }),
        "thumbnail.url" => json!({ "thumbnail": { "url": link } }),
        "footer.icon_url" => json!({ "footer": { "text": "t", "icon_url": link } }),
        "author.icon_url" => json!({ "author": { "name": "t", "icon_url": link } }),
        _ => json!({ "author": { "name": "t", "url": link } }),
    };
    let places =
        ["url", "image.url", "thumbnail.url", "footer.icon_url", "author.icon_url", "author.url"];
    for place in places {
        let good = post(&bot, &scene, json!([with_link(place, "https://whisul.com/a")])).await;
        assert_eq!(good.0, 200, "{place}: {}", good.1);
        for (link, breach) in [
            ("ftp://whisul.com/a", "URL_TYPE_INVALID_SCHEME"),
            ("javascript:alert(1)", "URL_TYPE_INVALID_URL"),
            ("https://a b", "URL_TYPE_INVALID_URL"),
        ] {
            let bad = post(&bot, &scene, json!([with_link(place, link)])).await;
            assert_eq!(breaches(&bad, &format!("embeds.0.{place}")), [breach], "{link}");
        }
        let long = format!("https://whisul.com/{}", "a".repeat(2048));
        let bad = post(&bot, &scene, json!([with_link(place, &long)])).await;
        assert_eq!(breaches(&bad, &format!("embeds.0.{place}")), TOO_LONG);
    }
}

#[tokio::test]
async fn colour_and_time_have_their_form() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let good = json!({ "title": "t", "color": 0xFF_FFFF, "timestamp": "2026-08-01T12:30:00Z" });
    assert_eq!(post(&bot, &scene, json!([good])).await.0, 200);
    let bad = json!({ "title": "t", "color": 0x100_0000, "timestamp": "yesterday" });
    let bad = post(&bot, &scene, json!([bad])).await;
    assert_eq!(breaches(&bad, "embeds.0.color"), ["NUMBER_TYPE_MAX"]);
    assert_eq!(breaches(&bad, "embeds.0.timestamp"), ["DATE_TIME_TYPE_PARSE"]);
}

#[tokio::test]
async fn a_person_sees_an_embed_as_it_was_sent() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let embed = json!({
        "title": "Rain", "url": "https://whisul.com/s", "description": "A song", "color": 255,
        "fields": [{ "name": "BPM", "value": "90", "inline": true }],
        "image": { "url": "https://whisul.com/c.png" }, "footer": { "text": "1:30" },
        "author": { "name": "Ann" },
    });
    post(&bot, &scene, json!([embed])).await;
    let message = scene.client.messages().remove(0);
    let embed = message.embed().unwrap();
    assert_eq!(embed.title.as_deref(), Some("Rain"));
    assert_eq!(embed.field("BPM"), Some("90"));
    assert_eq!(embed.image.as_deref(), Some("https://whisul.com/c.png"));
    assert_eq!(message.text(), "Ann\nRain\nA song\nBPM: 90\n1:30");
}
