//! How long people wait in line, and what they are told about it.

use sandbox::{Invocation, Message, Plan};

use crate::{
    estimates::learn,
    times::forms,
    world::{World, description, done, title},
};

/// A world with room for one song at a time, in which songs are known to take a minute, and one that
/// runs until somebody ends it.
async fn busy_world() -> (World, Invocation) {
    let world = World::with(&[("MAX_RUNNING", "1")]).await;
    for _ in 0..4 {
        learn(&world, 60).await;
    }
    let running = run(&world).await;
    (world, running)
}

async fn run(world: &World) -> Invocation {
    world.whisul.plan("slow", Plan::song().until_told());
    let running = world.song(&world.ann, "the first slow song").await;
    world.whisul.until_accepted("the first slow song").await;
    running
}

/// What a message says about the wait, without the time of day.
fn wait(message: &Message) -> Option<String> {
    let line = description(message).lines().find(|line| line.contains(" to wait"))?;
    let (wait, at) = line.split_once(" (estimated at <t:")?;
    let at = at.strip_suffix(":t>).")?;
    assert!(at.parse::<i64>().is_ok(), "{line}");
    Some(wait.to_owned())
}

async fn until_wait(asked: &Invocation, begins: &str) -> Message {
    let told = |message: &Message| wait(message).is_some_and(|wait| wait.starts_with(begins));
    asked.until(&format!("a wait of {begins}"), told).await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_is_told_how_long_and_again_when_the_line_moves() {
    let (world, running) = busy_world().await;
    let next = world.song(&world.bob, "the second slow song").await;
    let told = next.answer().await.unwrap();
    assert!(wait(&told).unwrap().starts_with("About 1 minute"), "{}", told.text());
    assert!(description(&told).contains("You're next"), "{}", told.text());
    let last = world.song(&world.bob, "the third slow song").await;
    let told = last.answer().await.unwrap();
    assert!(wait(&told).unwrap().starts_with("About 2 minutes"), "{}", told.text());

    world.whisul.finish("the first");
    done(&running).await;
    until_wait(&last, "About 1 minute").await;
    world.whisul.finish("the second");
    done(&next).await;
    world.whisul.until_accepted("the third").await;
    world.whisul.finish("the third");
    let song = done(&last).await;
    let forms = forms(&song);
    let waiting: Vec<_> = forms.iter().filter(|form| form.contains("In line")).collect();
    assert!(waiting.len() >= 2, "{forms:?}");
    let composing: Vec<_> = forms.iter().filter(|form| !form.contains("In line")).collect();
    assert!(composing.iter().all(|form| !form.contains("Estimated")), "{forms:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_again_what_has_not_changed() {
    let (world, running) = busy_world().await;
    let next = world.song(&world.bob, "the second slow song").await;
    next.answer().await.unwrap();
    // Far longer than a message in line rests between two edits.
    let polls = world.whisul.until_polled("first slow", 1).await.polls;
    world.whisul.until_polled("first slow", polls + 40).await;
    assert_eq!(next.message().unwrap().revisions.len(), 1);
    world.whisul.finish("slow");
    done(&running).await;
    world.whisul.until_accepted("the second").await;
    world.whisul.finish("slow");
    done(&next).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_how_long_before_the_first_song_is_done() {
    let world = World::with(&[("MAX_RUNNING", "1")]).await;
    run(&world).await;
    let next = world.song(&world.bob, "the second slow song").await;
    let told = next.answer().await.unwrap();
    assert!(description(&told).ends_with("it starts as soon as there is room."), "{}", told.text());
    learn_meanwhile(&world, &next).await;
}

/// The running song ends, and the one behind the next is told how long it waits.
async fn learn_meanwhile(world: &World, next: &Invocation) {
    let last = world.song(&world.bob, "the third slow song").await;
    assert_eq!(wait(&last.answer().await.unwrap()), None);
    world.whisul.finish("the first");
    next.until("its turn", |message| title(message) == "🎼 Composing").await;
    until_wait(&last, "About ").await;
    world.whisul.finish("slow");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_how_long_while_whisul_is_away() {
    let (world, _running) = busy_world().await;
    let next = world.song(&world.bob, "the second slow song").await;
    assert!(wait(&next.answer().await.unwrap()).is_some());
    world.whisul.stop().await.unwrap();
    let away = |message: &Message| description(message).contains("can't be reached");
    let told = next.until("the news that Whisul is away", away).await;
    assert_eq!(wait(&told), None, "{}", told.text());
    let last = world.song(&world.bob, "the third slow song").await;
    let told = last.answer().await.unwrap();
    assert_eq!(wait(&told), None, "{}", told.text());
    let asked = world.bob.at(&world.channel).command("quota", &[]).await.unwrap();
    let told = asked.answer().await.unwrap();
    assert_eq!(wait(&told), None, "{}", told.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_quota_shows_how_long_songs_in_line_wait() {
    let (world, _running) = busy_world().await;
    let next = world.song(&world.bob, "the second slow song").await;
    next.answer().await.unwrap();
    let asked = world.bob.at(&world.channel).command("quota", &[]).await.unwrap();
    let told = asked.answer().await.unwrap();
    assert!(wait(&told).unwrap().starts_with("About 1 minute"), "{}", told.text());
    let asked = world.ann.at(&world.channel).command("quota", &[]).await.unwrap();
    let told = asked.answer().await.unwrap();
    assert_eq!(wait(&told), None, "Ann's song runs: {}", told.text());
}
