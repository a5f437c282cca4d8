//! What people do with the buttons below a message.

use std::time::Duration;

use sandbox::{
    ClientRefusal, DiscordRules, Fault, Invocation, Message, Modal, NoAnswer, Person, Plan, Seat,
    WhisulRules,
};

use tokio::time::timeout;

use crate::world::{DEADLINE, World, description, done, failed, is_done, refusal, title};

/// The permission to delete other people's messages (Discord docs, Permissions).
const MANAGE_MESSAGES: u64 = 1 << 13;

/// A world where songs take no time.
async fn quick() -> World {
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    World::awake(&[], DiscordRules::default(), rules).await
}

/// Clicks the button with this label.
pub(crate) async fn click(seat: &Seat, message: &Message, label: &str) -> Invocation {
    let button = message.button(label).unwrap_or_else(|| panic!("no {label}: {}", message.text()));
    let id = button.custom_id.expect("a button that does something");
    seat.click(message.id, &id).await.expect("Discord takes the click")
}

/// Clicks a button that opens a form.
pub(crate) async fn open(seat: &Seat, message: &Message, label: &str) -> Modal {
    match click(seat, message, label).await.answer().await {
        Err(NoAnswer::Modal(modal)) => modal,
        other => panic!("a form, not {other:?}"),
    }
}

/// Clicks *Delete* and waits for the question.
pub(crate) async fn ask_to_delete(seat: &Seat, message: &Message) -> Message {
    let before: Vec<u64> = seat.messages().iter().map(|it| it.id).collect();
    click(seat, message, "Delete").await;
    let question = |it: &Message| !before.contains(&it.id) && it.content.starts_with("Delete this");
    let question = seat.until_message("the question", question).await;
    assert!(question.ephemeral() && seat.message(message.id).is_some());
    question
}

/// Deletes a message with its button, and returns what is then said.
pub(crate) async fn delete(seat: &Seat, message: &Message) -> String {
    let question = ask_to_delete(seat, message).await;
    click(seat, &question, "Delete").await;
    let said = |it: &Message| it.id == question.id && !it.content.starts_with("Delete this");
    let said = seat.until_message("word that it is gone", said).await;
    assert!(labels(&said).is_empty());
    said.content
}

/// What stands on a message's buttons.
pub(crate) fn labels(message: &Message) -> Vec<String> {
    message.buttons().into_iter().map(|button| button.label).collect()
}

