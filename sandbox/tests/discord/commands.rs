//! Registering commands, and what Discord refuses to register.

use serde_json::{Value, json};

use crate::bot::{Answer, Bot, breaches, code, song};

/// Registers one command.
async fn register(bot: &Bot, command: Value) -> Answer {
    bot.post(&bot.commands_path(), command).await
}

/// A command with one option, some fields of which are changed.
fn with_option(changes: &Value) -> Value {
    let mut option = json!({ "type": 3, "name": "prompt", "description": "Prompt" });
    option.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    json!({ "name": "song", "description": "A song", "options": [option] })
}

fn slash(n: usize) -> Value {
    json!({ "name": format!("song-{n}"), "description": "A song" })
}

#[tokio::test]
async fn commands_are_created_read_changed_and_deleted() {
    let bot = Bot::start().await;
    let (status, created) = register(&bot, song()).await;
    assert_eq!(status, 201);
    assert_eq!(created["application_id"], bot.discord.application_id().to_string());
    let path = format!("{}/{}", bot.commands_path(), created["id"].as_str().unwrap());
    assert_eq!(bot.get(&path).await.1, created);
    let (status, same) = register(&bot, song()).await;
    assert_eq!((status, &same["id"], &same["version"]), (200, &created["id"], &created["version"]));
    let (_, changed) = bot.patch(&path, json!({ "description": "Another" })).await;
    assert_eq!(
        (changed["description"].as_str(), &changed["options"]),
        (Some("Another"), &created["options"])
    );
    assert_ne!(changed["version"], created["version"]);
    assert_eq!(bot.delete(&path).await.0, 204);
    assert_eq!(code(&bot.get(&path).await), (404, 10063));
    assert_eq!(code(&bot.delete(&path).await), (404, 10063));
}

#[tokio::test]
async fn overwriting_all_keeps_ids_of_those_that_stay() {
    let bot = Bot::start().await;
    let (_, before) = bot.put(&bot.commands_path(), json!([slash(1), slash(2)])).await;
    let (_, after) = bot.put(&bot.commands_path(), json!([slash(2), slash(3)])).await;
    assert_eq!(after[0]["id"], before[1]["id"]);
    let names = bot.discord.commands().iter().map(|it| it["name"].clone()).collect::<Vec<_>>();
    assert_eq!(names, ["song-2", "song-3"]);
}

#[tokio::test]
async fn guild_commands_exist_in_their_server_only() {
    let bot = Bot::start().await;
    let scene = bot.scene().await;
    let path = |server: u64| {
        format!("/applications/{}/guilds/{server}/commands", bot.discord.application_id())
    };
    let (status, _) = bot.put(&path(scene.server.id()), json!([slash(1)])).await;
    assert_eq!(status, 200);
    scene.client.command("song-1", &[]).await.unwrap();
    assert!(scene.ann.dm().command("song-1", &[]).await.is_err());
    let elsewhere = bot.discord.add_server_without_bot("Elsewhere");
    assert_eq!(code(&bot.put(&path(elsewhere.id()), json!([])).await), (403, 50001));
}

#[tokio::test]
async fn localizations_are_listed_on_request() {
    let bot = Bot::start().await;
    let mut command = song();
    command["name_localizations"] = json!({ "de": "lied" });
    register(&bot, command).await;
    let (_, plain) = bot.get(&bot.commands_path()).await;
    assert!(plain[0].get("name_localizations").is_none());
    let (_, full) = bot.get(&format!("{}?with_localizations=true", bot.commands_path())).await;
    assert_eq!(full[0]["name_localizations"]["de"], "lied");
}

#[tokio::test]
async fn command_names_have_their_form() {
    let bot = Bot::start().await;
    let named = |name: &str| json!({ "name": name, "description": "x" });
    for name in ["song", "lied-1", "песня", "歌", "a_b", &"x".repeat(32)] {
        assert_eq!(register(&bot, named(name)).await.0, 201, "{name}");
    }
    for name in ["Song", "two words", "a/b", "a!"] {
        let answer = register(&bot, named(name)).await;
        assert_eq!(breaches(&answer, "name"), ["APPLICATION_COMMAND_INVALID_NAME"], "{name}");
    }
    let long = register(&bot, named(&"x".repeat(33))).await;
    assert_eq!(breaches(&long, "name"), ["BASE_TYPE_MAX_LENGTH"]);
    assert_eq!(breaches(&register(&bot, named("")).await, "name"), ["BASE_TYPE_REQUIRED"]);
    let menu = json!({ "type": 3, "name": "Make a Song" });
    assert_eq!(register(&bot, menu).await.0, 201);
}

