//! A song from the request to the finished message.

use std::time::Duration;

use sandbox::{Invocation, Message, Plan};
use serde_json::{Value, json};

use crate::fixture::{Fixture, description, done, failed, fixture_without_rate_limits, title};

const COMPOSING: &str = "🎼 Composing";

/// Waits until the song is shown as being made.
async fn composing(asked: &Invocation) -> Message {
    asked.until("the news that the song is being made", |message| title(message) == COMPOSING).await
}

/// All revisions of a message.
fn forms(message: &Message) -> Vec<Value> {
    message.revisions.iter().map(|revision| revision.json["embeds"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_song_goes_from_the_command_to_the_embed() {
    let fixture = Fixture::new().await;
    let asked = fixture.song(&fixture.ann, "a lo-fi beat for a rainy evening").await;
    let first = asked.answer().await.expect("a response at once");
    assert_eq!(title(&first), "🎟️ In line");
    assert!(description(&first).contains("a lo\\-fi beat for a rainy evening"));
    assert!(description(&first).contains(&fixture.ann.mention()));
    assert!(description(&first).contains("It starts right away."));

    let done = done(&asked).await;
    let embed = done.embed().unwrap();
    let id = fixture.whisul.until_finished("rainy evening").await.id;
    assert!(embed.title.as_ref().unwrap().contains(' '), "Whisul's titles have two words");
    assert!(embed.url.as_ref().unwrap().ends_with(&format!("/audio/{id}.wav")));
    assert!(embed.image.as_ref().unwrap().ends_with(&format!("/covers/{id}.png")));
    assert!(embed.field("BPM").unwrap().parse::<f64>().is_ok());
    assert!(embed.field("Duration").unwrap().starts_with("0:"));
    assert!(embed.field("Tags").unwrap().starts_with("lo\\-fi, "));
    assert!(description(&done).contains("a lo\\-fi beat for a rainy evening"));
    assert!(description(&done).contains(&fixture.ann.mention()));
    assert_eq!(done.button("Listen").unwrap().url, embed.url);
    assert_eq!(done.id, first.id, "it is still the same message");
    assert!(done.pings.is_empty());
    assert_eq!(fixture.whisul.accepted("rainy evening"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_is_shown_and_unchanged_messages_are_not_edited() {
    let fixture = fixture_without_rate_limits(&[]).await;
    fixture.whisul.plan("slow", Plan::song().until_told());
    let asked = fixture.song(&fixture.ann, "a slow waltz").await;
    let shown = composing(&asked).await;
    // Nothing is known yet about how long songs take, so the bar stays empty for some seconds.
    assert!(description(&shown).contains("▱▱▱▱▱▱▱▱▱▱\n"), "{}", description(&shown));

    let polls = fixture.whisul.until_polled("slow", 1).await.polls;
    let later = fixture.whisul.until_polled("slow", polls + 10).await;
    fixture.whisul.finish("slow");
    let done = done(&asked).await;
    let forms = forms(&done);
    assert_eq!(forms.len(), shown.revisions.len() + 1, "nothing between progress and song");
    assert!(forms.windows(2).all(|pair| pair[0] != pair[1]));
    assert_eq!(later.number, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bar_moves_no_faster_than_messages_may_be_edited() {
    let interval = Duration::from_millis(400);
    let fixture = fixture_without_rate_limits(&[("EDIT_INTERVAL", "400ms")]).await;
    // Once it has come, the bar moves nine times within the first six seconds.
    let (started, finished) = ("2026-02-17 15:39:31", "2026-02-17 15:39:34");
    let result = json!({"song_url": "/audio/1.wav"});
    let made = json!({
        "status": "completed", "result": result, "started_at": started, "finished_at": finished,
    });
    fixture.whisul.plan("learn", Plan::answer(made).takes(Duration::ZERO));
    done(&fixture.song(&fixture.ann, "a song to learn from").await).await;
    fixture.whisul.plan("next", Plan::song().until_told());
    let asked = fixture.song(&fixture.ann, "the next song").await;
    asked.until("a bar that has moved", |message| message.revisions.len() >= 5).await;
    fixture.whisul.finish("next");
    let done = done(&asked).await;
    let edits: Vec<_> = done.revisions.iter().map(|revision| revision.at).collect();
    let (_, progress) = edits.split_last().unwrap();
    for pair in progress.windows(2) {
        assert!(pair[1] - pair[0] >= interval, "{:?}", pair[1] - pair[0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_song_itself_waits_for_no_interval() {
    let fixture = Fixture::with(&[("EDIT_INTERVAL", "1h")]).await;
    let asked = fixture.song(&fixture.ann, "a song in no time").await;
    let done = done(&asked).await;
    assert_eq!(done.revisions.len(), 2, "the first response, then the song");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_status_counts_as_running() {
    let fixture = Fixture::new().await;
    let plan = Plan::unknown_status("mastering the \u{1f3a7}").until_told();
    fixture.whisul.plan("mystery", plan);
    let asked = fixture.song(&fixture.ann, "a mystery").await;
    composing(&asked).await;
    let polls = fixture.whisul.until_polled("mystery", 1).await.polls;
    fixture.whisul.until_polled("mystery", polls + 3).await;
    fixture.whisul.finish("mystery");
    done(&asked).await;
}

/// Whisul sends this instead of the usual value of a field.
async fn with(fixture: &Fixture, field: &str, value: Value) -> Message {
    let prompt = format!("{field} = {value};").replace('"', "'");
    fixture.whisul.plan(&prompt, Plan::song().with(field, value).takes(Duration::ZERO));
    done(&fixture.song(&fixture.ann, &prompt).await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_form_of_a_result_is_understood() {
    let fixture = Fixture::new().await;
    let shapes = [
        ("duration", json!("2:47"), "Duration", Some("2:47")),
        ("duration", json!(183), "Duration", Some("3:03")),
        ("duration", json!(3723), "Duration", Some("1:02:03")),
        ("duration", json!("later"), "Duration", None),
        ("duration", json!(null), "Duration", None),
        ("bpm", json!(140), "BPM", Some("140")),
        ("bpm", json!(92.5), "BPM", Some("92.5")),
        ("bpm", json!("fast"), "BPM", None),
        ("tags", json!("trap, dark, 808s"), "Tags", Some("trap, dark, 808s")),
        ("tags", json!(["trap", "dark"]), "Tags", Some("trap, dark")),
        ("tags", json!(""), "Tags", None),
    ];
    for (field, value, name, expected) in shapes {
        let done = with(&fixture, field, value.clone()).await;
        let embed = done.embed().unwrap();
        assert_eq!(embed.field(name), expected, "{field}: {value}");
        assert_eq!(embed.fields.len(), 2 + usize::from(expected.is_some()), "{field}: {value}");
    }
    let cover = json!("https://cdn.whisul.com/art/81fa5ff7.png");
    let done = with(&fixture, "image_url", cover.clone()).await;
    assert_eq!(done.embed().unwrap().image.as_deref(), cover.as_str());
    let tune = json!("https://cdn.whisul.com/songs/81fa5ff7.mp3");
    let done = with(&fixture, "song_url", tune.clone()).await;
    assert_eq!(done.embed().unwrap().url.as_deref(), tune.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_that_whisul_leaves_out_are_not_shown() {
    let fixture = Fixture::new().await;
    let leaving_out = |fields: &[&str]| {
        fields.iter().fold(Plan::song().takes(Duration::ZERO), |plan, field| plan.without(field))
    };
    fixture.whisul.plan("no cover", leaving_out(&["image_url", "bpm"]));
    fixture.whisul.plan("no name", leaving_out(&["title", "tags", "duration"]));
    fixture.whisul.plan("no link", leaving_out(&["song_url"]));
    fixture.whisul.plan("nothing", Plan::song().result(Value::Null).takes(Duration::ZERO));

    let song = done(&fixture.song(&fixture.ann, "no cover").await).await;
    let embed = song.embed().unwrap();
    assert_eq!((embed.image.as_ref(), embed.field("BPM"), embed.fields.len()), (None, None, 2));

    let song = done(&fixture.song(&fixture.ann, "no name").await).await;
    assert_eq!(title(&song), "Your song");
    assert_eq!(song.embed().unwrap().fields.len(), 1);

    for prompt in ["no link", "nothing"] {
        let told = failed(&fixture.song(&fixture.ann, prompt).await).await;
        assert!(description(&told).contains("didn't send it"), "{}", description(&told));
        assert_eq!((told.embed().unwrap().url.as_ref(), told.button("Listen")), (None, None));
    }
}