/// A person's song from the command to the embed.
pub(crate) async fn finished_song(world: &World, person: &Person, prompt: &str) -> Message {
    done(&world.song(person, prompt).await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_offers_to_listen_to_ask_again_to_edit_and_to_delete() {
    let world = quick().await;
    let song = finished_song(&world, &world.ann, "a slow waltz").await;
    assert_eq!(labels(&song), ["Listen", "Again", "Edit prompt", "Delete"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn again_makes_another_song_of_the_same_prompt_in_a_message_of_its_own() {
    let world = quick().await;
    let song = finished_song(&world, &world.ann, "a slow waltz").await;
    let again = click(&world.ann.at(&world.channel), &song, "Again").await;
    let another = done(&again).await;
    assert_ne!(another.id, song.id);
    assert!(!another.ephemeral());
    assert!(description(&another).contains("a slow waltz"));
    assert_eq!(world.whisul.accepted("a slow waltz"), 2);
    let first = world.ann.at(&world.channel).message(song.id).unwrap();
    assert_eq!(first.json(), song.json());
}

#[tokio::test(flavor = "multi_thread")]
async fn again_by_somebody_else_is_charged_to_them() {
    let world = World::with(&[("USER_QUOTA", "1/1d")]).await;
    let song = finished_song(&world, &world.ann, "a slow waltz").await;
    let again = click(&world.bob.at(&world.channel), &song, "Again").await;
    let bobs = done(&again).await;
    assert!(description(&bobs).contains(&world.bob.mention()));
    assert!(!description(&bobs).contains(&world.ann.mention()));
    for person in [&world.ann, &world.bob] {
        let refused = refusal(&click(&person.at(&world.channel), &song, "Again").await).await;
        assert!(refused.contains("You have used up your 1 song a day"), "{refused}");
    }
    assert_eq!(world.whisul.accepted("a slow waltz"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_clicks_at_once_make_one_song() {
    let world = quick().await;
    let song = finished_song(&world, &world.ann, "a slow waltz").await;
    world.whisul.plan("waltz", Plan::song().until_told());
    let seat = world.ann.at(&world.channel);
    let clicks = [click(&seat, &song, "Again").await, click(&seat, &song, "Again").await];
    let mut answers = Vec::new();
    for click in &clicks {
        answers.push(click.answer().await.expect("an answer at once"));
    }
    let (told, asked): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.ephemeral());
    assert!(told[0].content.contains("it is under way"), "{}", told[0].content);
    assert_eq!((told.len(), asked.len()), (1, 1));
    // Once it is over, the same button makes one more.
    world.whisul.until_accepted("waltz").await;
    seat.until_message("the second song's turn", |message| title(message) == "🎼 Composing").await;
    world.whisul.finish("waltz");
    seat.until_message("the second song", |message| is_done(message) && message.id != song.id)
        .await;
    assert_eq!(world.whisul.accepted("waltz"), 2);
    click(&seat, &song, "Again").await.answer().await.expect("an answer at once");
    world.whisul.finish("waltz");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_that_discord_delivers_twice_makes_one_song() {
    let world = quick().await;
    let song = finished_song(&world, &world.ann, "a slow waltz").await;
    let again = click(&world.ann.at(&world.channel), &song, "Again").await;
    again.deliver_again();
    done(&again).await;
    finished_song(&world, &world.bob, "what came after").await;
    assert_eq!(world.whisul.accepted("a slow waltz"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_prompt_makes_another_song() {
    let world = quick().await;
    let song = finished_song(&world, &world.ann, "a *slow* waltz").await;
    let seat = world.ann.at(&world.channel);
    let form = open(&seat, &song, "Edit prompt").await;
    assert_eq!(form.title, "Make a song");
    assert_eq!(form.fields[0].value.as_deref(), Some("a *slow* waltz"));
    let asked = seat.submit_modal(&form, &[("prompt", "a quick waltz")]).await.unwrap();
    let another = done(&asked).await;
    assert!(description(&another).contains("a quick waltz"));
    assert_ne!(another.id, song.id);
    assert_eq!(world.whisul.accepted("a quick waltz"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_may_be_left_open_over_a_restart_and_for_twenty_minutes() {
    let mut world = quick().await;
    let song = finished_song(&world, &world.ann, "a slow waltz").await;
    let seat = world.ann.at(&world.channel);
    let form = open(&seat, &song, "Edit prompt").await;
    world.stop_bot().await;
    world.discord.set_clock_offset(20 * 60 * 1000);
    world.wake_bot().await;
    let asked = seat.submit_modal(&form, &[("prompt", "a quick waltz")]).await.unwrap();
    done(&asked).await;
    assert_eq!(world.whisul.accepted("a quick waltz"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_with_nothing_to_see_in_it_makes_no_song() {
    let world = quick().await;
    let song = finished_song(&world, &world.ann, "a slow waltz").await;
    let seat = world.ann.at(&world.channel);
    let form = open(&seat, &song, "Edit prompt").await;
    let asked = seat.submit_modal(&form, &[("prompt", "\u{200B} ")]).await.unwrap();
    assert!(refusal(&asked).await.contains("no readable text"));
    assert_eq!(world.whisul.jobs().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn buttons_work_after_a_restart() {
    let mut world = quick().await;
    let song = finished_song(&world, &world.ann, "a slow waltz").await;
    world.stop_bot().await;
    world.wake_bot().await;
    let seat = world.ann.at(&world.channel);
    done(&click(&seat, &song, "Again").await).await;
    assert_eq!(world.whisul.accepted("a slow waltz"), 2);
    delete(&seat, &song).await;
    world
        .discord
        .until("the message to go", || seat.message(song.id).is_none().then_some(()))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_that_is_no_longer_remembered_says_so() {
    let mut world = quick().await;
    let song = finished_song(&world, &world.ann, "a slow waltz").await;
    world.stop_bot().await;
    std::fs::remove_file(world.folder().join("jobs.db")).unwrap();
    world.wake_bot().await;
    for label in ["Again", "Edit prompt", "Delete"] {
        let told = refusal(&click(&world.ann.at(&world.channel), &song, label).await).await;
        assert!(told.contains("I don't remember this song any more"), "{told}");
        assert_eq!(
            told.contains("A moderator can delete the message"),
            label == "Delete",
            "{told}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_requester_and_moderators_delete_a_result() {
    let world = quick().await;
    let song = finished_song(&world, &world.ann, "a slow waltz").await;
    let (ann, bob) = (world.ann.at(&world.channel), world.bob.at(&world.channel));
    let told = refusal(&click(&bob, &song, "Delete").await).await;
    assert!(told.contains("Only the person who asked for this song"), "{told}");
    assert!(ann.message(song.id).is_some());

    let moderators = world.server.add_role("moderators");
    moderators.grant(MANAGE_MESSAGES);
    world.server.give_role(&world.bob, &moderators);
    let told = delete(&bob, &song).await;
    let mention = world.ann.mention();
    assert_eq!(told, format!("Deleted. {mention} can bring the song back with `/songs`."));
    world.discord.until("the message to go", || ann.message(song.id).is_none().then_some(())).await;

    let own = finished_song(&world, &world.ann, "a slow tango").await;
    assert_eq!(delete(&ann, &own).await, "Deleted. `/songs` brings the song back.");
    world.discord.until("the message to go", || ann.message(own.id).is_none().then_some(())).await;
    // A message that is gone takes no click.
    let gone = ann.click(own.id, &own.button("Again").unwrap().custom_id.unwrap()).await;
    assert_eq!(gone.unwrap_err(), ClientRefusal::UnknownMessage);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_deleted_before_that_is_confirmed() {
    let mut world = quick().await;
    world.whisul.plan("polka", Plan::fails(None));
    let song = finished_song(&world, &world.ann, "a slow waltz").await;
    let (ann, bob) = (world.ann.at(&world.channel), world.bob.at(&world.channel));
    let question = ask_to_delete(&ann, &song).await;
    assert_eq!(question.content, "Delete this message? The song stays in `/songs`.");
    let confirm = question.button("Delete").unwrap().custom_id.unwrap();
    assert!(bob.click(question.id, &confirm).await.is_err(), "only Ann sees it");
    let forged = bob.forge_click(song.id, &confirm).await.unwrap();
    assert!(refusal(&forged).await.contains("don't know this button"));
    // The answer may come after a restart.
    world.stop_bot().await;
    world.wake_bot().await;
    click(&ann, &question, "Delete").await;
    let said = |it: &Message| it.id == question.id && it.content.starts_with("Deleted.");
    ann.until_message("word that it is gone", said).await;
    assert!(ann.message(song.id).is_none());
    let listed = ann.command("songs", &[]).await.unwrap().answer().await.unwrap();
    assert!(listed.text().contains("waltz") && !listed.text().contains("[message]"));

    // Where there is no song, nothing is promised.
    let news = failed(&world.song(&world.ann, "a polka").await).await;
    assert_eq!(ask_to_delete(&ann, &news).await.content, "Delete this message?");
    assert_eq!(delete(&ann, &news).await, "Deleted.");
    // Somebody was faster.
    let own = finished_song(&world, &world.ann, "a slow tango").await;
    let question = ask_to_delete(&ann, &own).await;
    assert!(ann.delete(own.id));
    click(&ann, &question, "Delete").await;
    let said = |it: &Message| it.id == question.id && it.content.starts_with("Deleted.");
    ann.until_message("word that it is gone", said).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_can_not_be_deleted_says_so() {
    let world = quick().await;
    let song = finished_song(&world, &world.ann, "a slow waltz").await;
    let ann = world.ann.at(&world.channel);
    let fault = Fault::on("DELETE", "/api/v10/**").status(403);
    let fault = world.discord.faults().add(fault);
    let told = delete(&ann, &song).await;
    assert!(told.starts_with("I couldn't delete that message."), "{told}");
    world.discord.faults().remove(fault);
    assert_eq!(delete(&ann, &song).await, "Deleted. `/songs` brings the song back.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_deleted_before_its_files_came_leaves_no_link_behind() {
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    let audio = [("ATTACH_AUDIO", "true")];
    let world = World::awake(&audio, DiscordRules::default(), rules).await;
    let slow = Fault::on("GET", "/audio/*").delay(Duration::from_secs(1));
    world.whisul.faults().add(slow);
    let song = finished_song(&world, &world.ann, "a slow waltz").await;
    let seat = world.ann.at(&world.channel);
    delete(&seat, &song).await;
    let gone = || seat.message(song.id).is_none().then_some(());
    world.discord.until("the message to go", gone).await;
    // The files find that out.
    let listed = async {
        loop {
            let asked = seat.command("songs", &[]).await.unwrap();
            let text = asked.answer().await.expect("an answer at once").text();
            assert!(text.contains("a slow waltz"), "{text}");
            if !text.contains("[message]") {
                return;
            }
        }
    };
    timeout(DEADLINE, listed).await.expect("no link to what is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_song_can_be_tried_again() {
    let world = quick().await;
    world.whisul.plan("waltz", Plan::fails(None));
    let news = failed(&world.song(&world.ann, "a slow waltz").await).await;
    assert_eq!(labels(&news), ["Try again", "Edit prompt", "Delete"]);
    world.whisul.plan("waltz", Plan::song().takes(Duration::ZERO));
    let song = done(&click(&world.ann.at(&world.channel), &news, "Try again").await).await;
    assert_ne!(song.id, news.id);
    assert_eq!(title(&world.ann.at(&world.channel).message(news.id).unwrap()), title(&news));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_submission_can_be_tried_again_by_its_requester() {
    let world = quick().await;
    let cut = Fault::on("POST", "/api/generate").times(1).cut_after();
    world.whisul.faults().add(cut);
    let news = failed(&world.song(&world.ann, "a slow waltz").await).await;
    assert!(description(&news).contains("I won't send it twice"));
    done(&click(&world.ann.at(&world.channel), &news, "Try again").await).await;
    assert_eq!(world.submissions("a slow waltz"), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn buttons_where_the_bot_is_not_at_home() {
    let world = quick().await;
    let server = world.discord.add_server_without_bot("Elsewhere");
    server.join(&world.ann);
    world.ann.install_app();
    let seat = world.ann.at(&server.add_channel("general"));
    let song = done(&crate::world::song_at(&seat, "a slow waltz").await).await;
    done(&click(&seat, &song, "Again").await).await;
    let form = open(&seat, &song, "Edit prompt").await;
    done(&seat.submit_modal(&form, &[("prompt", "a quick waltz")]).await.unwrap()).await;
    delete(&seat, &song).await;
    world
        .discord
        .until("the message to go", || seat.message(song.id).is_none().then_some(()))
        .await;
    // The bot itself can't reach this channel, and does not try.
    assert_eq!(world.discord.requests().count("*", "/api/v10/channels/**"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn buttons_are_refused_where_songs_are() {
    let mut world = quick().await;
    let song = finished_song(&world, &world.ann, "a slow waltz").await;
    world.stop_bot().await;
    world.set("ALLOWED_GUILDS", "345678901234567890");
    world.wake_bot().await;
    let told = refusal(&click(&world.ann.at(&world.channel), &song, "Again").await).await;
    assert!(told.contains("isn't set up for songs in this server"), "{told}");
}
