//! The wait estimates that people in the queue see.

use sandbox::{Invocation, Message, Plan};
use tokio::time::timeout;

use crate::{
    fixture::relative_times::forms,
    fixture::{DEADLINE, Fixture, description, done, title},
    songs::progress_estimates::learn,
};

/// A fixture with room for one song at a time, in which songs are known to take a minute, and one that
/// runs until the test finishes it.
async fn busy_world() -> (Fixture, Invocation) {
    let fixture = Fixture::with(&[("MAX_RUNNING", "1")]).await;
    for _ in 0..4 {
        learn(&fixture, 60).await;
    }
    let running = run(&fixture).await;
    (fixture, running)
}

async fn run(fixture: &Fixture) -> Invocation {
    fixture.whisul.plan("slow", Plan::song().until_told());
    let running = fixture.song(&fixture.ann, "the first slow song").await;
    fixture.whisul.until_accepted("the first slow song").await;
    running
}

/// The wait estimate in a message, without the time of day.
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
async fn the_wait_estimate_is_shown_and_updated_when_the_queue_moves() {
    let (fixture, running) = busy_world().await;
    let next = fixture.song(&fixture.bob, "the second slow song").await;
    let told = next.answer().await.unwrap();
    assert!(wait(&told).unwrap().starts_with("About 1 minute"), "{}", told.text());
    assert!(description(&told).contains("You're next"), "{}", told.text());
    let last = fixture.song(&fixture.bob, "the third slow song").await;
    let told = last.answer().await.unwrap();
    assert!(wait(&told).unwrap().starts_with("About 2 minutes"), "{}", told.text());

    fixture.whisul.finish("the first");
    done(&running).await;
    until_wait(&last, "About 1 minute").await;
    fixture.whisul.finish("the second");
    done(&next).await;
    fixture.whisul.until_accepted("the third").await;
    fixture.whisul.finish("the third");
    let song = done(&last).await;
    let forms = forms(&song);
    let waiting: Vec<_> = forms.iter().filter(|form| form.contains("In line")).collect();
    assert!(waiting.len() >= 2, "{forms:?}");
    let composing: Vec<_> = forms.iter().filter(|form| !form.contains("In line")).collect();
    assert!(composing.iter().all(|form| !form.contains("Estimated")), "{forms:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unchanged_wait_estimate_is_not_edited() {
    let (fixture, running) = busy_world().await;
    let next = fixture.song(&fixture.bob, "the second slow song").await;
    next.answer().await.unwrap();
    // Far longer than the pause between two edits of a waiting message.
    let polls = fixture.whisul.until_polled("first slow", 1).await.polls;
    fixture.whisul.until_polled("first slow", polls + 40).await;
    assert_eq!(next.message().unwrap().revisions.len(), 1);
    fixture.whisul.finish("slow");
    done(&running).await;
    fixture.whisul.until_accepted("the second").await;
    fixture.whisul.finish("slow");
    done(&next).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_wait_estimate_is_shown_before_the_first_song_is_done() {
    let fixture = Fixture::with(&[("MAX_RUNNING", "1")]).await;
    run(&fixture).await;
    let next = fixture.song(&fixture.bob, "the second slow song").await;
    let told = next.answer().await.unwrap();
    assert!(description(&told).ends_with("it starts as soon as there is room."), "{}", told.text());
    learn_meanwhile(&fixture, &next).await;
}

/// The running song ends, and the second waiting song shows its estimate.
async fn learn_meanwhile(fixture: &Fixture, next: &Invocation) {
    let last = fixture.song(&fixture.bob, "the third slow song").await;
    assert_eq!(wait(&last.answer().await.unwrap()), None);
    fixture.whisul.finish("the first");
    next.until("its turn", |message| title(message) == "🎼 Composing").await;
    until_wait(&last, "About ").await;
    fixture.whisul.finish("slow");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_wait_estimate_is_shown_while_whisul_is_down() {
    let (fixture, _running) = busy_world().await;
    let next = fixture.song(&fixture.bob, "the second slow song").await;
    assert!(wait(&next.answer().await.unwrap()).is_some());
    fixture.whisul.stop().await.unwrap();
    let away = |message: &Message| description(message).contains("can't be reached");
    let told = next.until("the news that Whisul is away", away).await;
    assert_eq!(wait(&told), None, "{}", told.text());
    let last = fixture.song(&fixture.bob, "the third slow song").await;
    let told = last.answer().await.unwrap();
    assert_eq!(wait(&told), None, "{}", told.text());
    let asked = fixture.bob.at(&fixture.channel).command("quota", &[]).await.unwrap();
    let told = asked.answer().await.unwrap();
    assert_eq!(wait(&told), None, "{}", told.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_quota_command_shows_wait_estimates() {
    let (fixture, _running) = busy_world().await;
    let next = fixture.song(&fixture.bob, "the second slow song").await;
    next.answer().await.unwrap();
    let quota = async || {
        let asked = fixture.bob.at(&fixture.channel).command("quota", &[]).await.unwrap();
        wait(&asked.answer().await.unwrap())
    };
    // The song joins the queue a moment after its message appears.
    let told = timeout(DEADLINE, async {
        loop {
            if let Some(told) = quota().await {
                break told;
            }
        }
    });
    let told = told.await.expect("an estimate");
    assert!(told.starts_with("About 1 minute"), "{told}");
    let asked = fixture.ann.at(&fixture.channel).command("quota", &[]).await.unwrap();
    let told = asked.answer().await.unwrap();
    assert_eq!(wait(&told), None, "Ann's song runs: {}", told.text());
}
