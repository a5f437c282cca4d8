//! What has to be seen among many lives, lest a promise is kept only because nothing happens.

use super::world::Coverage;

/// From so many lives on, each of these has to be seen.
const ALL_FROM: u64 = 50_000;
const ALL: [&str; 22] = [
    "asked twice by one interaction",
    "cancelled while the prompt was on its way",
    "cancelled, perhaps",
    "charged for what failed",
    "delivered in a new message, found again",
    "delivered in a new message, tried again",
    "found accepted",
    "found cancelled",
    "found completed",
    "found failed",
    "found submitting",
    "found while it was posted",
    "found with follow-ups left",
    "given up without a word",
    "killed while it stopped",
    "refused",
    "the bot may not look",
    "the first response was rejected",
    "the owner is told",
    "too late",
    "vanished",
    "written down too late, or not surely",
];

/// Among so few lives, each of these is seen, too.
const OFTEN_FROM: u64 = 500;
const OFTEN: [&str; 21] = [
    "a person deleted the message",
    "abandoned",
    "cancelled",
    "cancelled concurrently",
    "cancelled too late",
    "completed",
    "delivered by token",
    "delivered in a new message",
    "delivered through the channel",
    "ended by the owner",
    "files attached, or let go",
    "found announced",
    "found running",
    "given up",
    "kept out by an admin",
    "killed",
    "no way was left",
    "not generated",
    "of unknown outcome",
    "stopped",
    "told that a song is ready",
];

pub(crate) fn check(coverage: &Coverage, lives: u64) {
    println!("{coverage:#?}");
    let all = ALL.iter().filter(|_| lives >= ALL_FROM);
    for what in OFTEN.iter().filter(|_| lives >= OFTEN_FROM).chain(all) {
        assert!(coverage.contains_key(what), "not seen: {what}");
    }
}
