//! What admins see: statistics, the log of admin actions, and the settings.

use sandbox::{Fault, Plan};
use serde_json::json;

use super::{admin, id, moderated};
use crate::fixture::{done, failed, song_at};

#[tokio::test(flavor = "multi_thread")]
async fn statistics_cover_the_server_for_moderators_and_all_for_the_owner() {
    let fixture = moderated(&[]).await;
    fixture.whisul.plan("broken", Plan::fails(None));
    for prompt in ["one", "two"] {
        fixture.sings(prompt).await;
    }
    failed(&fixture.song(&fixture.bob, "broken").await).await;
    done(&song_at(&fixture.bob.dm(), "in private").await).await;
    let here = admin(&fixture.moderator(), "stats", &[]).await;
    assert_eq!(here.matches("2 made, 1 failed").count(), 2, "{here}");
    assert!(here.contains(&format!("{} · 2", fixture.ann.mention())), "{here}");
    assert!(!here.contains(&fixture.bob.mention()), "{here}");
    let all = admin(&fixture.owner(), "stats", &[("everywhere", json!(true))]).await;
    assert_eq!(all.matches("3 made, 1 failed").count(), 2, "{all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn admin_actions_are_listed_in_the_log() {
    let mut fixture = moderated(&[]).await;
    let person = ("person", id(&fixture.ann));
    let reason = |text: &str| ("reason", json!(text));
    admin(&fixture.moderator(), "block", &[person.clone(), reason("**noise** @everyone")]).await;
    let options = [person, ("songs", json!(1)), ("for", json!("1d")), reason("a gift")];
    admin(&fixture.owner(), "quota grant", &options).await;
    fixture.stop_bot().await;
    fixture.start_and_wait_until_ready().await;
    let log = admin(&fixture.moderator(), "log", &[]).await;
    let (bob, ann) = (fixture.bob.mention(), fixture.ann.mention());
    assert!(log.contains(&format!("{bob} blocked {ann} in this server.")), "{log}");
    assert!(log.contains(r"Reason: \*\*noise\*\* \@everyone"), "{log}");
    assert!(!log.contains("a gift"), "a moderator sees what holds in their server: {log}");
    let all = admin(&fixture.owner(), "log", &[("everywhere", json!(true))]).await;
    assert!(
        all.contains(&format!("gave {ann} 1 extra song")) && all.contains("Reason: a gift"),
        "{all}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_admin_log_names_servers_and_actions_that_came_too_late() {
    let fixture = moderated(&[]).await;
    let elsewhere = fixture.discord.add_server("Jazz *club*");
    let there = elsewhere.add_channel("songs");
    elsewhere.join(&fixture.discord.owner());
    let owner_there = fixture.discord.owner().at(&there);
    admin(&fixture.moderator(), "pause", &[("reason", json!("movie night"))]).await;
    admin(&owner_there, "words add", &[("word", json!("badger"))]).await;
    admin(&fixture.moderator(), "resume", &[]).await;
    let asked = fixture.song(&fixture.ann, "a slow waltz").await;
    done(&asked).await;
    let song = [("song", json!(asked.id.to_string()))];
    admin(&fixture.moderator(), "cancel", &song).await;
    let all = admin(&fixture.owner(), "log", &[("everywhere", json!(true))]).await;
    let (bob, owner) = (fixture.bob.mention(), fixture.discord.owner().mention());
    for told in [
        format!("· {bob} paused songs in Music lovers. Reason: movie night"),
        format!(r"· {owner} blocked the word ||badger|| in Jazz \*club\*."),
        format!("· {bob} allowed songs in Music lovers again."),
        format!("· {bob} tried to cancel song `{}`.", asked.id),
    ] {
        assert!(all.contains(&told), "{told}: {all}");
    }
    assert!(!all.contains("this server"), "{all}");
    let here = admin(&fixture.moderator(), "log", &[]).await;
    assert!(here.contains(&format!("{bob} paused songs in this server.")), "{here}");
    // A Discord that does not name its servers leaves their ids.
    let fault =
        fixture.discord.faults().add(Fault::on("GET", "/api/v10/users/@me/guilds").status(500));
    let mut fixture = fixture;
    fixture.stop_bot().await;
    fixture.start_and_wait_until_ready().await;
    let all = admin(&fixture.owner(), "log", &[("everywhere", json!(true))]).await;
    assert!(all.contains(&format!("paused songs in server `{}`.", fixture.server.id())), "{all}");
    fixture.discord.faults().remove(fault);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_name_roles_and_servers_only_to_people_concerned() {
    let mut fixture = moderated(&[("GLOBAL_QUOTA", "100/1d")]).await;
    let patrons = fixture.server.add_role("Patrons");
    fixture.stop_bot().await;
    fixture.set("ROLE_QUOTAS", &format!("{}=20/1d,345678901234567890=unlimited", patrons.id()));
    fixture.set("ALLOWED_GUILDS", &format!("{},456789012345678901", fixture.server.id()));
    fixture.start_and_wait_until_ready().await;
    let seen = admin(&fixture.moderator(), "settings", &[]).await;
    let role = format!("`ROLE_QUOTAS` <@&{}>: 20 songs a day · environment", patrons.id());
    assert!(seen.contains(&role), "{seen}");
    assert!(seen.contains("`GLOBAL_QUOTA` 100/1d · environment"), "{seen}");
    assert!(!seen.contains("`345678901234567890`") && !seen.contains("ALLOWED_GUILDS"), "{seen}");
    let all = admin(&fixture.owner(), "settings", &[]).await;
    let roles =
        format!("<@&{}>: 20 songs a day, role `345678901234567890`: unlimited", patrons.id());
    assert!(all.contains(&roles), "{all}");
    assert!(
        all.contains("`ALLOWED_GUILDS` Music lovers, server `456789012345678901` · environment"),
        "{all}"
    );
    // Where Discord does not tell the roles, they are shown by their ids.
    let fault =
        fixture.discord.faults().add(Fault::on("GET", "/api/v10/guilds/*/roles").status(500));
    let seen = admin(&fixture.moderator(), "settings", &[]).await;
    assert!(seen.contains(&format!("role `{}`: 20 songs a day", patrons.id())), "{seen}");
    fixture.discord.faults().remove(fault);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_shown_with_where_they_come_from() {
    let mut fixture = moderated(&[("GUILD_QUOTA", "5/1d")]).await;
    let seen = admin(&fixture.moderator(), "settings", &[]).await;
    assert!(seen.contains("`GUILD_QUOTA` 5/1d · environment"), "{seen}");
    assert!(!seen.contains("WHISUL") && !seen.contains("DATABASE"), "{seen}");
    admin(&fixture.moderator(), "quota server", &[("quota", json!("2/1d"))]).await;
    let seen = admin(&fixture.moderator(), "settings", &[]).await;
    assert!(seen.contains("`GUILD_QUOTA` 2/1d · command"), "{seen}");

    // Once the owner gives less than that, what was lowered no longer counts.
    fixture.stop_bot().await;
    fixture.set("GUILD_QUOTA", "1/1d");
    fixture.start_and_wait_until_ready().await;
    let seen = admin(&fixture.moderator(), "settings", &[]).await;
    assert!(seen.contains("`GUILD_QUOTA` 1/1d · environment"), "{seen}");

    let all = admin(&fixture.owner(), "settings", &[]).await;
    for part in ["`DISCORD_TOKEN` set · environment", "`JOB_TIMEOUT` 20m · default"] {
        assert!(all.contains(part), "{part}: {all}");
    }
    assert!(
        !all.contains(&fixture.whisul.key()) && !all.contains(&fixture.discord.token()),
        "{all}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_sees_how_many_people_have_their_own_quota() {
    let fixture = moderated(&[]).await;
    let set = async |person, quota: &str| {
        let options = [("person", id(person)), ("quota", json!(quota))];
        admin(&fixture.owner(), "quota set", &options).await;
    };
    let said = async || admin(&fixture.owner(), "settings", &[]).await;
    assert!(said().await.contains("Nobody has a quota of their own."));
    set(&fixture.ann, "1/1d").await;
    set(&fixture.ann, "2/1d").await;
    assert!(said().await.contains("1 person has a quota of their own."));
    set(&fixture.bob, "unlimited").await;
    let two = said().await;
    assert!(two.contains("2 people have a quota of their own."), "{two}");
    assert!(two.ends_with("What holds for one person: /admin quota show"), "{two}");
    set(&fixture.ann, "default").await;
    assert!(said().await.contains("1 person has a quota of their own."));

    // It holds in every server, and so is not a moderator's to count.
    let seen = admin(&fixture.moderator(), "settings", &[]).await;
    assert!(!seen.contains("quota of their own"), "{seen}");
    assert!(seen.ends_with("What holds for one person: /admin quota show"), "{seen}");
}
