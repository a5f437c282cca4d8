//! Grants, resets and quotas set by command.

use std::time::Duration;

use sandbox::{DiscordRules, WhisulRules};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::{admin, id, moderated};
use crate::{
    storage::remembered,
    world::{DEADLINE, World, done, failed, song_at, title},
};

const DAY: i64 = 24 * 3_600_000;

async fn grant(world: &World, songs: u32, lasting: &str) -> String {
    let options = [
        ("person", id(&world.ann)),
        ("songs", json!(songs)),
        ("for", json!(lasting)),
        ("reason", json!("a birthday")),
    ];
    admin(&world.owner(), "quota grant", &options).await
}

fn quota(text: &str) -> Vec<(&'static str, Value)> {
    vec![("quota", json!(text))]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_is_used_up_after_the_quota_and_comes_back_on_a_refund() {
    let mut world = moderated(&[("USER_QUOTA", "1/1d")]).await;
    world.whisul.plan("broken", sandbox::Plan::fails(None));
    let told = grant(&world, 2, "7d").await;
    assert!(
        told.contains("has 2 extra songs until") && told.contains(&world.ann.mention()),
        "{told}"
    );

    world.sings("of the quota").await;
    world.discord.set_clock_offset(DAY / 2);
    world.sings("of the grant").await;
    failed(&world.song(&world.ann, "broken").await).await;
    world.stop_bot().await;
    world.wake_bot().await;
    done(&world.song_once_free(&world.ann, "of the grant again").await).await;
    assert!(world.refused("too many").await.contains("used up your 1 song a day"));

    // The quota goes on by itself; songs that a grant paid for take nothing from it.
    world.discord.set_clock_offset(DAY + 1000);
    world.sings("the next day").await;
    world.refused("too many").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_expires_and_lifts_no_other_limit() {
    let world = moderated(&[("USER_QUOTA", "0/1d"), ("GUILD_QUOTA", "1/1d")]).await;
    grant(&world, 5, "1d").await;
    world.sings("the server's only one").await;
    assert!(world.refused("too many").await.contains("This server has used up"));
    world.discord.set_clock_offset(DAY + 1000);
    assert!(world.refused("too late").await.contains("Its owner decides that"));
    for lasting in ["soon", "0d", "-1d", "7"] {
        assert!(grant(&world, 1, lasting).await.contains("can't read that duration"));
    }
    assert!(grant(&world, 1, "91d").await.contains("forgotten after 90d"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_to_somebody_without_a_quota_is_said_to_be_unneeded() {
    let world = moderated(&[("USER_QUOTA", "unlimited")]).await;
    let told = grant(&world, 5, "1d").await;
    assert!(told.contains("They have no quota at the moment"), "{told}");
    let ann = ("person", id(&world.ann));
    admin(&world.owner(), "quota set", &[ann, ("quota", json!("1/1d"))]).await;
    let told = grant(&world, 5, "1d").await;
    assert!(!told.contains("no quota"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn songs_of_a_grant_are_remembered_as_long_as_it_lasts() {
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    let settings = [("USER_QUOTA", "0/1d"), ("GLOBAL_QUOTA", "9/1d")];
    let mut world = World::asleep(&settings, DiscordRules::default(), rules).await;
    world.discord.set_clock_offset(-30 * DAY);
    world.wake_bot().await;
    grant(&world, 1, "1d").await;
    world.sings("a month ago").await;
    world.discord.set_clock_offset(-10 * DAY);
    grant(&world, 1, "20d").await;
    let of_grant = world.song(&world.ann, "ten days ago").await;
    done(&of_grant).await;
    world.discord.set_clock_offset(0);
    let unlimited = [("person", id(&world.bob)), ("quota", json!("unlimited"))];
    admin(&world.owner(), "quota set", &unlimited).await;
    let today = world.song(&world.bob, "today").await;
    done(&today).await;

    // The host shortens the memory; what counts is remembered all the same.
    world.stop_bot().await;
    world.set("HISTORY_RETENTION", "1d");
    world.wake_bot().await;
    let forgetting = async {
        while remembered(&world).await.len() > 2 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(DEADLINE, forgetting).await.expect("what is old enough is forgotten");
    assert_eq!(remembered(&world).await, [of_grant.id, today.id]);
    assert!(world.refused("one too many").await.contains("Its owner decides that"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_lets_a_quota_begin_anew() {
    let mut world = moderated(&[("USER_QUOTA", "1/1d"), ("GLOBAL_QUOTA", "2/1d")]).await;
    world.sings("the first").await;
    world.refused("too many").await;
    let told = admin(&world.owner(), "quota reset", &[("person", id(&world.ann))]).await;
    assert!(told.contains("has been reset"), "{told}");
    world.sings("the second").await;
    world.stop_bot().await;
    world.wake_bot().await;
    assert!(world.refused("too many").await.contains("You have used up"));
    admin(&world.owner(), "quota reset", &[("person", id(&world.ann))]).await;
    assert!(world.refused("nothing was deleted").await.contains("2 songs a day for everybody"));
}

#[tokio::test(flavor = "multi_thread")]
async fn quotas_set_by_command_outlive_a_restart() {
    let mut world = moderated(&[("USER_QUOTA", "1/1d")]).await;
    let ann = ("person", id(&world.ann));
    let mut options = quota("2/1d");
    options.push(ann.clone());
    admin(&world.owner(), "quota set", &options).await;
    admin(&world.owner(), "quota global", &quota("3/1d")).await;
    world.stop_bot().await;
    world.wake_bot().await;
    world.sings("the first").await;
    world.sings("the second").await;
    assert!(world.refused("too many").await.contains("used up your 2 songs a day"));
    done(&world.song(&world.bob, "Bob's").await).await;
    let told = world.one_more(&world.discord.owner()).await.unwrap_err();
    assert!(told.contains("used up its 3 songs a day for everybody"), "{told}");

    for (subcommand, options) in [
        ("quota set", vec![ann.clone(), quota("default").remove(0)]),
        ("quota global", quota("default")),
    ] {
        admin(&world.owner(), subcommand, &options).await;
    }
    assert!(world.refused("too many").await.contains("used up your 1 song a day"));
    world.one_more(&world.discord.owner()).await.unwrap();
    for text in ["5", "5/0s", "many", "5/1d/1d"] {
        let told = admin(&world.owner(), "quota global", &quota(text)).await;
        assert!(told.contains("can't read that quota"), "{text}: {told}");
    }
    let told = admin(&world.owner(), "quota global", &quota("5/100d")).await;
    assert!(told.contains("forgotten after 90d"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn moderators_lower_their_servers_quota_and_the_owner_raises_it() {
    let world = moderated(&[("GUILD_QUOTA", "2/1d")]).await;
    let told = admin(&world.moderator(), "quota server", &quota("1/1d")).await;
    assert!(told.contains("quota of this server is now 1 song a day"), "{told}");
    world.sings("the first").await;
    assert!(world.refused("too many").await.contains("its 1 song a day"));
    admin(&world.moderator(), "quota server", &quota("default")).await;
    world.sings("the second").await;
    assert!(world.refused("too many").await.contains("its 2 songs a day"));
    admin(&world.owner(), "quota server", &quota("3/1d")).await;
    world.sings("the third").await;
    let told = admin(&world.moderator(), "quota server", &quota("4/1d")).await;
    assert!(told.contains("only lower this server's quota of 3 songs a day"), "{told}");
    admin(&world.moderator(), "quota server", &quota("3/1w")).await;
    assert!(world.refused("too many").await.contains("its 3 songs a week"));
    // What the owner sets takes the place of what moderators have lowered.
    admin(&world.owner(), "quota server", &quota("4/1d")).await;
    world.sings("the fourth").await;
    admin(&world.moderator(), "quota server", &quota("1/1d")).await;
    let told = admin(&world.owner(), "quota server", &quota("default")).await;
    assert!(told.contains("back to the bot's own quota: 2 songs a day"), "{told}");
    assert!(world.refused("too many").await.contains("its 2 songs a day"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_granted_between_two_songs_counts_at_once() {
    let mut world = World::asleep(
        &[("USER_QUOTA", "1/1d")],
        DiscordRules::default(),
        WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() },
    )
    .await;
    let role = world.server.add_role("Patrons");
    world.set("ROLE_QUOTAS", &format!("{}=2/1d", role.id()));
    world.wake_bot().await;
    world.sings("as a member").await;
    world.refused("too many").await;
    world.server.give_role(&world.ann, &role);
    world.sings("as a patron").await;
    assert!(world.refused("too many").await.contains("2 songs a day"));
    world.server.take_role(&world.ann, &role);
    assert!(world.refused("too many").await.contains("1 song a day"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_sees_what_a_person_has_left() {
    let world = moderated(&[("USER_QUOTA", "3/1d"), ("USER_CONCURRENCY", "2")]).await;
    world.whisul.plan("slow", sandbox::Plan::song().until_told());
    world.sings("done").await;
    grant(&world, 4, "7d").await;
    let slow = world.song(&world.ann, "slow").await;
    slow.until("a song that is made", |message| title(message).contains("Composing")).await;
    let shown = admin(&world.owner(), "quota show", &[("person", id(&world.ann))]).await;
    for part in ["1 of 3 songs a day", "1 of 2 songs at once", "4 songs extra", "Composing"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!shown.contains("slow"), "no prompt is shown: {shown}");
    let elsewhere = song_at(&world.ann.dm(), "slow in private").await;
    elsewhere.answer().await.expect("an answer at once");
    let shown = admin(&world.owner(), "quota show", &[("person", id(&world.ann))]).await;
    assert!(shown.contains("0 of 2 songs at once"), "{shown}");
    assert!(shown.contains(&slow.id.to_string()), "{shown}");
    let bob = [("person", id(&world.bob)), ("reason", json!("why"))];
    admin(&world.moderator(), "block", &bob).await;
    let shown = admin(&world.owner(), "quota show", &bob[..1]).await;
    assert!(shown.contains("Blocked in this server") && shown.contains("3 of 3"), "{shown}");
    // Somebody who is in none of the bot's servers can still be looked up.
    let stranger = world.discord.add_person("Cid");
    let shown = admin(&world.owner(), "quota show", &[("person", id(&stranger))]).await;
    assert!(shown.contains("3 of 3"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_sees_what_members_do_in_their_server_alone() {
    let world = moderated(&[("USER_QUOTA", "9/1d"), ("GUILD_QUOTA", "8/1d")]).await;
    let elsewhere = world.discord.add_server("Another server");
    let there = elsewhere.add_channel("songs");
    elsewhere.join(&world.ann);
    let seen =
        async || admin(&world.moderator(), "quota show", &[("person", id(&world.ann))]).await;
    let before = seen().await;
    assert!(before.contains("0 in the last 24 hours, 0 in the last 30 days"), "{before}");
    // Whatever she does elsewhere, and whatever the owner has decided about her, shows nothing.
    for seat in [world.ann.at(&there), world.ann.dm()] {
        done(&song_at(&seat, "elsewhere").await).await;
    }
    grant(&world, 4, "7d").await;
    let ann = || ("person", id(&world.ann));
    admin(&world.owner(), "quota set", &[ann(), quota("7/1d").remove(0)]).await;
    let block = [ann(), ("reason", json!("abuse")), ("everywhere", json!(true))];
    admin(&world.owner(), "block", &block).await;
    assert_eq!(seen().await, before);
    admin(&world.owner(), "unblock", &[ann(), ("everywhere", json!(true))]).await;

    world.sings("here").await;
    admin(&world.moderator(), "block", &[ann(), ("reason", json!("noise"))]).await;
    let after = seen().await;
    for part in [
        "1 in the last 24 hours, 1 in the last 30 days",
        "7 of 8 songs a day in this server",
        "Blocked in this server",
    ] {
        assert!(after.contains(part), "{part}: {after}");
    }
    // Who is not here is nobody's business here.
    let stranger = world.discord.add_person("Cid");
    done(&song_at(&stranger.dm(), "in private").await).await;
    let told = admin(&world.moderator(), "quota show", &[("person", id(&stranger))]).await;
    assert!(told.contains("is not in this server") && !told.contains('1'), "{told}");
}
