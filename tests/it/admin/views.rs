//! What admins see: jobs, numbers, servers, the log and the settings.

use std::time::Duration;

use sandbox::{Fault, Plan};
use serde_json::json;
use tokio::time::timeout;

use super::{admin, id, moderated};
use crate::world::{DEADLINE, World, description, done, failed, song_at, title};

/// A world with room for one song at a time, in which Bob's takes until it is told to end and Ann's
/// waits.
async fn with_a_line() -> (World, sandbox::Invocation) {
    let world = moderated(&[("MAX_RUNNING", "1")]).await;
    world.whisul.plan("first", Plan::song().until_told());
    world.song(&world.bob, "the first song").await;
    world.whisul.until_accepted("the first song").await;
    let waiting = world.song(&world.ann, "the second song").await;
    waiting.until("a place in line", |message| title(message).contains("In line")).await;
    (world, waiting)
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_is_seen_and_can_be_cancelled() {
    let (world, waiting) = with_a_line().await;
    let message = waiting.message().unwrap();
    let link = format!("/channels/{}/{}/{}", world.server.id(), message.channel_id, message.id);
    let seen = async {
        // The message is known a moment before it is written down.
        loop {
            let seen = admin(&world.moderator(), "jobs", &[]).await;
            if seen.contains(&link) {
                return seen;
            }
        }
    };
    let seen = timeout(DEADLINE, seen).await.expect("a link to the message");
    for part in [world.ann.mention(), world.bob.mention(), waiting.id.to_string()] {
        assert!(seen.contains(&part), "{part}: {seen}");
    }
    assert!(!seen.contains("second song"), "no prompt is shown: {seen}");

    let song = ("song", json!(waiting.id.to_string()));
    let told =
        admin(&world.moderator(), "cancel", &[song.clone(), ("reason", json!("late"))]).await;
    assert!(told.contains("is cancelled"), "{told}");
    waiting.until("the news", |message| title(message) == "Cancelled").await;
    let told = admin(&world.moderator(), "cancel", &[song]).await;
    assert!(told.contains("That song is over, or is being made"), "{told}");
    let log = admin(&world.moderator(), "log", &[]).await;
    let did = format!(
        "{} cancelled song `{}` of {}. Reason: late",
        world.bob.mention(),
        waiting.id,
        world.ann.mention()
    );
    assert!(log.contains(&did), "{log}");
    assert_eq!(world.submissions("second song"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_ends_a_song_that_is_being_made_and_nobody_else_can() {
    let settings = [("MAX_RUNNING", "1"), ("USER_QUOTA", "1/1d"), ("GLOBAL_QUOTA", "2/1d")];
    let world = moderated(&settings).await;
    world.whisul.plan("endless", Plan::song().until_told());
    let endless = world.song(&world.ann, "an endless song").await;
    let job = world.whisul.until_polled("endless", 2).await.id;
    // Not even one that can't be read, while the owner can't wait.
    world.whisul.faults().add(Fault::on("GET", &format!("/api/jobs/{job}")).garbage());
    let song = [("song", json!(endless.id.to_string()))];
    let told = admin(&world.moderator(), "cancel", &song).await;
    assert!(told.contains("only the bot's owner"), "{told}");
    let told = admin(&world.owner(), "cancel", &song).await;
    assert!(told.contains("The song is ended."), "{told}");
    let ended = failed(&endless).await;
    let text = description(&ended);
    assert!(text.contains("The bot's owner ended this song. It doesn't count"), "{text}");
    // The room is free, and Ann has her charge back, but the key has not.
    done(&world.song_once_free(&world.ann, "another song").await).await;
    let refused = world.one_more(&world.bob).await.expect_err("the key has paid for two");
    assert!(refused.starts_with("This bot has used up its 2 songs a day"), "{refused}");
    let told = admin(&world.owner(), "cancel", &song).await;
    assert!(told.contains("is over"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_ends_a_song_whose_prompt_is_on_its_way() {
    let settings = [("USER_QUOTA", "1/1d"), ("GLOBAL_QUOTA", "2/1d")];
    let world = moderated(&settings).await;
    world.whisul.plan("endless", Plan::song().until_told());
    let slow = Fault::on("POST", "/api/generate").delay(Duration::from_secs(6)).times(1);
    let slow = world.whisul.faults().add(slow);
    let endless = world.song(&world.ann, "an endless song").await;
    let sent = || (world.whisul.faults().hits(slow) == 1).then_some(());
    sandbox::until("the prompt on its way", &world.whisul.changed(), sent).await;
    let song = [("song", json!(endless.id.to_string()))];
    let told = admin(&world.moderator(), "cancel", &song).await;
    assert!(told.contains("only the bot's owner can end it"), "{told}");
    let told = admin(&world.owner(), "cancel", &song).await;
    assert!(told.contains("ends as soon as Whisul answers"), "{told}");
    let text = description(&failed(&endless).await).to_owned();
    assert!(text.contains("The bot's owner ended this song. It doesn't count"), "{text}");
    done(&world.song_once_free(&world.ann, "another song").await).await;
    let refused = world.one_more(&world.bob).await.expect_err("the key has paid for two");
    assert!(refused.starts_with("This bot has used up its 2 songs a day"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_reaches_no_song_of_another_server() {
    let (world, waiting) = with_a_line().await;
    let elsewhere = world.discord.add_server("Another server");
    let there = elsewhere.add_channel("songs");
    elsewhere.join(&world.ann);
    let other = song_at(&world.ann.at(&there), "elsewhere").await;
    other.answer().await.unwrap();
    let seen = admin(&world.moderator(), "jobs", &[]).await;
    assert!(!seen.contains(&other.id.to_string()), "{seen}");
    let suggested = world.moderator().autocomplete("admin cancel", "song", "song").await.unwrap();
    let values: Vec<_> = suggested.iter().map(|choice| choice["value"].clone()).collect();
    assert_eq!(values, [json!(waiting.id.to_string())], "what waits here, and nothing else");
    for song in [other.id.to_string(), "0".to_owned(), u64::MAX.to_string()] {
        let told = admin(&world.moderator(), "cancel", &[("song", json!(song))]).await;
        assert!(told.contains("no such song in line here"), "{told}");
    }
    for song in ["", "-1", "x", "<@1>"].into_iter().filter(|song| !song.is_empty()) {
        let told = admin(&world.moderator(), "cancel", &[("song", json!(song))]).await;
        assert!(told.contains("no song's number"), "{told}");
    }
    let everywhere = [("everywhere", json!(true))];
    assert!(admin(&world.owner(), "jobs", &everywhere).await.contains(&other.id.to_string()));
    let told = admin(&world.owner(), "cancel", &[("song", json!(other.id.to_string()))]).await;
    assert!(told.contains("is cancelled"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn songs_in_line_are_offered_by_the_names_and_words_that_people_know() {
    let mut world = moderated(&[("MAX_RUNNING", "1")]).await;
    world.whisul.plan("first", Plan::song().until_told());
    world.song(&world.bob, "the first song").await;
    world.whisul.until_accepted("the first song").await;
    let long = format!("minute two by {}", "the sea and the wind ".repeat(20));
    let waiting = world.song(&world.ann, &long).await;
    waiting.until("a place in line", |message| title(message).contains("In line")).await;
    let offered = async |world: &World, typed: &str| {
        let choices = world.moderator().autocomplete("admin cancel", "song", typed).await.unwrap();
        for choice in &choices {
            assert_eq!(choice["value"], waiting.id.to_string().as_str());
        }
        let name = |choice: &serde_json::Value| choice["name"].as_str().unwrap().to_owned();
        choices.iter().map(name).collect::<Vec<_>>()
    };
    let listed = timeout(DEADLINE, async { while offered(&world, "").await.is_empty() {} });
    listed.await.expect("it is written down");
    let names = offered(&world, "").await;
    assert!(names[0].starts_with("1 · Ann · minute two by the sea"), "{names:?}");
    assert!(names[0].ends_with('…') && names[0].encode_utf16().count() <= 100, "{names:?}");
    for typed in ["ann", "MINUTE", "1 · Ann"] {
        assert_eq!(offered(&world, typed).await, names, "{typed}");
    }
    assert!(offered(&world, "polka").await.is_empty());
    // After a restart Discord says what people are called, and where it does not, the words do.
    world.stop_bot().await;
    world.wake_bot().await;
    let silent = world.discord.faults().add(Fault::on("GET", "/api/v10/guilds/**").hang());
    assert!(offered(&world, "").await[0].starts_with("1 · minute two by the sea"));
    world.discord.faults().remove(silent);
    assert_eq!(offered(&world, "").await, names);
    world.whisul.finish("first");
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_about_songs() {
    let world = moderated(&[]).await;
    world.whisul.plan("broken", Plan::fails(None));
    for prompt in ["one", "two"] {
        world.sings(prompt).await;
    }
    failed(&world.song(&world.bob, "broken").await).await;
    done(&song_at(&world.bob.dm(), "in private").await).await;
    let here = admin(&world.moderator(), "stats", &[]).await;
    assert_eq!(here.matches("2 made, 1 failed").count(), 2, "{here}");
    assert!(here.contains(&format!("{} · 2", world.ann.mention())), "{here}");
    assert!(!here.contains(&world.bob.mention()), "{here}");
    let all = admin(&world.owner(), "stats", &[("everywhere", json!(true))]).await;
    assert_eq!(all.matches("3 made, 1 failed").count(), 2, "{all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_admins_did_is_on_record() {
    let mut world = moderated(&[]).await;
    let person = ("person", id(&world.ann));
    let reason = |text: &str| ("reason", json!(text));
    admin(&world.moderator(), "block", &[person.clone(), reason("**noise** @everyone")]).await;
    let options = [person, ("songs", json!(1)), ("for", json!("1d")), reason("a gift")];
    admin(&world.owner(), "quota grant", &options).await;
    world.stop_bot().await;
    world.wake_bot().await;
    let log = admin(&world.moderator(), "log", &[]).await;
    let (bob, ann) = (world.bob.mention(), world.ann.mention());
    assert!(log.contains(&format!("{bob} blocked {ann} in this server.")), "{log}");
    assert!(log.contains(r"Reason: \*\*noise\*\* \@everyone"), "{log}");
    assert!(!log.contains("a gift"), "a moderator sees what holds in their server: {log}");
    let all = admin(&world.owner(), "log", &[("everywhere", json!(true))]).await;
    assert!(
        all.contains(&format!("gave {ann} 1 extra song")) && all.contains("Reason: a gift"),
        "{all}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_names_servers_and_tells_what_came_too_late() {
    let world = moderated(&[]).await;
    let elsewhere = world.discord.add_server("Jazz *club*");
    let there = elsewhere.add_channel("songs");
    elsewhere.join(&world.discord.owner());
    let owner_there = world.discord.owner().at(&there);
    admin(&world.moderator(), "pause", &[("reason", json!("movie night"))]).await;
    admin(&owner_there, "words add", &[("word", json!("badger"))]).await;
    admin(&world.moderator(), "resume", &[]).await;
    let asked = world.song(&world.ann, "a slow waltz").await;
    done(&asked).await;
    let song = [("song", json!(asked.id.to_string()))];
    admin(&world.moderator(), "cancel", &song).await;
    let all = admin(&world.owner(), "log", &[("everywhere", json!(true))]).await;
    let (bob, owner) = (world.bob.mention(), world.discord.owner().mention());
    for told in [
        format!("· {bob} paused songs in Music lovers. Reason: movie night"),
        format!(r"· {owner} blocked the word ||badger|| in Jazz \*club\*."),
        format!("· {bob} allowed songs in Music lovers again."),
        format!("· {bob} tried to cancel song `{}`.", asked.id),
    ] {
        assert!(all.contains(&told), "{told}: {all}");
    }
    assert!(!all.contains("this server"), "{all}");
    let here = admin(&world.moderator(), "log", &[]).await;
    assert!(here.contains(&format!("{bob} paused songs in this server.")), "{here}");
    // A Discord that does not name its servers leaves their ids.
    let fault =
        world.discord.faults().add(Fault::on("GET", "/api/v10/users/@me/guilds").status(500));
    let mut world = world;
    world.stop_bot().await;
    world.wake_bot().await;
    let all = admin(&world.owner(), "log", &[("everywhere", json!(true))]).await;
    assert!(all.contains(&format!("paused songs in server `{}`.", world.server.id())), "{all}");
    world.discord.faults().remove(fault);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_name_roles_and_servers_to_those_whom_they_concern() {
    let mut world = moderated(&[("GLOBAL_QUOTA", "100/1d")]).await;
    let patrons = world.server.add_role("Patrons");
    world.stop_bot().await;
    world.set("ROLE_QUOTAS", &format!("{}=20/1d,345678901234567890=unlimited", patrons.id()));
    world.set("ALLOWED_GUILDS", &format!("{},456789012345678901", world.server.id()));
    world.wake_bot().await;
    let seen = admin(&world.moderator(), "settings", &[]).await;
    let role = format!("`ROLE_QUOTAS` <@&{}>: 20 songs a day · environment", patrons.id());
    assert!(seen.contains(&role), "{seen}");
    assert!(seen.contains("`GLOBAL_QUOTA` 100/1d · environment"), "{seen}");
    assert!(!seen.contains("`345678901234567890`") && !seen.contains("ALLOWED_GUILDS"), "{seen}");
    let all = admin(&world.owner(), "settings", &[]).await;
    let roles =
        format!("<@&{}>: 20 songs a day, role `345678901234567890`: unlimited", patrons.id());
    assert!(all.contains(&roles), "{all}");
    assert!(
        all.contains("`ALLOWED_GUILDS` Music lovers, server `456789012345678901` · environment"),
        "{all}"
    );
    // Where Discord does not tell the roles, they are shown by their ids.
    let fault = world.discord.faults().add(Fault::on("GET", "/api/v10/guilds/*/roles").status(500));
    let seen = admin(&world.moderator(), "settings", &[]).await;
    assert!(seen.contains(&format!("role `{}`: 20 songs a day", patrons.id())), "{seen}");
    world.discord.faults().remove(fault);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_shown_with_where_they_come_from() {
    let mut world = moderated(&[("GUILD_QUOTA", "5/1d")]).await;
    let seen = admin(&world.moderator(), "settings", &[]).await;
    assert!(seen.contains("`GUILD_QUOTA` 5/1d · environment"), "{seen}");
    assert!(!seen.contains("WHISUL") && !seen.contains("DATABASE"), "{seen}");
    admin(&world.moderator(), "quota server", &[("quota", json!("2/1d"))]).await;
    let seen = admin(&world.moderator(), "settings", &[]).await;
    assert!(seen.contains("`GUILD_QUOTA` 2/1d · command"), "{seen}");

    // Once the owner gives less than that, what was lowered no longer counts.
    world.stop_bot().await;
    world.set("GUILD_QUOTA", "1/1d");
    world.wake_bot().await;
    let seen = admin(&world.moderator(), "settings", &[]).await;
    assert!(seen.contains("`GUILD_QUOTA` 1/1d · environment"), "{seen}");

    let all = admin(&world.owner(), "settings", &[]).await;
    for part in ["`DISCORD_TOKEN` set · environment", "`JOB_TIMEOUT` 20m · default"] {
        assert!(all.contains(part), "{part}: {all}");
    }
    assert!(!all.contains(&world.whisul.key()) && !all.contains(&world.discord.token()), "{all}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_is_told_how_many_people_have_a_quota_of_their_own() {
    let world = moderated(&[]).await;
    let set = async |person, quota: &str| {
        let options = [("person", id(person)), ("quota", json!(quota))];
        admin(&world.owner(), "quota set", &options).await;
    };
    let said = async || admin(&world.owner(), "settings", &[]).await;
    assert!(said().await.contains("Nobody has a quota of their own."));
    set(&world.ann, "1/1d").await;
    set(&world.ann, "2/1d").await;
    assert!(said().await.contains("1 person has a quota of their own."));
    set(&world.bob, "unlimited").await;
    let two = said().await;
    assert!(two.contains("2 people have a quota of their own."), "{two}");
    assert!(two.ends_with("What holds for one person: /admin quota show"), "{two}");
    set(&world.ann, "default").await;
    assert!(said().await.contains("1 person has a quota of their own."));

    // It holds in every server, and so is not a moderator's to count.
    let seen = admin(&world.moderator(), "settings", &[]).await;
    assert!(!seen.contains("quota of their own"), "{seen}");
    assert!(seen.ends_with("What holds for one person: /admin quota show"), "{seen}");
}
