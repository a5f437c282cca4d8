//! The limits of buttons and menus.

use sandbox::ClientRefusal;
use serde_json::{Value, json};

use crate::bot::{Answer, Bot, Scene, breaches};

async fn post(bot: &Bot, scene: &Scene, rows: Value) -> Answer {
    bot.post(&scene.messages_path(), json!({ "content": "x", "components": rows })).await
}

fn row(components: &[Value]) -> Value {
    json!({ "type": 1, "components": components })
}

fn button(custom_id: &str) -> Value {
    json!({ "type": 2, "style": 2, "label": "Press", "custom_id": custom_id })
}

fn link(url: &str) -> Value {
    json!({ "type": 2, "style": 5, "label": "Listen", "url": url })
}

const FIRST: &str = "components.0.components.0";

/// The breaches at the first button, or at one of its fields.
async fn first(bot: &Bot, scene: &Scene, button: Value, field: &str) -> Vec<String> {
    let answer = post(bot, scene, json!([row(&[button])])).await;
    breaches(&answer, &format!("{FIRST}.{field}")).into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn rows_and_buttons_are_at_most_five() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let buttons = |row: usize, n: usize| (0..n).map(|n| button(&format!("{row}-{n}"))).collect();
    let rows = |rows: usize, n: usize| {
        json!(
            (0..rows)
                .map(|at| {
                    let b: Vec<_> = buttons(at, n);
                    row(&b)
                })
                .collect::<Vec<_>>()
        )
    };
    assert_eq!(post(&bot, &scene, rows(5, 5)).await.0, 200);
    assert_eq!(
        breaches(&post(&bot, &scene, rows(6, 1)).await, "components"),
        ["BASE_TYPE_MAX_LENGTH"]
    );
    let wide = post(&bot, &scene, rows(1, 6)).await;
    assert_eq!(breaches(&wide, "components.0.components"), ["BASE_TYPE_MAX_LENGTH"]);
    let empty = post(&bot, &scene, rows(1, 0)).await;
    assert_eq!(breaches(&empty, "components.0.components"), ["BASE_TYPE_BAD_LENGTH"]);
}

#[tokio::test]
async fn labels_ids_and_links_of_buttons_have_limits() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let labelled =
        |label: String| json!({ "type": 2, "style": 1, "label": label, "custom_id": "x" });
    assert_eq!(post(&bot, &scene, json!([row(&[labelled("l".repeat(80))])])).await.0, 200);
    let long = first(&bot, &scene, labelled("l".repeat(81)), "label").await;
    assert_eq!(long, ["BASE_TYPE_MAX_LENGTH"]);
    assert_eq!(first(&bot, &scene, labelled(String::new()), "label").await, ["BASE_TYPE_REQUIRED"]);
    assert_eq!(post(&bot, &scene, json!([row(&[button(&"i".repeat(100))])])).await.0, 200);
    let long = first(&bot, &scene, button(&"i".repeat(101)), "custom_id").await;
    assert_eq!(long, ["BASE_TYPE_MAX_LENGTH"]);
    assert_eq!(first(&bot, &scene, button(""), "custom_id").await, ["BASE_TYPE_REQUIRED"]);
    let base = "https://whisul.com/";
    let fitting = format!("{base}{}", "a".repeat(512 - base.len()));
    assert_eq!(post(&bot, &scene, json!([row(&[link(&fitting)])])).await.0, 200);
    let long = first(&bot, &scene, link(&format!("{fitting}a")), "url").await;
    assert_eq!(long, ["BASE_TYPE_MAX_LENGTH"]);
}