#[tokio::test]
async fn descriptions_have_1_to_100_characters_and_menus_none() {
    let bot = Bot::start().await;
    let described = |text: &str| json!({ "name": "song", "description": text });
    assert_eq!(register(&bot, described(&"x".repeat(100))).await.0, 201);
    let long = register(&bot, described(&"x".repeat(101))).await;
    assert_eq!(breaches(&long, "description"), ["BASE_TYPE_MAX_LENGTH"]);
    let none = register(&bot, json!({ "name": "song" })).await;
    assert_eq!(breaches(&none, "description"), ["BASE_TYPE_REQUIRED"]);
    let menu = register(&bot, json!({ "type": 2, "name": "Song", "description": "x" })).await;
    assert_eq!(breaches(&menu, "description"), ["APPLICATION_COMMAND_DESCRIPTION_INVALID"]);
}

#[tokio::test]
async fn a_scope_takes_100_slash_and_15_of_each_menu_command() {
    let bot = Bot::start().await;
    let menus = |kind: u8, n: usize| {
        (0..n).map(move |n| json!({ "type": kind, "name": format!("Menu {n}") }))
    };
    let all = |slashes: usize, users: usize, messages: usize| {
        let slashes = (0..slashes).map(slash);
        slashes.chain(menus(2, users)).chain(menus(3, messages)).collect::<Value>()
    };
    assert_eq!(bot.put(&bot.commands_path(), all(100, 15, 15)).await.0, 200);
    for over in [all(101, 0, 0), all(0, 16, 0), all(0, 0, 16)] {
        assert_eq!(code(&bot.put(&bot.commands_path(), over).await), (400, 30032));
    }
    assert_eq!(code(&register(&bot, slash(100)).await), (400, 30032));
}

#[tokio::test]
async fn a_scope_takes_200_creates_a_day() {
    let bot = Bot::start().await;
    for hundred in 0..2 {
        let commands = (0..100).map(|n| slash(hundred * 100 + n)).collect::<Value>();
        assert_eq!(bot.put(&bot.commands_path(), commands).await.0, 200);
    }
    let one_more = bot.put(&bot.commands_path(), json!([slash(200)])).await;
    assert_eq!(code(&one_more), (400, 30034));
}

#[tokio::test]
async fn names_are_unique_among_commands_and_options() {
    let bot = Bot::start().await;
    let twice = bot.put(&bot.commands_path(), json!([slash(1), slash(1)])).await;
    assert_eq!(breaches(&twice, "1"), ["APPLICATION_COMMANDS_DUPLICATE_NAME"]);
    let mut command = with_option(&json!({}));
    let option = command["options"][0].clone();
    command["options"].as_array_mut().unwrap().push(option);
    let twice = register(&bot, command).await;
    assert_eq!(
        breaches(&twice, "options.1.name"),
        ["APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"]
    );
}

#[tokio::test]
async fn required_options_come_first_and_25_are_enough() {
    let bot = Bot::start().await;
    let option = |n: usize, required: bool| json!({ "type": 3, "name": format!("o{n}"), "description": "x", "required": required });
    let with =
        |options: Vec<Value>| json!({ "name": "song", "description": "x", "options": options });
    let late = register(&bot, with(vec![option(1, false), option(2, true)])).await;
    assert_eq!(breaches(&late, "options.1"), ["APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"]);
    let most = (0..25).map(|n| option(n, false)).collect();
    assert_eq!(register(&bot, with(most)).await.0, 201);
    let many = register(&bot, with((0..26).map(|n| option(n, false)).collect())).await;
    assert_eq!(breaches(&many, "options"), ["BASE_TYPE_MAX_LENGTH"]);
}

#[tokio::test]
async fn options_have_limits_of_their_own() {
    let bot = Bot::start().await;
    let cases = [
        (json!({ "max_length": 6001 }), "max_length", "NUMBER_TYPE_MAX"),
        (json!({ "max_length": 0 }), "max_length", "NUMBER_TYPE_MIN"),
        (json!({ "min_length": -1 }), "min_length", "NUMBER_TYPE_MIN"),
        (json!({ "type": 12 }), "type", "BASE_TYPE_CHOICES"),
        (json!({ "name": "Prompt" }), "name", "APPLICATION_COMMAND_INVALID_NAME"),
        (json!({ "description": "" }), "description", "BASE_TYPE_REQUIRED"),
        (json!({ "required": "yes" }), "required", "BOOLEAN_TYPE_CONVERT"),
    ];
    for (change, place, breach) in cases {
        let answer = register(&bot, with_option(&change)).await;
        assert!(breaches(&answer, &format!("options.0.{place}")).contains(&breach), "{change}");
    }
    let fits = json!({ "min_length": 0, "max_length": 6000 });
    assert_eq!(register(&bot, with_option(&fits)).await.0, 201);
}

