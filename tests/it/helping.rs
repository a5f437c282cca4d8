//! `/help` tells how things are, not how they could be.

use sandbox::Seat;

use crate::world::{World, title};

async fn help(seat: &Seat) -> String {
    let asked = seat.command("help", &[]).await.expect("Discord takes the command");
    let answer = asked.answer().await.expect("an answer at once");
    assert!(answer.ephemeral());
    assert_eq!(title(&answer), "Songs from a few words");
    answer.text()
}

#[tokio::test(flavor = "multi_thread")]
async fn help_tells_the_limits_in_force() {
    let settings = [
        ("USER_QUOTA", "5/1d"),
        ("USER_CONCURRENCY", "2"),
        ("GUILD_QUOTA", "50/1w"),
        ("GLOBAL_QUOTA", "100/1d"),
    ];
    let world = World::with(&settings).await;
    let here = help(&world.ann.at(&world.channel)).await;
    for told in [
        "You get 5 songs a day.",
        "2 at once",
        "50 songs a week for this server.",
        "100 songs a day for everybody together.",
        "You can ask for songs right here.",
        "/songs",
        "/quota",
        "/my-data",
        "/notify",
        "Again",
        "Cancel",
    ] {
        assert!(here.contains(told), "{told} is missing in {here}");
    }
    assert!(!here.contains("roles"), "{here}");
    assert!(!help(&world.ann.dm()).await.contains("this server"));
}

#[tokio::test(flavor = "multi_thread")]
async fn help_leaves_out_limits_that_are_none_and_says_where_songs_are_made() {
    let mut world = World::with(&[("ROLE_QUOTAS", "7=20/1d"), ("USER_QUOTA", "0/1d")]).await;
    let here = help(&world.ann.at(&world.channel)).await;
    assert!(here.contains("Songs are for people with certain roles."), "{here}");
    assert!(!here.contains("everybody together") && !here.contains("for this server"), "{here}");
    world.stop_bot().await;
    world.set("ALLOWED_GUILDS", "7");
    world.set("USER_QUOTA", "unlimited");
    world.set("NOTIFY", "off");
    world.wake_bot().await;
    let here = help(&world.ann.at(&world.channel)).await;
    assert!(here.contains("As many as you like."), "{here}");
    assert!(!here.contains("/notify"), "{here}");
    assert!(here.contains("isn't set up for songs in this server"), "{here}");
    assert!(help(&world.ann.dm()).await.contains("makes songs only in its servers"));
}
