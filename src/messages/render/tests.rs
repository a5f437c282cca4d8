//! Whatever a job holds, its message stays inside Discord's limits.

use proptest::prelude::*;
use serde_json::Value;
use url::Url;

use super::*;
use crate::domain::{
    Canceller, Estimate, JobId, SongLength, UserId,
    fixtures::{self, prompt, whisul_job},
};

fn links() -> Links {
    Links::of(&Url::parse("https://whisul.com/api").unwrap())
}

fn job(text: &str, state: State) -> Job {
    let job = fixtures::job(JobId(1 << 40), UserId(u64::MAX));
    Job { prompt: prompt(text), state, ..job }
}

fn view(job: &Job) -> MessageView<'_> {
    MessageView {
        job,
        now: Timestamp::from_millis(1_800_000_000_000),
        position: Some(usize::MAX),
        wait: None,
        obstacle: None,
        outlook: Outlook::default(),
        run: RunId(1),
        last_words: false,
        resubmit_pending: false,
        has_audio: false,
    }
}

fn shown(job: &Job, obstacle: Option<Obstacle>) -> Value {
    let view = MessageView { obstacle, ..view(job) };
    serde_json::to_value(render(&view, &links())).unwrap()
}

fn long_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "\\PC{0,1200}",
        (0..3000_usize).prop_map(|length| "*".repeat(length)),
        (0..3000_usize).prop_map(|length| "🎵".repeat(length)),
    ]
}

fn any_song() -> impl Strategy<Value = Song> {
    let text = || prop::option::of(long_text());
    let link = || prop::option::of(prop_oneof![long_text(), Just("https://a.example/b".into())]);
    let length = prop::option::of(any::<u32>().prop_map(SongLength::from_seconds));
    let tags = prop::collection::vec(long_text(), 0..6);
    let all = (text(), prop::option::of(any::<f64>()), length, tags, link(), link());
    all.prop_map(|(title, bpm, length, tags, song_url, image_url)| {
        let length = length.flatten();
        Song { title, bpm, length, tags, song_url, image_url }
    })
}

fn any_state() -> impl Strategy<Value = State> {
    let since = Timestamp::from_millis(0);
    prop_oneof![
        Just(State::Announced),
        Just(State::Submitting),
        Just(State::Running { whisul_job: whisul_job(), since }),
        (any_song(), any::<u32>()).prop_map(|(song, seconds)| State::Completed {
            song,
            took: Duration::from_secs(seconds.into()),
        }),
        prop::option::of(long_text())
            .prop_map(|reason| State::Failed(Failure::Generation { reason })),
        Just(State::Failed(Failure::UnknownOutcome)),
        prop::option::of(long_text()).prop_map(|reason| {
            let by = Canceller::Moderator(UserId(u64::MAX));
            State::Cancelled(Cancellation { by, reason })
        }),
    ]
}

/// The length of a text in an embed, as Discord counts it at its strictest.
fn units(value: &Value) -> usize {
    value.as_str().map_or(0, |text| text.encode_utf16().count())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_stays_inside_every_limit(
        prompt in long_text(),
        state in any_state(),
        obstacle in prop::option::of(prop_oneof![
            Just(Obstacle::Busy), Just(Obstacle::BadKey), Just(Obstacle::OutOfCredit), Just(Obstacle::Unreachable)
        ]),
    ) {
        let message = shown(&job(&prompt, state), obstacle);
        let embed = &message["embeds"][0];
        let fields = embed["fields"].as_array().cloned().unwrap_or_default();
        prop_assert!((1..=256).contains(&units(&embed["title"])));
        prop_assert!((1..=4096).contains(&units(&embed["description"])));
        prop_assert!(units(&embed["footer"]["text"]) <= 2048);
        prop_assert!(fields.len() <= 25);
        let mut total = units(&embed["title"]) + units(&embed["description"]);
        total += units(&embed["footer"]["text"]);
        for field in &fields {
            prop_assert!((1..=256).contains(&units(&field["name"])));
            prop_assert!((1..=1024).contains(&units(&field["value"])));
            total += units(&field["name"]) + units(&field["value"]);
        }
        prop_assert!(total <= 6000, "{total} units in all");
        prop_assert_eq!(&message["allowed_mentions"]["parse"], &serde_json::json!([]));
        // An edit that says nothing about files keeps them (Discord docs, Edit Message).
        prop_assert_eq!(message.get("attachments"), None);
        for button in message["components"][0]["components"].as_array().into_iter().flatten() {
            prop_assert!((1..=80).contains(&units(&button["label"])));
            let leads = if button["style"] == 5 { &button["url"] } else { &button["custom_id"] };
            let most = if button["style"] == 5 { 512 } else { 100 };
            prop_assert!((1..=most).contains(&units(leads)));
        }
    }
}

