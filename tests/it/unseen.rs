//! A song's message is deleted while the song waits, and its requester goes on.

use std::time::Duration;

use sandbox::{DiscordRules, Fault, Invocation, Message, Plan, Seat, WhisulRules};

use crate::{
    buttons::{click, labels},
    world::{World, description, done, refusal, song_at, title},
};

/// A world where Bob's song keeps all others waiting, and no edit comes by for long.
async fn world_with_a_line(settings: &[(&str, &str)]) -> World {
    let all = [&[("MAX_RUNNING", "1"), ("EDIT_INTERVAL", "10m")], settings].concat();
    let rules = WhisulRules { song_takes: Duration::ZERO, ..WhisulRules::default() };
    let mut world = World::asleep(&all, DiscordRules::default(), rules).await;
    world.whisul.plan("first", Plan::song().until_told());
    world.wake_bot().await;
    world.song(&world.bob, "the first song").await;
    world.whisul.until_accepted("the first song").await;
    world
}

/// Asks for a song that has to wait, until that is written down.
async fn waiting(seat: &Seat, prompt: &str) -> Message {
    let asked = song_at(seat, prompt).await;
    let message = asked.answer().await.expect("an answer at once");
    assert!(!message.ephemeral(), "{}", message.text());
    until_listed(seat, prompt).await;
    message
}

async fn quota(seat: &Seat) -> Message {
    let asked = seat.command("quota", &[]).await.expect("Discord takes the command");
    asked.answer().await.expect("an answer at once")
}

/// The first answer is known a moment before it is written down.
async fn until_listed(seat: &Seat, prompt: &str) {
    let listed = async { while !has_link(&quota(seat).await, prompt) {} };
    tokio::time::timeout(crate::world::DEADLINE, listed).await.expect("it is listed");
}

/// Whether a list of songs under way has one with this prompt, with a link to its message.
fn has_link(list: &Message, prompt: &str) -> bool {
    let lines: Vec<_> = description(list).lines().collect();
    lines.windows(2).any(|pair| pair[0].contains("[message]") && pair[1].contains(prompt))
}

