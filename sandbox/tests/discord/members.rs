//! Members, asked for over the gateway and over the API; commands on people.

use sandbox::{ClientRefusal, DiscordRules};
use serde_json::json;

use crate::bot::{Bot, code, rules};
use crate::socket::{Socket, identify};

const GUILD_MEMBERS: u64 = 1 << 1;

#[tokio::test]
async fn the_gateway_answers_requests_for_members() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let guild = scene.server.id().to_string();
    let mut socket = Socket::identified(&bot, 0).await;
    let ann = scene.ann.id().to_string();
    let asked = json!({ "guild_id": guild, "query": "an", "limit": 5, "nonce": "n" });
    socket.send(json!({ "op": 8, "d": asked })).await;
    let chunk = socket.event("GUILD_MEMBERS_CHUNK").await;
    assert_eq!((&chunk["members"][0]["user"]["id"], &chunk["nonce"]), (&json!(ann), &json!("n")));
    assert_eq!((&chunk["chunk_index"], &chunk["chunk_count"]), (&json!(0), &json!(1)));
    let asked = json!({ "guild_id": guild, "user_ids": [ann, "5"] });
    socket.send(json!({ "op": 8, "d": asked })).await;
    let chunk = socket.event("GUILD_MEMBERS_CHUNK").await;
    assert_eq!(
        (&chunk["members"][0]["user"]["id"], &chunk["not_found"]),
        (&json!(ann), &json!(["5"]))
    );
    let all = json!({ "guild_id": guild, "query": "", "limit": 0 });
    socket.send(json!({ "op": 8, "d": all })).await;
    assert!(socket.is_quiet().await);
    assert_eq!(bot.discord.violations().len(), 1);
}

#[tokio::test]
async fn all_members_come_in_chunks_to_those_with_the_intent() {
    let bot = Bot::with(DiscordRules { privileged_intents: true, ..rules() }).await;
    let scene = bot.scene().await;
    for n in 0..1100 {
        scene.server.join(&bot.discord.add_person(&format!("Person {n}")));
    }
    let mut socket = Socket::connect(&bot).await;
    socket.send(identify(&bot, &json!({ "intents": GUILD_MEMBERS }))).await;
    socket.event("READY").await;
    let all = json!({ "guild_id": scene.server.id().to_string(), "query": "", "limit": 0 });
    socket.send(json!({ "op": 8, "d": all })).await;
    for (index, size) in [(0, 1000), (1, 103)] {
        let chunk = socket.event("GUILD_MEMBERS_CHUNK").await;
        assert_eq!((&chunk["chunk_index"], &chunk["chunk_count"]), (&json!(index), &json!(2)));
        assert_eq!(chunk["members"].as_array().unwrap().len(), size);
    }
    let (_, listed) = bot.get(&format!("/guilds/{}/members?limit=1000", scene.server.id())).await;
    assert_eq!(listed.as_array().unwrap().len(), 1000);
}

#[tokio::test]
async fn members_are_listed_with_the_intent_and_searched_without() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let path = format!("/guilds/{}/members", scene.server.id());
    assert_eq!(code(&bot.get(&format!("{path}?limit=10")).await), (403, 50001));
    let (_, found) = bot.get(&format!("{path}/search?query=aN&limit=10")).await;
    assert_eq!(found[0]["user"]["username"], "Ann");
    assert_eq!(found.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_user_command_is_used_on_a_person() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    bot.register(json!([{ "type": 2, "name": "Sing for" }])).await;
    let mut socket = Socket::identified(&bot, 0).await;
    let ben = bot.discord.add_person("Ben");
    scene.server.join(&ben);
    let song = scene.client.user_command("Sing for", &ben).await.unwrap();
    let data = socket.event("INTERACTION_CREATE").await["data"].clone();
    let id = ben.id().to_string();
    assert_eq!((&data["type"], &data["target_id"]), (&json!(2), &json!(id)));
    assert_eq!(data["resolved"]["users"][&id]["username"], "Ben");
    assert!(data["resolved"]["members"][&id].is_object());
    bot.respond(&song, json!({ "type": 4, "data": { "content": "For Ben" } })).await;
    let answer = song.answer().await.unwrap();
    assert_eq!(answer.json()["interaction_metadata"]["target_user"]["id"], id);
    let none = scene.client.user_command("Dance for", &ben).await.unwrap_err();
    assert_eq!(none, ClientRefusal::UnknownCommand("Dance for".to_owned()));
}

#[tokio::test]
async fn an_entry_point_is_one_global_command() {
    let bot = Bot::start().await;
    let entry = |name: &str| json!({ "type": 4, "name": name, "handler": 2 });
    bot.register(json!([entry("launch")])).await;
    let two = bot.put(&bot.commands_path(), json!([entry("launch"), entry("start")])).await;
    assert_eq!(code(&two), (400, 30032));
}
