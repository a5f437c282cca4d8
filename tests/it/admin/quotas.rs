//! Grants, resets and quotas set by command.

use std::time::Duration;

use sandbox::{DiscordRules, WhisulRules};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::{admin, id, moderated};
use crate::{
    fixture::{DEADLINE, Fixture, done, failed, song_at, title},
    storage::database_file::remembered,
};

const DAY: i64 = 24 * 3_600_000;

async fn grant(fixture: &Fixture, songs: u32, lasting: &str) -> String {
    let options = [
        ("person", id(&fixture.ann)),
        ("songs", json!(songs)),
        ("for", json!(lasting)),
        ("reason", json!("a birthday")),
    ];
    admin(&fixture.owner(), "quota grant", &options).await
}

fn quota(text: &str) -> Vec<(&'static str, Value)> {
    vec![("quota", json!(text))]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_is_used_up_after_the_quota_and_comes_back_on_a_refund() {
    let mut fixture = moderated(&[("USER_QUOTA", "1/1d")]).await;
    fixture.whisul.plan("broken", sandbox::Plan::fails(None));
    let told = grant(&fixture, 2, "7d").await;
    assert!(
        told.contains("has 2 extra songs until") && told.contains(&fixture.ann.mention()),
        "{told}"
    );

    fixture.sings("of the quota").await;
    fixture.discord.set_clock_offset(DAY / 2);
    fixture.sings("of the grant").await;
    failed(&fixture.song(&fixture.ann, "broken").await).await;
    fixture.stop_bot().await;
    fixture.start_and_wait_until_ready().await;
    done(&fixture.song_once_allowed(&fixture.ann, "of the grant again").await).await;
    assert!(fixture.refused("too many").await.contains("used up your 1 song a day"));

    // The quota goes on by itself; songs that a grant paid for take nothing from it.
    fixture.discord.set_clock_offset(DAY + 1000);
    fixture.sings("the next day").await;
    fixture.refused("too many").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_expires_and_lifts_no_other_limit() {
    let fixture = moderated(&[("USER_QUOTA", "0/1d"), ("GUILD_QUOTA", "1/1d")]).await;
    grant(&fixture, 5, "1d").await;
    fixture.sings("the server's only one").await;
    assert!(fixture.refused("too many").await.contains("This server has used up"));
    fixture.discord.set_clock_offset(DAY + 1000);
    assert!(fixture.refused("too late").await.contains("Its owner decides that"));
    for lasting in ["soon", "0d", "-1d", "7"] {
        assert!(grant(&fixture, 1, lasting).await.contains("can't read that duration"));
    }
    assert!(grant(&fixture, 1, "91d").await.contains("forgotten after 90d"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_to_somebody_without_a_quota_is_said_to_be_unneeded() {
    let fixture = moderated(&[("USER_QUOTA", "unlimited")]).await;
    let told = grant(&fixture, 5, "1d").await;
    assert!(told.contains("They have no quota at the moment"), "{told}");
    let ann = ("person", id(&fixture.ann));
    admin(&fixture.owner(), "quota set", &[ann, ("quota", json!("1/1d"))]).await;
    let told = grant(&fixture, 5, "1d").await;
    assert!(!told.contains("no quota"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn songs_of_a_grant_are_remembered_as_long_as_it_lasts() {
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    let settings = [("USER_QUOTA", "0/1d"), ("GLOBAL_QUOTA", "9/1d")];
    let mut fixture = Fixture::without_bot(&settings, DiscordRules::default(), rules).await;
    fixture.discord.set_clock_offset(-30 * DAY);
    fixture.start_and_wait_until_ready().await;
    grant(&fixture, 1, "1d").await;
    fixture.sings("a month ago").await;
    fixture.discord.set_clock_offset(-10 * DAY);
    grant(&fixture, 1, "20d").await;
    let of_grant = fixture.song(&fixture.ann, "ten days ago").await;
    done(&of_grant).await;
    fixture.discord.set_clock_offset(0);
    let unlimited = [("person", id(&fixture.bob)), ("quota", json!("unlimited"))];
    admin(&fixture.owner(), "quota set", &unlimited).await;
    let today = fixture.song(&fixture.bob, "today").await;
    done(&today).await;

    // The host shortens the memory; what counts is remembered all the same.
    fixture.stop_bot().await;
    fixture.set("HISTORY_RETENTION", "1d");
    fixture.start_and_wait_until_ready().await;
    let forgetting = async {
        while remembered(&fixture).await.len() > 2 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(DEADLINE, forgetting).await.expect("what is old enough is forgotten");
    assert_eq!(remembered(&fixture).await, [of_grant.id, today.id]);
    assert!(fixture.refused("one too many").await.contains("Its owner decides that"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_restores_the_full_quota() {
    let mut fixture = moderated(&[("USER_QUOTA", "1/1d"), ("GLOBAL_QUOTA", "2/1d")]).await;
    fixture.sings("the first").await;
    fixture.refused("too many").await;
    let told = admin(&fixture.owner(), "quota reset", &[("person", id(&fixture.ann))]).await;
    assert!(told.contains("has been reset"), "{told}");
    fixture.sings("the second").await;
    fixture.stop_bot().await;
    fixture.start_and_wait_until_ready().await;
    assert!(fixture.refused("too many").await.contains("You have used up"));
    admin(&fixture.owner(), "quota reset", &[("person", id(&fixture.ann))]).await;
    assert!(fixture.refused("nothing was deleted").await.contains("2 songs a day for everybody"));
}

#[tokio::test(flavor = "multi_thread")]
async fn quotas_set_by_command_survive_a_restart() {
    let mut fixture = moderated(&[("USER_QUOTA", "1/1d")]).await;
    let ann = ("person", id(&fixture.ann));
    let mut options = quota("2/1d");
    options.push(ann.clone());
    admin(&fixture.owner(), "quota set", &options).await;
    admin(&fixture.owner(), "quota global", &quota("3/1d")).await;
    fixture.stop_bot().await;
    fixture.start_and_wait_until_ready().await;
    fixture.sings("the first").await;
    fixture.sings("the second").await;
    assert!(fixture.refused("too many").await.contains("used up your 2 songs a day"));
    done(&fixture.song(&fixture.bob, "Bob's").await).await;
    let told = fixture.one_more(&fixture.discord.owner()).await.unwrap_err();
    assert!(told.contains("used up its 3 songs a day for everybody"), "{told}");

    for (subcommand, options) in [
        ("quota set", vec![ann.clone(), quota("default").remove(0)]),
        ("quota global", quota("default")),
    ] {
        admin(&fixture.owner(), subcommand, &options).await;
    }
    assert!(fixture.refused("too many").await.contains("used up your 1 song a day"));
    fixture.one_more(&fixture.discord.owner()).await.unwrap();
    for text in ["5", "5/0s", "many", "5/1d/1d"] {
        let told = admin(&fixture.owner(), "quota global", &quota(text)).await;
        assert!(told.contains("can't read that quota"), "{text}: {told}");
    }
    let told = admin(&fixture.owner(), "quota global", &quota("5/100d")).await;
    assert!(told.contains("forgotten after 90d"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn moderators_lower_their_servers_quota_and_the_owner_raises_it() {
    let fixture = moderated(&[("GUILD_QUOTA", "2/1d")]).await;
    let told = admin(&fixture.moderator(), "quota server", &quota("1/1d")).await;
    assert!(told.contains("quota of this server is now 1 song a day"), "{told}");
    fixture.sings("the first").await;
    assert!(fixture.refused("too many").await.contains("its 1 song a day"));
    admin(&fixture.moderator(), "quota server", &quota("default")).await;
    fixture.sings("the second").await;
    assert!(fixture.refused("too many").await.contains("its 2 songs a day"));
    admin(&fixture.owner(), "quota server", &quota("3/1d")).await;
    fixture.sings("the third").await;
    let told = admin(&fixture.moderator(), "quota server", &quota("4/1d")).await;
    assert!(told.contains("only lower this server's quota of 3 songs a day"), "{told}");
    admin(&fixture.moderator(), "quota server", &quota("3/1w")).await;
    assert!(fixture.refused("too many").await.contains("its 3 songs a week"));
    // What the owner sets takes the place of what moderators have lowered.
    admin(&fixture.owner(), "quota server", &quota("4/1d")).await;
    fixture.sings("the fourth").await;
    admin(&fixture.moderator(), "quota server", &quota("1/1d")).await;
    let told = admin(&fixture.owner(), "quota server", &quota("default")).await;
    assert!(told.contains("back to the bot's own quota: 2 songs a day"), "{told}");
    assert!(fixture.refused("too many").await.contains("its 2 songs a day"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_granted_between_two_songs_counts_at_once() {
    let mut fixture = Fixture::without_bot(
        &[("USER_QUOTA", "1/1d")],
        DiscordRules::default(),
        WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() },
    )
    .await;
    let role = fixture.server.add_role("Patrons");
    fixture.set("ROLE_QUOTAS", &format!("{}=2/1d", role.id()));
    fixture.start_and_wait_until_ready().await;
    fixture.sings("as a member").await;
    fixture.refused("too many").await;
    fixture.server.give_role(&fixture.ann, &role);
    fixture.sings("as a patron").await;
    assert!(fixture.refused("too many").await.contains("2 songs a day"));
    fixture.server.take_role(&fixture.ann, &role);
    assert!(fixture.refused("too many").await.contains("1 song a day"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_sees_what_a_person_has_left() {
    let fixture = moderated(&[("USER_QUOTA", "3/1d"), ("USER_CONCURRENCY", "2")]).await;
    fixture.whisul.plan("slow", sandbox::Plan::song().until_told());
    fixture.sings("done").await;
    grant(&fixture, 4, "7d").await;
    let slow = fixture.song(&fixture.ann, "slow").await;
    slow.until("a song that is made", |message| title(message).contains("Composing")).await;
    let shown = admin(&fixture.owner(), "quota show", &[("person", id(&fixture.ann))]).await;
    for part in ["1 of 3 songs a day", "1 of 2 songs at once", "4 songs extra", "Composing"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!shown.contains("slow"), "no prompt is shown: {shown}");
    let elsewhere = song_at(&fixture.ann.dm(), "slow in private").await;
    elsewhere.answer().await.expect("a response at once");
    let shown = admin(&fixture.owner(), "quota show", &[("person", id(&fixture.ann))]).await;
    assert!(shown.contains("0 of 2 songs at once"), "{shown}");
    assert!(shown.contains(&slow.id.to_string()), "{shown}");
    let bob = [("person", id(&fixture.bob)), ("reason", json!("why"))];
    admin(&fixture.moderator(), "block", &bob).await;
    let shown = admin(&fixture.owner(), "quota show", &bob[..1]).await;
    assert!(shown.contains("Blocked in this server") && shown.contains("3 of 3"), "{shown}");
    // Somebody who is in none of the bot's servers can still be looked up.
    let stranger = fixture.discord.add_person("Cid");
    let shown = admin(&fixture.owner(), "quota show", &[("person", id(&stranger))]).await;
    assert!(shown.contains("3 of 3"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_sees_what_members_do_in_their_server_alone() {
    let fixture = moderated(&[("USER_QUOTA", "9/1d"), ("GUILD_QUOTA", "8/1d")]).await;
    let elsewhere = fixture.discord.add_server("Another server");
    let there = elsewhere.add_channel("songs");
    elsewhere.join(&fixture.ann);
    let seen =
        async || admin(&fixture.moderator(), "quota show", &[("person", id(&fixture.ann))]).await;
    let before = seen().await;
    assert!(before.contains("0 in the last 24 hours, 0 in the last 30 days"), "{before}");
    // Whatever she does elsewhere, and whatever the owner has decided about her, shows nothing.
    for client in [fixture.ann.at(&there), fixture.ann.dm()] {
        done(&song_at(&client, "elsewhere").await).await;
    }
    grant(&fixture, 4, "7d").await;
    let ann = || ("person", id(&fixture.ann));
    admin(&fixture.owner(), "quota set", &[ann(), quota("7/1d").remove(0)]).await;
    let block = [ann(), ("reason", json!("abuse")), ("everywhere", json!(true))];
    admin(&fixture.owner(), "block", &block).await;
    assert_eq!(seen().await, before);
    admin(&fixture.owner(), "unblock", &[ann(), ("everywhere", json!(true))]).await;

    fixture.sings("here").await;
    admin(&fixture.moderator(), "block", &[ann(), ("reason", json!("noise"))]).await;
    let after = seen().await;
    for part in [
        "1 in the last 24 hours, 1 in the last 30 days",
        "7 of 8 songs a day in this server",
        "Blocked in this server",
    ] {
        assert!(after.contains(part), "{part}: {after}");
    }
    // Who is not here is nobody's business here.
    let stranger = fixture.discord.add_person("Cid");
    done(&song_at(&stranger.dm(), "in private").await).await;
    let told = admin(&fixture.moderator(), "quota show", &[("person", id(&stranger))]).await;
    assert!(told.contains("is not in this server") && !told.contains('1'), "{told}");
}
