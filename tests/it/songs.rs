//! Somebody asks for a song.

use crate::world::{World, description, is_done, title};

#[tokio::test(flavor = "multi_thread")]
async fn a_song_from_the_command_to_the_embed() {
    let world = World::new().await;
    let asked = world.song(&world.ann, "a lo-fi beat for a rainy evening").await;
    let first = asked.answer().await.expect("an answer at once");
    assert_eq!(title(&first), "🎟️ In line");
    assert!(description(&first).contains(&world.ann.mention()));

    let done = asked.until("a finished song", is_done).await;
    let embed = done.embed().unwrap();
    assert!(embed.url.is_some() && embed.image.is_some());
    assert!(embed.field("Tempo").unwrap().ends_with("BPM"));
    assert!(embed.field("Length").unwrap().contains(':'));
    assert!(embed.field("Tags").is_some());
    assert_eq!(done.button("Listen").unwrap().url, embed.url);
    assert_eq!(done.id, first.id, "it is still the same message");
    assert!(done.pings.is_empty());
    assert_eq!(world.whisul.accepted("rainy evening"), 1);
}
