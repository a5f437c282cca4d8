//! Who may do what.

use std::time::Duration;

use sandbox::{ClientRefusal, Fault};
use serde_json::{Value, json};

use super::{admin, id, make_moderator, moderated};
use crate::fixture::Fixture;

/// Everything that could spend the key, or holds in more than one server.
fn owners_acts(fixture: &Fixture) -> Vec<(&'static str, Vec<(&'static str, Value)>)> {
    let (ann, quota, everywhere) =
        (("person", id(&fixture.ann)), ("quota", json!("unlimited")), ("everywhere", json!(true)));
    let (reason, rain) = (("reason", json!("why")), ("word", json!("rain")));
    vec![
        (
            "quota grant",
            vec![ann.clone(), ("songs", json!(5)), ("for", json!("7d")), reason.clone()],
        ),
        ("quota reset", vec![ann.clone()]),
        ("quota set", vec![ann.clone(), quota.clone()]),
        ("quota global", vec![quota]),
        ("block", vec![ann.clone(), reason, everywhere.clone()]),
        ("unblock", vec![ann, everywhere.clone()]),
        ("pause", vec![everywhere.clone()]),
        ("resume", vec![everywhere.clone()]),
        ("words add", vec![rain.clone(), everywhere.clone()]),
        ("words remove", vec![rain, everywhere.clone()]),
        ("words list", vec![everywhere.clone()]),
        ("jobs", vec![everywhere.clone(), ("page", json!(2))]),
        ("stats", vec![everywhere.clone()]),
        ("log", vec![everywhere]),
        ("servers", vec![("page", json!(2))]),
        ("health", vec![]),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_of_any_server_cannot_raise_what_the_key_pays() {
    let fixture =
        moderated(&[("USER_QUOTA", "1/1d"), ("GUILD_QUOTA", "2/1d"), ("GLOBAL_QUOTA", "3/1d")])
            .await;
    fixture.sings("the only song").await;
    for (subcommand, options) in owners_acts(&fixture) {
        let told = admin(&fixture.moderator(), subcommand, &options).await;
        assert!(told.contains("Only this bot's owner"), "{subcommand}: {told}");
    }
    for more in ["unlimited", "3/1d", "2/1h", "1/1h"] {
        let told = admin(&fixture.moderator(), "quota server", &[("quota", json!(more))]).await;
        assert!(told.contains("only lower this server's quota of 2 songs a day"), "{told}");
    }
    let told = fixture.refused("one more").await;
    assert!(told.contains("You have used up your 1 song a day"), "{told}");
    let log = admin(&fixture.owner(), "log", &[("everywhere", json!(true))]).await;
    assert!(log.contains("Nothing."), "what was refused was not done: {log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_may_do_everything() {
    let fixture = moderated(&[]).await;
    for (subcommand, options) in owners_acts(&fixture) {
        let told = admin(&fixture.owner(), subcommand, &options).await;
        assert!(!told.contains("Only this bot's owner"), "{subcommand}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_teams_admins_are_owners_and_its_developers_are_not() {
    let fixture = moderated(&[]).await;
    let (carol, dora) = (fixture.discord.add_person("Carol"), fixture.discord.add_person("Dora"));
    for person in [&carol, &dora] {
        fixture.server.join(person);
    }
    let role = fixture.server.add_role("Helpers");
    role.grant(super::MANAGE_GUILD);
    fixture.server.give_role(&carol, &role);
    fixture.server.give_role(&dora, &role);
    fixture.discord.set_team(&[(&carol, "admin"), (&dora, "developer")]);
    let servers = admin(&carol.at(&fixture.channel), "servers", &[]).await;
    assert!(servers.contains("Music lovers"), "{servers}");
    let told = admin(&dora.at(&fixture.channel), "servers", &[]).await;
    assert!(told.contains("Only this bot's owner"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_the_owner_until_discord_names_them() {
    let fixture = moderated(&[]).await;
    let path = "/api/v10/applications/@me";
    let asked = || fixture.discord.requests().count("GET", path);
    let before = asked();
    fixture.discord.faults().add(Fault::on("GET", path).status(500));
    let told = admin(&fixture.owner(), "servers", &[]).await;
    assert!(told.contains("I couldn't ask Discord who my owner is"), "{told}");
    assert!(asked() > before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_is_there_for_those_who_manage_a_server() {
    let fixture = moderated(&[]).await;
    let commands = fixture.discord.commands();
    let command = commands.iter().find(|command| command["name"] == "admin").unwrap();
    assert_eq!(command["default_member_permissions"], super::MANAGE_GUILD.to_string());
    assert_eq!(command["integration_types"], json!([0]));
    assert_eq!(command["contexts"], json!([0]));

    let client = fixture.ann.at(&fixture.channel);
    let refused = client.command("admin jobs", &[]).await.unwrap_err();
    assert!(matches!(refused, ClientRefusal::NotPermitted(_)), "{refused}");
    let refused = fixture.bob.dm().command("admin jobs", &[]).await.unwrap_err();
    assert!(matches!(refused, ClientRefusal::NotAvailableHere(_)), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_can_act_in_their_own_server_only() {
    let fixture = moderated(&[]).await;
    let elsewhere = fixture.discord.add_server("Another server");
    let there = elsewhere.add_channel("songs");
    elsewhere.join(&fixture.ann);
    make_moderator(&fixture);
    let reason = ("reason", json!("noise"));
    admin(&fixture.moderator(), "block", &[("person", id(&fixture.ann)), reason]).await;
    assert!(fixture.refused("here").await.contains("blocked you from asking for songs here"));
    crate::fixture::done(&crate::fixture::song_at(&fixture.ann.at(&there), "there").await).await;
    crate::fixture::done(&crate::fixture::song_at(&fixture.ann.dm(), "in private").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_admin_commands_are_answered_in_time_while_discord_is_slow() {
    let fixture = moderated(&[]).await;
    let slow = Fault::on("GET", "/api/v10/applications/@me").delay(Duration::from_secs(10));
    fixture.discord.faults().add(slow);
    let client = fixture.moderator();
    let mut asked = Vec::new();
    for _ in 0..4 {
        asked.push(client.command("admin settings", &[]).await.unwrap());
    }
    for asked in asked {
        let answer = asked.answer().await.expect("a response in time");
        assert!(answer.content.contains("who my owner is"), "{}", answer.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_is_answered_in_time_while_everything_at_discord_is_slow() {
    let fixture = moderated(&[]).await;
    let slow = |path, millis| Fault::on("GET", path).delay(Duration::from_millis(millis));
    fixture.discord.faults().add(slow("/api/v10/applications/@me", 1100));
    fixture.discord.faults().add(slow("/api/v10/users/@me/guilds", 10_000));
    let told = admin(&fixture.owner(), "servers", &[]).await;
    // Which of the two was too slow depends on this machine.
    let known = ["didn't tell me my servers", "couldn't ask Discord who my owner is"];
    assert!(known.iter().any(|known| told.contains(known)), "{told}");
}
