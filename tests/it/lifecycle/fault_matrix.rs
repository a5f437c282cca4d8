//! Each fault at each step of a job's life, and its outcome.

use std::time::Duration;

use sandbox::{Fault, Message, Plan};
use tokio::{task::JoinSet, time::timeout};

use crate::fixture::{DEADLINE, Fixture, description, is_done, title};

/// A step of a job's life: the request that the fault affects.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    FirstResponse,
    Submission,
    Poll,
    FinalEdit,
}

/// The fault, which affects one request.
#[derive(Clone, Copy, Debug)]
enum Wrong {
    Error,
    TooMany,
    Unavailable,
    CutBefore,
    CutAfter,
    Garbage,
    GarbageAfter,
    Oversize,
    NotFound,
    /// Responses of a proxy in front of the service,
    Foreign(u16),
    /// although the service took the request in.
    ForeignAfter(u16),
    Redirect,
    Portal,
}

/// What the person sees in the end.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    /// The song, in the message that answered them first.
    Song,
    /// That nobody knows whether Whisul took the prompt; nothing is sent again.
    Unknown,
    /// That there is none for another reason.
    Other,
}

use End::{Other, Song, Unknown};
use Step::{FinalEdit, FirstResponse, Poll, Submission};
use Wrong::{
    CutAfter, CutBefore, Error, Foreign, ForeignAfter, Garbage, GarbageAfter, NotFound, Oversize,
    Portal, Redirect, TooMany, Unavailable,
};

/// The step, the fault, the end, and how many songs Whisul made of it.
const MATRIX: [(Step, Wrong, End, usize); 62] = [
    (FirstResponse, Error, Song, 1),
    (FirstResponse, TooMany, Song, 1),
    (FirstResponse, Unavailable, Song, 1),
    (FirstResponse, CutBefore, Song, 1),
    (FirstResponse, CutAfter, Song, 1),
    (FirstResponse, Garbage, Song, 1),
    (FirstResponse, GarbageAfter, Song, 1),
    (Submission, Error, Unknown, 0),
    (Submission, TooMany, Song, 1),
    (Submission, Unavailable, Song, 1),
    (Submission, CutBefore, Unknown, 0),
    (Submission, CutAfter, Unknown, 1),
    (Submission, Garbage, Unknown, 0),
    (Submission, GarbageAfter, Unknown, 1),
    (Submission, Foreign(307), Unknown, 0),
    (Submission, Foreign(407), Unknown, 0),
    (Submission, Foreign(429), Unknown, 0),
    (Submission, Foreign(404), Unknown, 0),
    (Submission, Foreign(503), Unknown, 0),
    (Submission, ForeignAfter(200), Unknown, 1),
    (Submission, ForeignAfter(303), Unknown, 1),
    (Submission, ForeignAfter(400), Unknown, 1),
    (Submission, ForeignAfter(401), Unknown, 1),
    (Submission, ForeignAfter(403), Unknown, 1),
    (Submission, ForeignAfter(407), Unknown, 1),
    (Submission, ForeignAfter(429), Unknown, 1),
    (Submission, ForeignAfter(502), Unknown, 1),
    (Poll, Error, Song, 1),
    (Poll, TooMany, Song, 1),
    (Poll, Unavailable, Song, 1),
    (Poll, CutBefore, Song, 1),
    (Poll, CutAfter, Song, 1),
    (Poll, Garbage, Song, 1),
    (Poll, Oversize, Song, 1),
    (Poll, NotFound, Song, 1),
    (Poll, Foreign(200), Song, 1),
    (Poll, Foreign(302), Song, 1),
    (Poll, Foreign(401), Song, 1),
    (Poll, Foreign(403), Song, 1),
    (Poll, Foreign(404), Song, 1),
    (Poll, Foreign(410), Song, 1),
    (Poll, Foreign(429), Song, 1),
    (FinalEdit, Error, Song, 1),
    (FinalEdit, TooMany, Song, 1),
    (FinalEdit, Unavailable, Song, 1),
    (FinalEdit, CutBefore, Song, 1),
    (FinalEdit, CutAfter, Song, 1),
    (FinalEdit, GarbageAfter, Song, 1),
    (FirstResponse, Foreign(400), Song, 1),
    (FirstResponse, Foreign(401), Song, 1),
    (FirstResponse, Foreign(403), Song, 1),
    (FirstResponse, Foreign(404), Song, 1),
    (FirstResponse, Foreign(407), Song, 1),
    (FirstResponse, Redirect, Song, 1),
    (FirstResponse, Portal, Song, 1),
    (FinalEdit, Foreign(400), Song, 1),
    (FinalEdit, Foreign(401), Song, 1),
    (FinalEdit, Foreign(403), Song, 1),
    (FinalEdit, Foreign(404), Song, 1),
    (FinalEdit, Foreign(407), Song, 1),
    (FinalEdit, Redirect, Song, 1),
    (FinalEdit, Portal, Song, 1),
];

