//! What happens in a world: who does what and when, and what goes wrong. A plan is drawn from a seed
//! (`draw.rs`), is printed where a world breaks a promise, and can be played again: `PLAN='…'`.

use serde::{Deserialize, Serialize};

/// All that is decided about a world before it begins. Times are milliseconds since then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Plan {
    /// Seeds the delays of requests and the bot's own randomness.
    pub(crate) seed: u64,
    pub(crate) settings: Settings,
    pub(crate) channels: Vec<Channel>,
    pub(crate) people: Vec<Person>,
    pub(crate) requests: Vec<Request>,
    pub(crate) actions: Vec<Action>,
    pub(crate) outages: Vec<Outage>,
    pub(crate) faults: Vec<Fault>,
    #[serde(default)]
    pub(crate) lost_posts: Vec<LostPost>,
    pub(crate) ends: Vec<ProcessEnd>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Settings {
    /// Songs in a window, for each person, for those with the role, for a server and for everybody;
    /// `None` for no limit.
    pub(crate) user: Option<u32>,
    pub(crate) role: u32,
    pub(crate) guild: Option<u32>,
    pub(crate) global: Option<u32>,
    pub(crate) window_seconds: u64,
    pub(crate) at_once: u32,
    pub(crate) max_running: usize,
    pub(crate) timeout_seconds: u64,
    /// Between two polls of a song, and between two edits of a message.
    pub(crate) poll_seconds: u64,
    pub(crate) edit_seconds: u64,
    pub(crate) requests_a_second: u32,
    pub(crate) notice: bool,
    pub(crate) files: bool,
    /// For how long Discord remembers a nonce.
    pub(crate) nonce_seconds: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Channel {
    /// Whether the bot was brought here by the server, or by users alone.
    pub(crate) installed: bool,
    pub(crate) readable: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Person {
    pub(crate) takes_messages: bool,
    pub(crate) has_role: bool,
}

/// Somebody asks for a song.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Request {
    pub(crate) at: u64,
    pub(crate) person: usize,
    pub(crate) channel: usize,
    /// How long the interaction takes to the bot, and when the gateway brings it again.
    pub(crate) travel: u64,
    pub(crate) again_after: Option<u64>,
    /// Whether only the requester sees the response.
    pub(crate) ephemeral: bool,
    pub(crate) rejects: Rejects,
    pub(crate) submission: Submission,
    pub(crate) song: SongEnd,
    pub(crate) takes: u64,
}

/// Which messages about a job Discord rejects for their content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Rejects {
    Nothing,
    /// Those with an embed, which holds what people wrote.
    Embeds,
    /// Outcomes with anything but plain text.
    Buttons,
    /// Every outcome.
    Outcomes,
    /// Everything.
    Everything,
}

/// What Whisul makes of a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Submission {
    Accepts,
    /// 422 with an error object.
    Rejects,
    /// A status that is not documented.
    Refuses,
    /// 403, as a firewall answers prompts that it dislikes.
    Forbids,
}

/// What becomes of a song.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum SongEnd {
    Completed,
    Failed,
    /// Whisul says that it is over, and has no song.
    Songless,
    /// Whisul forgets it.
    Lost,
    /// It runs for ever.
    Never,
    /// What Whisul says about it can't be read.
    Unreadable,
}

/// Something that people do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Action {
    pub(crate) at: u64,
    pub(crate) what: Act,
}

/// See [`Action`]. Requests, people and channels are named by their index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Act {
    /// A person deletes the first message about a request.
    Deletes(usize),
    /// Its requester clicks *Cancel*; the owner cancels or ends it.
    Cancels(usize),
    Ends(usize),
    /// A person looks at their songs under way.
    Looks(usize),
    /// An admin takes no more songs from a person, or takes them again.
    Blocks(usize),
    Unblocks(usize),
    /// The same for everybody.
    Pauses,
    Resumes,
    /// Who can write and read in a channel changes.
    Access {
        channel: usize,
        writes: bool,
        reads: bool,
    },
    /// Whether a person takes direct messages.
    Messages {
        person: usize,
        takes: bool,
    },
    /// Whether a person wants to be told of finished songs.
    Notices {
        person: usize,
        wants: bool,
    },
}

/// Whom the bot asks for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Service {
    Discord,
    Whisul,
    Store,
}

/// A time in which each call of a service goes wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Outage {
    pub(crate) service: Service,
    pub(crate) from: u64,
    pub(crate) to: u64,
    pub(crate) kind: FaultKind,
}

/// One call that goes wrong, by its number among the calls of its service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Fault {
    pub(crate) service: Service,
    pub(crate) call: u64,
    pub(crate) kind: FaultKind,
}

/// A new message about a song whose response gets lost, since Discord goes away just then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct LostPost {
    /// Its number among all that the bot tries to post.
    pub(crate) post: u64,
    /// For how long Discord is away, and what happens to each call meanwhile.
    pub(crate) lasts: u64,
    pub(crate) kind: FaultKind,
}

/// How a call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum FaultKind {
    /// Nothing was sent, or the write failed.
    NotSent,
    /// The request gets lost; the response gets lost. Until the time limit, or by a broken connection.
    LostRequest {
        times_out: bool,
    },
    LostResponse {
        times_out: bool,
    },
    /// It takes longer, in milliseconds.
    Slow(u64),
    /// 429, with the seconds to wait in the form that the service uses, or from a proxy.
    RateLimited {
        seconds: Option<u32>,
        by_proxy: bool,
    },
    /// An error object of the service with this status, before or after the request was carried out.
    Status {
        status: u16,
        retry_after: Option<u32>,
        applied: bool,
    },
    /// A page of HTML, as proxies send it.
    Page {
        status: u16,
        applied: bool,
    },
    /// JSON that means nothing to anybody.
    UnknownJson {
        applied: bool,
    },
}

/// How and when a process of the bot ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ProcessEnd {
    pub(crate) when: When,
    /// Whether it is asked to stop, or killed.
    pub(crate) graceful: bool,
    /// How long it takes until the next one starts, and how far that one's clock is ahead.
    pub(crate) away: u64,
    pub(crate) clock_ahead: i64,
}

/// See [`ProcessEnd`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum When {
    At(u64),
    /// Before or after the call with this number, of all calls, is carried out.
    BeforeCall(u64),
    AfterCall(u64),
}