/// Whether a question was turned down for now, with a sentence that only the person sees.
async fn turned_down(asked: &Invocation) -> String {
    refusal(asked).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_song_in_line_stands_in_the_way_of_no_other() {
    for settings in [[("USER_CONCURRENCY", "1")], [("USER_QUOTA", "1/1d")]] {
        let world = world_with_a_line(&settings).await;
        let seat = world.ann.at(&world.channel);
        let first = waiting(&seat, "a slow waltz").await;
        let told = turned_down(&song_at(&seat, "a tango").await).await;
        assert!(told.contains("under way") || told.contains("used up"), "{told}");
        assert!(seat.delete(first.id));
        let second = waiting(&seat, "a tango").await;
        world.whisul.finish("first");
        let song =
            seat.until_message("the song", |it| it.id == second.id && crate::world::is_done(it));
        song.await;
        assert_eq!((world.submissions("waltz"), world.submissions("tango")), (0, 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_message_that_is_surely_gone_cancels_its_song() {
    let world = world_with_a_line(&[("USER_CONCURRENCY", "1")]).await;
    let seat = world.ann.at(&world.channel);
    let asked = song_at(&seat, "a slow waltz").await;
    asked.answer().await.unwrap();
    until_listed(&seat, "waltz").await;
    let look = || Fault::on("GET", "/api/v10/**");
    for fault in [look().status(503), look().status(404), look().cut_after(), look().hang_after()] {
        let fault = world.discord.faults().add(fault);
        turned_down(&song_at(&seat, "a tango").await).await;
        world.discord.faults().remove(fault);
    }
    world.whisul.finish("first");
    done(&asked).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_song_stands_in_nobodys_way_where_the_bot_is_not_at_home() {
    let world = world_with_a_line(&[("USER_CONCURRENCY", "1")]).await;
    let server = world.discord.add_server_without_bot("Elsewhere");
    server.join(&world.ann);
    world.ann.install_app();
    let seat = world.ann.at(&server.add_channel("general"));
    let first = waiting(&seat, "a slow waltz").await;
    assert!(seat.delete(first.id));
    waiting(&world.ann.at(&world.channel), "a tango").await;
    world.whisul.finish("first");
    assert_eq!(world.submissions("waltz"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_click_goes_on_once_the_first_ones_song_is_deleted() {
    let world = world_with_a_line(&[]).await;
    let seat = world.ann.at(&world.channel);
    let first = waiting(&seat, "a slow waltz").await;
    let cancelled = click(&seat, &first, "Cancel").await;
    let shown = cancelled.until("the news", |message| title(message) == "Cancelled").await;
    let again = click(&seat, &shown, "Try again").await.answer().await.unwrap();
    until_listed(&seat, "waltz").await;
    turned_down(&click(&seat, &shown, "Try again").await).await;
    assert!(seat.delete(again.id));
    let third = click(&seat, &shown, "Try again").await;
    assert!(!third.answer().await.unwrap().ephemeral());
    world.whisul.finish("first");
    done(&third).await;
    assert_eq!(world.submissions("waltz"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_cancelled_from_the_list_of_what_is_under_way() {
    let world = world_with_a_line(&[("USER_QUOTA", "2/1d")]).await;
    let seat = world.ann.at(&world.channel);
    waiting(&seat, "a slow waltz").await;
    assert_eq!(labels(&quota(&seat).await), ["Cancel"]);
    let tango = waiting(&seat, "a tango").await;
    let list = quota(&seat).await;
    assert_eq!(labels(&list), ["Cancel 1", "Cancel 2"]);
    assert!(description(&list).contains("2 · 🎟️ In line"), "{}", description(&list));
    let cancelled = click(&seat, &list, "Cancel 2").await.answer().await.unwrap();
    assert_eq!((cancelled.id, cancelled.ephemeral()), (list.id, true));
    assert_eq!(cancelled.content, "Cancelled. It doesn't count against your quota.");
    let told = description(&cancelled);
    assert!(told.starts_with("You can ask for 1 more song now.\n"), "{told}");
    assert!(!told.contains("tango") && labels(&cancelled) == ["Cancel"], "{told}");
    let is_shown = |it: &Message| it.id == tango.id && title(it) == "Cancelled";
    seat.until_message("the news in its own message", is_shown).await;

    // Nobody else cancels it, whatever a client makes up.
    let id = cancelled.button("Cancel").unwrap().custom_id.unwrap();
    let bob = world.bob.at(&world.channel);
    let forged = bob.forge_click(tango.id, &id).await.unwrap();
    assert!(refusal(&forged).await.contains("I don't know this button any more"));
    // Nor does an old list.
    world.whisul.finish("first");
    world.whisul.until_accepted("waltz").await;
    let late = turned_down(&click(&seat, &cancelled, "Cancel").await).await;
    assert!(late.contains("too late to cancel"), "{late}");
    assert_eq!(world.submissions("tango"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_link_leads_to_a_message_that_is_gone() {
    let world = world_with_a_line(&[]).await;
    let seat = world.ann.at(&world.channel);
    let waltz = waiting(&seat, "a slow waltz").await;
    assert!(seat.delete(waltz.id));
    let list = quota(&seat).await;
    assert!(!description(&list).contains("waltz") && labels(&list).is_empty());
    // A song that is being made goes on, without its message.
    let bob = world.bob.at(&world.channel);
    let running = bob.messages().into_iter().find(|it| title(it) == "🎼 Composing");
    assert!(bob.delete(running.or_else(|| bob.messages().into_iter().next()).unwrap().id));
    let list = quota(&bob).await;
    assert!(description(&list).contains("> the first song"), "{}", description(&list));
    assert!(!description(&list).contains("[message]"), "{}", description(&list));
}