#[test]
fn a_bare_song_leaves_its_fields_out() {
    let state = State::Completed { song: Song::default(), took: Duration::from_secs(98) };
    let message = shown(&job("rain", state), None);
    let embed = &message["embeds"][0];
    assert_eq!(embed["title"], say::UNTITLED);
    assert_eq!(embed.get("fields"), None);
    assert_eq!(embed.get("image"), None);
    let buttons = message["components"][0]["components"].as_array().unwrap();
    assert!(buttons.iter().all(|button| button.get("url").is_none()));
    assert!(embed["description"].as_str().unwrap().contains(say::NO_LINK));
}

#[test]
fn the_bar_never_looks_finished() {
    assert_eq!(bar(0.0), "▱▱▱▱▱▱▱▱▱▱");
    assert_eq!(bar(0.35), "▰▰▰▱▱▱▱▱▱▱");
    for share in [0.9, 0.99, 1.0, 7.0] {
        assert_eq!(bar(share), "▰▰▰▰▰▰▰▰▰▱");
    }
}

/// What is said about a song that runs, so long after its start, where these songs were before it.
fn told(songs: &[u64], elapsed: u64) -> String {
    let mut estimate = Estimate::default();
    for song in songs {
        estimate.learn(Duration::from_secs(*song));
    }
    let since = Timestamp::from_millis(1_000_000);
    let job = job("rain", State::Running { whisul_job: whisul_job(), since });
    let view = MessageView {
        now: since.saturating_add(Duration::from_secs(elapsed)),
        outlook: estimate.outlook(),
        ..view(&job)
    };
    let message = serde_json::to_value(render(&view, &links())).unwrap();
    let text = message["embeds"][0]["description"].as_str().unwrap();
    text.lines().last().unwrap().to_owned()
}

#[test]
fn a_running_song_is_told_of_in_words_that_stay_true() {
    assert_eq!(told(&[], 0), "Started <t:1000:R>.");
    assert_eq!(told(&[], 9999), "Started <t:1000:R>.");
    let songs = [60, 60, 110].repeat(13);
    let usual = "Started <t:1000:R>. Songs usually take about 1 minute; most are done within 2.";
    assert_eq!((told(&songs, 0), told(&songs, 110)), (usual.to_owned(), usual.to_owned()));
    let longer =
        "Started <t:1000:R>. This one is taking longer than usual. Whisul is still working on it.";
    assert_eq!(told(&songs, 111), longer);
    assert_eq!(told(&[60; 20], 60), "Started <t:1000:R>. Songs usually take about 1 minute.");
}

#[test]
fn a_prompt_that_was_turned_away_is_not_told_that_it_starts_right_away() {
    let job = job("rain", State::Announced);
    let status = |position, resubmit_pending| {
        let message = render(&MessageView { position, resubmit_pending, ..view(&job) }, &links());
        let message = serde_json::to_value(message).unwrap();
        message["embeds"][0]["description"].as_str().unwrap().lines().last().unwrap().to_owned()
    };
    assert_eq!(status(None, false), "It starts right away.");
    assert_eq!(
        status(None, true),
        "Whisul hasn't taken this prompt yet. I'll send it again in a moment."
    );
    assert!(status(Some(3), true).starts_with("Number 3 in line."), "it has its place again");
}

#[test]
fn a_song_never_starts_in_the_future() {
    let since = Timestamp::from_millis(9_000_000);
    let job = job("rain", State::Running { whisul_job: whisul_job(), since });
    let now = Timestamp::from_millis(5_000_000);
    let message = render(&MessageView { now, ..view(&job) }, &links());
    assert!(serde_json::to_string(&message).unwrap().contains("Started <t:5000:R>."));
}
