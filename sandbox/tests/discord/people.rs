//! What Discord's client does not let people do.

use sandbox::ClientRefusal;
use serde_json::{Value, json};

use crate::bot::{Bot, Scene, song};

async fn refusal(scene: &Scene, name: &str, options: &[(&str, Value)]) -> ClientRefusal {
    scene.client.command(name, options).await.unwrap_err()
}

#[tokio::test]
async fn options_are_checked_before_the_bot_receives_them() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let text = |length: usize| [("prompt", json!("x".repeat(length)))];
    let bounds = ClientRefusal::OutOfBounds {
        option: "prompt".to_owned(),
        least: "1".to_owned(),
        most: "1000".to_owned(),
    };
    scene.client.command("song", &text(1000)).await.unwrap();
    assert_eq!(refusal(&scene, "song", &text(1001)).await, bounds);
    assert_eq!(refusal(&scene, "song", &text(0)).await, bounds);
    let missing = refusal(&scene, "song", &[]).await;
    assert_eq!(missing, ClientRefusal::MissingOption("prompt".to_owned()));
    let number = refusal(&scene, "song", &[("prompt", json!(1))]).await;
    assert_eq!(number, ClientRefusal::WrongType("prompt".to_owned()));
    let unknown = refusal(&scene, "song", &[("title", json!("x"))]).await;
    assert_eq!(unknown, ClientRefusal::UnknownOption("title".to_owned()));
    let unknown = refusal(&scene, "sing", &[]).await;
    assert_eq!(unknown, ClientRefusal::UnknownCommand("sing".to_owned()));
}

#[tokio::test]
async fn numbers_choices_and_people_are_checked() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let option = |kind: u8, name: &str| json!({ "type": kind, "name": name, "description": "x" });
    let mut bpm = option(4, "bpm");
    bpm["min_value"] = json!(40);
    bpm["max_value"] = json!(240);
    let mut mood = option(3, "mood");
    mood["choices"] = json!([{ "name": "Calm", "value": "calm" }]);
    let options =
        [bpm, mood, option(6, "who"), option(8, "role"), option(7, "where"), option(5, "loud")];
    bot.register(json!([{ "name": "tune", "description": "x", "options": options }])).await;
    let role = scene.server.add_role("Listeners");
    let given = [
        ("bpm", json!(90)),
        ("mood", json!("calm")),
        ("who", json!(scene.ann.id())),
        ("role", json!(role.id())),
        ("where", json!(scene.channel.id())),
        ("loud", json!(true)),
    ];
    scene.client.command("tune", &given).await.unwrap();
    let bounds = refusal(&scene, "tune", &[("bpm", json!(300))]).await;
    assert!(matches!(bounds, ClientRefusal::OutOfBounds { .. }));
    for (name, value) in [("mood", json!("wild")), ("who", json!(1))] {
        let refused = refusal(&scene, "tune", &[(name, value)]).await;
        assert_eq!(refused, ClientRefusal::NotAChoice(name.to_owned()));
    }
    let loud = refusal(&scene, "tune", &[("loud", json!("yes"))]).await;
    assert_eq!(loud, ClientRefusal::WrongType("loud".to_owned()));
}

#[tokio::test]
async fn a_command_works_only_in_its_contexts() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let mut command = song();
    command["contexts"] = json!([0]);
    command["integration_types"] = json!([0]);
    bot.register(json!([command])).await;
    let prompt = [("prompt", json!("rain"))];
    scene.client.command("song", &prompt).await.unwrap();
    let not_here = Err(ClientRefusal::NotAvailableHere("song".to_owned()));
    let refused = scene.ann.dm().command("song", &prompt).await;
    assert_eq!(refused.map(|_| ()), not_here);
    let elsewhere = bot.discord.add_server_without_bot("Elsewhere");
    let channel = elsewhere.add_channel("general");
    elsewhere.join(&scene.ann);
    let refused = scene.ann.at(&channel).command("song", &prompt).await;
    assert_eq!(refused.map(|_| ()), not_here);
}

#[tokio::test]
async fn a_command_is_for_those_with_its_permissions() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let mut command = song();
    command["default_member_permissions"] = json!("32");
    bot.register(json!([command])).await;
    let prompt = [("prompt", json!("rain"))];
    let refused = scene.client.command("song", &prompt).await.unwrap_err();
    assert_eq!(refused, ClientRefusal::NotPermitted("song".to_owned()));
    let role = scene.server.add_role("Managers");
    role.grant(32);
    scene.server.give_role(&scene.ann, &role);
    scene.client.command("song", &prompt).await.unwrap();
    scene.server.take_role(&scene.ann, &role);
    assert!(scene.client.command("song", &prompt).await.is_err());
}

#[tokio::test]
async fn people_can_act_only_in_channels_that_they_see() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let bob = bot.discord.add_person("Bob").at(&scene.channel);
    let refused = bob.command("song", &[("prompt", json!("rain"))]).await.unwrap_err();
    assert_eq!(refused, ClientRefusal::NoSuchChannel);
    assert_eq!(bob.say("Hello"), None);
    scene.server.leave(&scene.ann);
    assert!(scene.client.command("song", &[("prompt", json!("rain"))]).await.is_err());
}

#[tokio::test]
async fn only_buttons_that_are_there_can_be_clicked() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let button = |id: &str, disabled: bool| json!({ "type": 2, "style": 1, "label": id, "custom_id": id, "disabled": disabled });
    let row = json!({ "type": 1, "components": [button("on", false), button("off", true)] });
    let body = json!({ "content": "x", "components": [row] });
    let (_, posted) = bot.post(&scene.messages_path(), body).await;
    let message = posted["id"].as_str().unwrap().parse().unwrap();
    let click = async |id: &str| scene.client.click(message, id).await.map(|_| ());
    assert_eq!(click("on").await, Ok(()));
    assert_eq!(click("off").await, Err(ClientRefusal::Disabled("off".to_owned())));
    assert_eq!(click("gone").await, Err(ClientRefusal::UnknownButton("gone".to_owned())));
    assert!(scene.client.delete(message));
    assert_eq!(click("on").await, Err(ClientRefusal::UnknownMessage));
}

#[tokio::test]
async fn subcommands_and_message_commands_are_used_by_name() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let show = json!({ "type": 1, "name": "show", "description": "x" });
    let quota = json!({ "name": "quota", "description": "x", "options": [show] });
    let menu = json!({ "type": 3, "name": "Make a song" });
    bot.register(json!([quota, menu])).await;
    scene.client.command("quota show", &[]).await.unwrap();
    assert!(scene.client.command("quota", &[]).await.is_err());
    assert!(scene.client.command("quota hide", &[]).await.is_err());
    let said = scene.client.say("Rain on a roof").unwrap();
    let used = scene.client.message_command("Make a song", said).await.unwrap();
    bot.respond(&used, json!({ "type": 4, "data": { "content": "Soon" } })).await;
    assert_eq!(used.answer().await.unwrap().json()["type"], 23);
}
