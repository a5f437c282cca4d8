//! Blocks, pauses and blocked words: whatever way somebody asks.

use std::time::Duration;

use sandbox::{ClientRefusal, DiscordRules, Invocation, Message, NoAnswer, Plan, WhisulRules};
use serde_json::json;

use super::{admin, id, make_moderator, moderated};
use crate::fixture::{Fixture, done, refusal, song_at};

/// Ann clicks a button of hers.
async fn click(fixture: &Fixture, message: &Message, label: &str) -> Invocation {
    let button = message.button(label).unwrap_or_else(|| panic!("no {label}: {}", message.text()));
    let client = fixture.ann.at(&fixture.channel);
    client.click(message.id, &button.custom_id.unwrap()).await.expect("Discord takes the click")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_person_gets_no_song_in_any_way() {
    let mut fixture = moderated(&[]).await;
    let song = done(&fixture.song(&fixture.ann, "before the block").await).await;
    let ann = ("person", id(&fixture.ann));
    let told =
        admin(&fixture.moderator(), "block", &[ann.clone(), ("reason", json!("spam"))]).await;
    assert!(
        told.contains(&fixture.ann.mention()) && told.contains("blocked in this server"),
        "{told}"
    );

    let told = fixture.refused("after it").await;
    assert!(told.contains("have blocked you") && !told.contains("spam"), "{told}");
    let told = refusal(&click(&fixture, &song, "Again").await).await;
    assert!(told.contains("have blocked you"), "{told}");
    let Err(NoAnswer::Modal(form)) = click(&fixture, &song, "Edit prompt").await.answer().await
    else {
        panic!("a form")
    };
    let ann_here = fixture.ann.at(&fixture.channel);
    let sent = ann_here.submit_modal(&form, &[]).await.expect("Discord takes the form");
    assert!(refusal(&sent).await.contains("have blocked you"));
    done(&fixture.song(&fixture.bob, "others sing on").await).await;

    // A second block changes nothing, and says so.
    let options = [ann.clone(), ("reason", json!("more spam"))];
    let told = admin(&fixture.moderator(), "block", &options).await;
    let again = "That was in force already, so nothing has changed.";
    assert!(told.starts_with(again) && told.contains("blocked in this server"), "{told}");

    // It outlives a restart, and ends when somebody ends it.
    fixture.stop_bot().await;
    fixture.start_and_wait_until_ready().await;
    assert!(fixture.refused("after a restart").await.contains("have blocked you"));
    admin(&fixture.moderator(), "unblock", std::slice::from_ref(&ann)).await;
    fixture.sings("free again").await;
    let told = admin(&fixture.moderator(), "unblock", &[ann]).await;
    assert!(told.contains("so nothing has changed"), "{told}");
    assert_eq!(fixture.whisul.jobs().len(), 3, "none of the refused ones was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_blocks_everywhere() {
    let fixture = moderated(&[]).await;
    let options =
        [("person", id(&fixture.ann)), ("reason", json!("abuse")), ("everywhere", json!(true))];
    admin(&fixture.owner(), "block", &options).await;
    for client in [fixture.ann.at(&fixture.channel), fixture.ann.dm()] {
        let told = refusal(&song_at(&client, "a song").await).await;
        assert!(told.contains("This bot's owner has blocked you"), "{told}");
    }
    // A moderator can't undo it.
    let ann = [("person", id(&fixture.ann))];
    let told = admin(&fixture.moderator(), "unblock", &ann).await;
    let (owner, person) = (fixture.discord.owner().mention(), fixture.ann.mention());
    let still = format!("Still in force: {owner} blocked {person} in all servers. Only this bot's");
    assert!(told.contains("so nothing has changed") && told.contains(&still), "{told}");
    fixture.refused("still blocked").await;

    // Of both, each is ended for itself, and what is left is told.
    let noise = [ann[0].clone(), ("reason", json!("noise"))];
    admin(&fixture.moderator(), "block", &noise).await;
    let told = admin(&fixture.moderator(), "unblock", &ann).await;
    assert!(told.contains(&format!("Done. {person} is unblocked in this server.")), "{told}");
    assert!(told.contains(&still), "{told}");
    admin(&fixture.moderator(), "block", &noise).await;
    let everywhere = [ann[0].clone(), ("everywhere", json!(true))];
    let told = admin(&fixture.owner(), "unblock", &everywhere).await;
    assert!(told.contains(&format!("Done. {person} is unblocked in all servers.")), "{told}");
    let bob = fixture.bob.mention();
    let still = format!("Still in force: {bob} blocked {person} in Music lovers.");
    assert!(told.contains(&still) && !told.contains("Only this"), "{told}");
    let told = admin(&fixture.owner(), "unblock", &everywhere).await;
    assert!(told.contains("so nothing has changed") && told.contains(&still), "{told}");
    admin(&fixture.moderator(), "unblock", &ann).await;
    let told = admin(&fixture.moderator(), "unblock", &ann).await;
    assert_eq!(told, "That wasn't in force in this server, so nothing has changed.");
    fixture.sings("free again").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lifting_a_restriction_mentions_others_in_force() {
    let fixture = moderated(&[("GUILD_QUOTA", "9/1d")]).await;
    let (everywhere, owner) = (("everywhere", json!(true)), fixture.discord.owner().mention());
    admin(&fixture.owner(), "pause", std::slice::from_ref(&everywhere)).await;
    let told = admin(&fixture.moderator(), "resume", &[]).await;
    assert!(told.contains("so nothing has changed"), "{told}");
    assert!(told.contains(&format!("{owner} paused songs in all servers. Only this")), "{told}");
    admin(&fixture.moderator(), "pause", &[]).await;
    let told = admin(&fixture.moderator(), "resume", &[]).await;
    assert!(told.starts_with("Done. Songs are allowed in this server again."), "{told}");
    assert!(told.contains(&format!("{owner} paused songs in all servers.")), "{told}");
    admin(&fixture.owner(), "resume", std::slice::from_ref(&everywhere)).await;

    let badger = ("word", json!("badger"));
    admin(&fixture.owner(), "words add", &[badger.clone(), everywhere]).await;
    let told = admin(&fixture.moderator(), "words remove", &[badger]).await;
    assert!(
        told.contains(&format!("{owner} blocked the word ||badger|| in all servers.")),
        "{told}"
    );
    let told = admin(&fixture.moderator(), "words remove", &[("word", json!("other"))]).await;
    assert_eq!(told, "That wasn't in force in this server, so nothing has changed.");

    let default = [("quota", json!("default"))];
    let told = admin(&fixture.moderator(), "quota server", &default).await;
    assert_eq!(
        told,
        "That wasn't in force in this server, so nothing has changed. The quota is 9 songs a day."
    );
    admin(&fixture.moderator(), "quota server", &[("quota", json!("5/1d"))]).await;
    let told = admin(&fixture.moderator(), "quota server", &default).await;
    assert_eq!(told, "Done. This server is back to the bot's own quota: 9 songs a day.");
    admin(&fixture.owner(), "quota server", &[("quota", json!("7/1d"))]).await;
    let told = admin(&fixture.moderator(), "quota server", &default).await;
    assert!(
        told.contains(&format!("{owner} set the quota of this server to 7 songs a day.")),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_lets_unfinished_songs_continue() {
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    let fixture = Fixture::with_rules(&[], DiscordRules::default(), rules).await;
    make_moderator(&fixture);
    fixture.whisul.plan("running", Plan::song().until_told());
    let running = fixture.song(&fixture.ann, "a running song").await;
    fixture.whisul.until_accepted("a running song").await;

    admin(&fixture.moderator(), "pause", &[("reason", json!("a quiet hour"))]).await;
    let told = fixture.refused("in the quiet hour").await;
    assert!(told.contains("paused songs in this server"), "{told}");
    done(&song_at(&fixture.ann.dm(), "in private").await).await;
    fixture.whisul.finish("running");
    done(&running).await;

    admin(&fixture.owner(), "pause", &[("everywhere", json!(true))]).await;
    let told = refusal(&song_at(&fixture.ann.dm(), "in private").await).await;
    assert!(told.contains("paused everywhere"), "{told}");
    admin(&fixture.owner(), "resume", &[("everywhere", json!(true))]).await;
    done(&song_at(&fixture.ann.dm(), "in private again").await).await;
    assert!(fixture.refused("here, still").await.contains("paused songs in this server"));
    admin(&fixture.moderator(), "resume", &[]).await;
    fixture.sings("aloud again").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn disguised_blocked_words_are_found() {
    let mut fixture = moderated(&[("USER_QUOTA", "3/1d")]).await;
    let told = admin(&fixture.moderator(), "words add", &[("word", json!("Badger"))]).await;
    assert!(told.contains("||badger|| is blocked in this server"), "{told}");
    for prompt in [
        "a song about a badger",
        "BADGER!",
        "b4dg3r",
        "ｂａｄｇｅｒ",
        "bаdgеr", // With Cyrillic letters.
        "b.a-dg.e_r",
        "b a d g e r",
        "bädgér",
        "baaaadger",
        "b\u{200D}adger",
    ] {
        let told = fixture.refused(prompt).await;
        assert!(told.contains("a word in that prompt that is blocked here"), "{prompt}: {told}");
    }
    // None of that was charged, and other words are other words.
    fixture.sings("badgering brass").await;
    let elsewhere = song_at(&fixture.ann.dm(), "a badger in private").await;
    let song = done(&elsewhere).await;
    assert!(song.button("Again").is_some());

    fixture.stop_bot().await;
    fixture.start_and_wait_until_ready().await;
    fixture.refused("badger").await;
    let list = admin(&fixture.moderator(), "words list", &[]).await;
    assert!(list.contains("||badger||"), "{list}");
    admin(&fixture.moderator(), "words remove", &[("word", json!("BÄDGER"))]).await;
    fixture.sings("a badger at last").await;
    assert_eq!(fixture.submissions("dg"), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_is_blocked_later_also_blocks_the_buttons() {
    let fixture = moderated(&[]).await;
    let song = done(&fixture.song(&fixture.ann, "a badger waltz").await).await;
    let options = [("word", json!("badger")), ("everywhere", json!(true))];
    admin(&fixture.owner(), "words add", &options).await;
    let told = refusal(&click(&fixture, &song, "Again").await).await;
    assert!(told.contains("blocked here"), "{told}");
    let told = refusal(&song_at(&fixture.ann.dm(), "my b a d g e r").await).await;
    assert!(told.contains("blocked here"), "{told}");
    let list = admin(&fixture.moderator(), "words list", &[]).await;
    assert!(!list.contains("badger"), "what is blocked everywhere is the owner's to see: {list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_word_is_one_word() {
    let fixture = moderated(&[]).await;
    let letters = "needs a letter or a digit";
    for (word, told) in [
        ("two words", "one word at a time"),
        ("!?…", letters),
        ("!!!", letters),
        ("$$$", letters),
        ("🔥🔥", letters),
        ("🇩🇪", letters),
    ] {
        let answer = admin(&fixture.moderator(), "words add", &[("word", json!(word))]).await;
        assert!(answer.contains(told) && !answer.contains("Done"), "{word}: {answer}");
    }
    let list = admin(&fixture.moderator(), "words list", &[]).await;
    assert!(list.contains("Nothing."), "{list}");
    fixture.sings("a song about Henry III").await;
    let told = admin(&fixture.moderator(), "words add", &[("word", json!("A"))]).await;
    assert!(told.contains("Prompts in which it stands alone are rejected"), "{told}");
    admin(&fixture.moderator(), "words remove", &[("word", json!("a"))]).await;
    admin(&fixture.moderator(), "words add", &[("word", json!("spam!!!"))]).await;
    fixture.refused("no spam, please").await;
    let refused = fixture.moderator().command("admin words add", &[]).await.unwrap_err();
    assert!(matches!(refused, ClientRefusal::MissingOption(_)), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_hostile_prompts_delay_nobody() {
    let fixture = moderated(&[]).await;
    let owner = fixture.owner();
    let mut added = Vec::new();
    for number in 0..200_usize {
        let letter = |place: u32| char::from(b"abcdef"[number / 6_usize.pow(place) % 6]);
        let text = format!("{}x", (0..4).map(letter).collect::<String>().repeat(2));
        added.push(owner.command("admin words add", &[("word", json!(text))]).await.unwrap());
    }
    for asked in &added {
        asked.answer().await.expect("a response");
    }
    // Each character may be one of many letters, and begin or end a word.
    let hostile =
        ["a *4@", "*b* a. ", "abcdefgh*j ", "\u{1D4B6}\u{1D4B7}*!"].map(|text| text.repeat(90));
    let mut asked = Vec::new();
    for number in 0..100 {
        asked.push(fixture.song(&fixture.ann, &hostile[number % 4]).await);
    }
    // Meanwhile others are answered in time.
    for _ in 0..20 {
        let quota = fixture.bob.at(&fixture.channel).command("quota", &[]).await.unwrap();
        quota.answer().await.expect("a response at once");
    }
    for asked in &asked {
        asked.answer().await.expect("a response at once");
    }
    done(&fixture.song(&fixture.bob, "and a song").await).await;
}