/// How many worlds there are at once.
const AT_ONCE: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_at_every_step_has_the_expected_outcome() {
    let (mut worlds, mut wrong) = (JoinSet::new(), Vec::new());
    for row in MATRIX {
        if worlds.len() == AT_ONCE {
            wrong.extend(worlds.join_next().await.unwrap().unwrap());
        }
        worlds.spawn(play(row));
    }
    wrong.extend(worlds.join_all().await.into_iter().flatten());
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Plays one row in a fixture of its own; what came of it otherwise than it should.
async fn play(row: (Step, Wrong, End, usize)) -> Option<String> {
    let (step, wrong, end, songs) = row;
    // Nothing but the final edit edits.
    let fixture = Fixture::with(&[("EDIT_INTERVAL", "1h")]).await;
    fixture.whisul.plan("a song", Plan::song().takes(Duration::ZERO));
    let fault = fault(step, wrong).times(1);
    let faults = if matches!(step, Submission | Poll) {
        fixture.whisul.faults()
    } else {
        fixture.discord.faults()
    };
    let added = faults.add(fault);
    let asked = fixture.song(&fixture.ann, "a song").await;
    let over = |message: &Message| is_done(message) || title(message) == "No song this time";
    let outcome = timeout(DEADLINE, asked.until("an outcome", over)).await;
    let Ok(message) = outcome else { return Some(format!("{row:?}: no outcome")) };
    let ended = match (is_done(&message), description(&message)) {
        (true, _) => Song,
        (false, told) if told.contains("I can't tell whether it arrived") => Unknown,
        (false, _) => Other,
    };
    let told_once = fixture.discord.messages().len() == 1;
    let made = fixture.whisul.accepted("a song");
    let as_it_should = (ended, made, told_once, faults.hits(added)) == (end, songs, true, 1);
    (!as_it_should).then(|| format!("{row:?}: {ended:?}, {made} made, {:?}", message.text()))
}

fn fault(step: Step, wrong: Wrong) -> Fault {
    let fault = match step {
        FirstResponse => Fault::on("POST", "/api/v10/interactions/*/*/callback"),
        Submission => Fault::on("POST", "/api/generate"),
        Poll => Fault::on("GET", "/api/jobs/*"),
        FinalEdit => Fault::on("PATCH", "/api/v10/webhooks/*/*/messages/*"),
    };
    match wrong {
        Error => fault.status(500),
        TooMany => fault
            .json(429, r#"{"error": "Too many requests", "retry_after": 0.2}"#)
            .header("retry-after", "1"),
        Unavailable => fault.json(503, r#"{"error": "Overloaded"}"#).header("retry-after", "1"),
        CutBefore => fault.cut_before(),
        CutAfter => fault.cut_after(),
        Garbage => fault.garbage(),
        GarbageAfter => fault.garbage_after(),
        Oversize => fault.oversize(8 << 20),
        NotFound => fault.status(404),
        Foreign(status) => fault.html(status),
        ForeignAfter(status) => fault.html(status).handled(),
        Redirect => fault.html(302).header("location", "https://proxy.example/blocked"),
        Portal => fault.html(200),
    }
}
