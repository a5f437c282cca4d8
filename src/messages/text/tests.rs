//! What is said in words is said in words, and the page that shows it is true.

use super::{song::COUNTS, *};
use crate::domain::{Canceller, Charge, Failure, Obstacle, Span, UserId, Wait};

/// The page that shows what people see, with its lines and marks taken out.
fn shown() -> String {
    let page = include_str!("../../../docs/messages.md").replace(['*', '`', '>'], " ");
    page.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_page_of_messages_says_what_the_bot_says() {
    let failures = [
        Failure::TooLate,
        Failure::Expired,
        Failure::Rejected { reason: None },
        Failure::Undocumented,
        Failure::Generation { reason: None },
        Failure::Songless,
        Failure::Vanished,
        Failure::GivenUp,
        Failure::Ended { reason: None },
        Failure::UnknownOutcome,
    ];
    let obstacles =
        [Obstacle::Unreachable, Obstacle::Busy, Obstacle::BadKey, Obstacle::OutOfCredit];
    let titles = [IN_LINE, SUBMITTING, COMPOSING, UNTITLED, FAILED, CANCELLED];
    let buttons = [LISTEN, AGAIN, TRY_AGAIN, EDIT_PROMPT, DELETE, CANCEL, FORM_TITLE];
    let whispers = [
        ASKED_ALREADY,
        TOO_LATE_TO_CANCEL,
        CANCEL_REMEMBERED,
        NOT_YOURS,
        SONG_FORGOTTEN,
        OWNER_FORGOTTEN,
        STOPPING,
    ];
    let refusals = [STORAGE_TROUBLE, NOT_IN_TIME, SERVER_NOT_ALLOWED, GOES_ON_BY_DM, FORM_PROMPT];
    let odd = [UNREADABLE, UNKNOWN_COMMAND, COMMAND_CHANGED, NOTHING_TO_READ];
    let shown = shown();
    let failed = failures.iter().map(|why| failure(why, Charge::KeyOnly));
    let failed = failed.chain([COUNTS.to_owned()]);
    let said = failed.chain(obstacles.into_iter().map(|it| held_up(it).to_owned()));
    let lists = [admin::JOBS, admin::LOG, YOUR_SONGS];
    let fixed = [&titles[..], &buttons, &whispers, &refusals, &odd, &lists].concat();
    // Of people the page shows names.
    let cancelled = [Canceller::Requester, Canceller::Moderator(UserId(2)), Canceller::Owner];
    let cancelled = cancelled.map(cancelled_by_name);
    let said = said.chain(cancelled);
    let made = [admin::page(1, 3, 45), page(1, 3, 21), given_reason("it is late")];
    for sentence in said.chain(fixed.into_iter().map(str::to_owned)).chain(made) {
        let sentence = sentence.replace('`', " ");
        let sentence = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(shown.contains(&sentence), "docs/messages.md lacks: {sentence}");
    }
}

fn cancelled_by_name(by: Canceller) -> String {
    cancelled(by, UserId(1)).replace("<@1>", "@Ann").replace("<@2>", "@Mo")
}

#[test]
fn quotas_are_told_in_words() {
    for (quota, words) in [
        ("5/1d", "5 songs a day"),
        ("1/1h", "1 song an hour"),
        ("2/7d", "2 songs a week"),
        ("3/12h", "3 songs in 12 hours"),
        ("0/90s", "0 songs in 90 seconds"),
    ] {
        assert_eq!(songs_of(quota.parse().unwrap()), words);
    }
}

#[test]
fn durations_that_nobody_knows_are_told_as_people_say_them() {
    let at = Timestamp::from_millis(1_000_000);
    for (typical, most, words) in [
        (230, 500, "About 4 minutes to wait, rarely more than 9"),
        (50, 100, "About 50 seconds to wait, rarely more than 2 minutes"),
        (60, 60, "About 1 minute to wait"),
        (60, 62, "About 1 minute to wait, rarely more than 90 seconds"),
        (0, 0, "About 5 seconds to wait"),
        (3000, 7000, "About 50 minutes to wait, rarely more than 2 hours"),
        (3600, 7200, "About 1 hour to wait, rarely more than 2"),
    ] {
        let [typical, most] = [typical, most].map(Duration::from_secs);
        let told = wait(&Wait { at, ahead: 1, span: Span { typical, most } });
        assert_eq!(told, format!("{words} (estimated at <t:1000:t>)."));
    }
}

#[test]
fn moderators_read_how_long_songs_took() {
    let took = |median, ninetieth| {
        admin::took(Duration::from_secs(median), Duration::from_secs(ninetieth))
    };
    assert_eq!(took(6, 60), "Typical 6 s, slowest tenth over 60 s");
    assert_eq!(took(98, 245), "Typical 98 s, slowest tenth over 4 min 05 s");
}