#[tokio::test]
async fn a_link_button_leads_to_http_https_or_discord_and_has_no_id() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    for url in ["https://whisul.com/", "http://127.0.0.1/a", "discord://-/channels/@me"] {
        assert_eq!(post(&bot, &scene, json!([row(&[link(url)])])).await.0, 200);
    }
    let other = first(&bot, &scene, link("file:///etc/passwd"), "url").await;
    assert_eq!(other, ["URL_TYPE_INVALID_SCHEME"]);
    let both =
        json!({ "type": 2, "style": 5, "label": "l", "url": "https://a.b", "custom_id": "x" });
    let both = first(&bot, &scene, both, "custom_id").await;
    assert_eq!(both, ["BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE"]);
    let none = first(&bot, &scene, json!({ "type": 2, "style": 5, "label": "l" }), "url").await;
    assert_eq!(none, ["BASE_TYPE_REQUIRED"]);
    let odd =
        json!({ "type": 2, "style": 1, "label": "l", "url": "https://a.b", "custom_id": "x" });
    assert_eq!(first(&bot, &scene, odd, "url").await, ["BUTTON_COMPONENT_INVALID_URL"]);
}

#[tokio::test]
async fn a_custom_id_occurs_once_in_a_message() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let answer = post(&bot, &scene, json!([row(&[button("a")]), row(&[button("a")])])).await;
    assert_eq!(
        breaches(&answer, "components.1.components.0.custom_id"),
        ["COMPONENT_CUSTOM_ID_DUPLICATED"]
    );
}

#[tokio::test]
async fn unknown_kinds_and_styles_are_refused() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let odd = post(&bot, &scene, json!([{ "type": 17, "components": [] }])).await;
    assert!(breaches(&odd, "components.0.type").contains(&"BASE_TYPE_CHOICES"));
    let style = json!({ "type": 2, "style": 9, "label": "l", "custom_id": "x" });
    assert_eq!(first(&bot, &scene, style, "style").await, ["BASE_TYPE_CHOICES"]);
    assert_eq!(first(&bot, &scene, json!({ "label": "l" }), "type").await, ["BASE_TYPE_REQUIRED"]);
}

#[tokio::test]
async fn a_menu_fills_its_row_and_has_1_to_25_options() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let menu = |n: usize| {
        let option = |n| json!({ "label": format!("Mood {n}"), "value": format!("{n}") });
        json!({ "type": 3, "custom_id": "mood", "options": (0..n).map(option).collect::<Vec<_>>() })
    };
    let (_, posted) = post(&bot, &scene, json!([row(&[menu(25)])])).await;
    let message = posted["id"].as_str().unwrap().parse().unwrap();
    scene.client.pick(message, "mood", &["3"]).await.unwrap();
    for wrong in [&["99"][..], &[], &["3", "4"]] {
        let refused = scene.client.pick(message, "mood", wrong).await.unwrap_err();
        assert_eq!(refused, ClientRefusal::NotAChoice("mood".to_owned()));
    }
    assert_eq!(first(&bot, &scene, menu(26), "options").await, ["BASE_TYPE_MAX_LENGTH"]);
    assert_eq!(first(&bot, &scene, menu(0), "options").await, ["BASE_TYPE_BAD_LENGTH"]);
    let crowded = post(&bot, &scene, json!([row(&[menu(1), button("b")])])).await;
    assert_eq!(breaches(&crowded, "components.0.components"), ["BASE_TYPE_BAD_LENGTH"]);
}

#[tokio::test]
async fn texts_of_a_menu_have_limits() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let menu = |id: usize, placeholder: usize, label: usize, value: usize, description: usize| {
        let text = |length| "x".repeat(length);
        let option = json!({
            "label": text(label), "value": text(value), "description": text(description),
        });
        json!({
            "type": 3, "custom_id": text(id), "placeholder": text(placeholder), "options": [option],
        })
    };
    let fits = post(&bot, &scene, json!([row(&[menu(100, 150, 100, 100, 100)])])).await;
    assert_eq!(fits.0, 200, "{}", fits.1);
    let breaches = [
        (menu(101, 1, 1, 1, 1), "custom_id"),
        (menu(1, 151, 1, 1, 1), "placeholder"),
        (menu(1, 1, 101, 1, 1), "options.0.label"),
        (menu(1, 1, 1, 101, 1), "options.0.value"),
        (menu(1, 1, 1, 1, 101), "options.0.description"),
    ];
    for (menu, place) in breaches {
        assert_eq!(first(&bot, &scene, menu, place).await, ["BASE_TYPE_MAX_LENGTH"]);
    }
}