#[tokio::test]
async fn choices_are_at_most_25_and_no_autocomplete() {
    let bot = Bot::start().await;
    let choice = |n: usize| json!({ "name": format!("Mood {n}"), "value": format!("{n}") });
    let choices = |n: usize| (0..n).map(choice).collect::<Value>();
    assert_eq!(register(&bot, with_option(&json!({ "choices": choices(25) }))).await.0, 201);
    let many = register(&bot, with_option(&json!({ "choices": choices(26) }))).await;
    assert_eq!(breaches(&many, "options.0.choices"), ["BASE_TYPE_MAX_LENGTH"]);
    let long = json!({ "choices": [{ "name": "n".repeat(101), "value": "v".repeat(101) }] });
    let long = register(&bot, with_option(&long)).await;
    assert_eq!(breaches(&long, "options.0.choices.0.name"), ["BASE_TYPE_MAX_LENGTH"]);
    assert_eq!(breaches(&long, "options.0.choices.0.value"), ["BASE_TYPE_MAX_LENGTH"]);
    let both = json!({ "choices": choices(1), "autocomplete": true });
    let both = register(&bot, with_option(&both)).await;
    assert_eq!(
        breaches(&both, "options.0.choices"),
        ["APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID"]
    );
}

#[tokio::test]
async fn a_command_has_at_most_8000_characters() {
    let bot = Bot::start().await;
    let choice = |n: usize| json!({ "name": format!("{n:0>100}"), "value": format!("{n:0>100}") });
    let choices = (0..25).map(choice).collect::<Value>();
    let option = |n: usize| json!({ "type": 3, "name": format!("o{n}"), "description": "x", "choices": choices });
    let with = |n: usize| json!({ "name": "song", "description": "x", "options": (0..n).map(option).collect::<Value>() });
    assert_eq!(register(&bot, with(1)).await.0, 201);
    assert_eq!(breaches(&register(&bot, with(2)).await, ""), ["APPLICATION_COMMAND_TOO_LARGE"]);
}

#[tokio::test]
async fn subcommands_nest_two_deep_and_mix_with_nothing() {
    let bot = Bot::start().await;
    let sub = |kind: u8, options: Value| json!({ "type": kind, "name": "sub", "description": "x", "options": options });
    let with = |options: Value| json!({ "name": "quota", "description": "x", "options": options });
    let text = json!([{ "type": 3, "name": "who", "description": "x" }]);
    let deep = with(json!([sub(2, json!([sub(1, text.clone())]))]));
    assert_eq!(register(&bot, deep).await.0, 201);
    let deeper = with(json!([sub(2, json!([sub(2, json!([]))]))]));
    let deeper = register(&bot, deeper).await;
    assert_eq!(
        breaches(&deeper, "options.0.options.0.type"),
        ["APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"]
    );
    let mixed = with(json!([sub(1, json!([])), text[0]]));
    let mixed = register(&bot, mixed).await;
    assert_eq!(breaches(&mixed, "options"), ["APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"]);
}

#[tokio::test]
async fn unknown_contexts_permissions_and_locales_are_refused() {
    let bot = Bot::start().await;
    let with = |key: &str, value: Value| {
        let mut command = song();
        command[key] = value;
        command
    };
    let cases = [
        ("integration_types", json!([2]), "BASE_TYPE_CHOICES"),
        ("contexts", json!([0, 0]), "BASE_TYPE_CHOICES"),
        ("contexts", json!([3]), "BASE_TYPE_CHOICES"),
        ("default_member_permissions", json!("all"), "NUMBER_TYPE_COERCE"),
    ];
    for (key, value, breach) in cases {
        assert_eq!(breaches(&register(&bot, with(key, value)).await, key), [breach]);
    }
    let language = register(&bot, with("name_localizations", json!({ "xx": "lied" }))).await;
    assert_eq!(breaches(&language, "name_localizations.xx"), ["BASE_TYPE_CHOICES"]);
    for (key, most) in [("name_localizations", 32), ("description_localizations", 100)] {
        let long = register(&bot, with(key, json!({ "de": "x".repeat(most + 1) }))).await;
        assert_eq!(breaches(&long, &format!("{key}.de")), ["BASE_TYPE_MAX_LENGTH"]);
    }
}

#[tokio::test]
async fn the_token_and_the_application_must_be_right() {
    let bot = Bot::start().await;
    assert_eq!(code(&bot.get("/applications/1/commands").await), (404, 10002));
    let client = reqwest::Client::new();
    let url = format!("{}/api/v10{}", bot.discord.url(), bot.commands_path());
    for token in ["Bot wrong", &bot.discord.token()] {
        let answer = client.get(&url).header("authorization", token).send().await.unwrap();
        assert_eq!(answer.status(), 401);
        assert_eq!(
            answer.json::<Value>().await.unwrap(),
            json!({ "message": "401: Unauthorized", "code": 0 })
        );
    }
    assert_eq!(client.get(&url).send().await.unwrap().status(), 401);
    assert_eq!(bot.discord.invalid_requests(), 3);
}
