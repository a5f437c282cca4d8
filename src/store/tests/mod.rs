//! Shared by the store's tests: a folder to work in, and jobs of every kind.

mod admin_actions;
mod admission;
mod batches;
mod copies;
mod damage;
mod forgetting;
mod life;
mod locking;
mod opening;
mod people;
mod plans;
mod updates;
mod user_queries;

use std::{collections::BTreeMap, fs, path::PathBuf, sync::Arc, time::Duration};

use proptest::prelude::*;
use secrecy::{ExposeSecret, SecretString};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{Admission, Store};
use tempfile::TempDir;

use crate::domain::{
    ApplicationId, Cancellation, Canceller, ChannelId, Charge, Delivery, Failure, FollowUps,
    GuildId, Job, JobId, Limits, MessageAccess, MessageId, Place, Prompt, Quota, Requester, Shown,
    Song, SongLength, State, Timestamp, UserId, WhisulJob, WhisulJobId, fixtures, forgotten_before,
};

/// A folder of its own for a test, gone with it. The database's folder in it is the store's to make.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn file(&self) -> PathBuf {
        self.path().join("jobs.db")
    }

    fn url(&self) -> String {
        format!("sqlite://{}", self.file().display())
    }

    async fn store(&self) -> Store {
        Store::open(&self.url()).await.expect("a new database opens")
    }

    /// A second store on the same file, past the lock: as if another process had it open.
    async fn twin(&self, of: &Store) -> Store {
        let patience = Duration::from_secs(5);
        Store::connect(&self.file(), patience, Arc::clone(&of.lock)).await.unwrap()
    }

    /// A bare connection to the file, past the store.
    async fn bare(&self) -> SqliteConnection {
        let options = SqliteConnectOptions::new().filename(self.file()).create_if_missing(true);
        SqliteConnection::connect_with(&options).await.unwrap()
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// The first second of this test's world, in milliseconds since 1970.
const START: i64 = 1_800_000_000_000;

/// The id of an interaction made so many seconds after the start.
fn id_at(seconds: i64, serial: u64) -> JobId {
    let epoch = Timestamp::of_snowflake(0).millis();
    let millis = u64::try_from(START + seconds * 1000 - epoch).unwrap();
    JobId((millis << 22) | serial)
}

/// A job as it is when it asks for admission.
fn fresh(id: JobId, requester: u64, guild: Option<u64>) -> Job {
    let mut job = fixtures::job(id, UserId(requester));
    job.place.guild = guild.map(GuildId);
    job
}

const NOBODY_SPECIAL: Requester<'static> = Requester { roles: &[], in_guild: true };

fn unlimited() -> Limits {
    Limits {
        user: Quota::Unlimited,
        user_concurrency: u32::MAX,
        roles: BTreeMap::new(),
        guild: Quota::Unlimited,
        global: Quota::Unlimited,
    }
}

async fn accept(store: &Store, job: &Job) {
    let admission = store.admit(job, &NOBODY_SPECIAL, &unlimited()).await.unwrap();
    assert_eq!(admission, Admission::Accepted);
}

/// All that a job is, to compare by; as the store keeps it, without a settled job's token.
fn facts(job: &Job) -> impl PartialEq + std::fmt::Debug {
    let token = job.place.token.as_ref().filter(|_| !job.is_settled());
    (
        (job.id, job.requester, job.prompt.as_str().to_owned(), job.round),
        (job.place.guild, job.place.channel, job.place.access, job.place.application),
        token.map(|token| token.expose_secret().clone()),
        (job.state.clone(), job.charge, job.message, job.delivery),
        (job.place.attachment_limit, job.message_channel, job.follow_ups),
    )
}

fn any_snowflake() -> impl Strategy<Value = u64> {
    0..=i64::MAX.unsigned_abs()
}

fn any_state() -> impl Strategy<Value = State> {
    let text = || prop::option::of(any::<String>());
    let millis = || (0..=i64::MAX.unsigned_abs()).prop_map(Duration::from_millis);
    let running =
        ("[a-zA-Z0-9_-]{1,64}", text(), any::<i64>()).prop_map(|(id, poll_url, since)| {
            let whisul_job = WhisulJob { id: WhisulJobId::parse(&id).unwrap(), poll_url };
            State::Running { whisul_job, since: Timestamp::from_millis(since) }
        });
    let bpm = prop::option::of(f64::MIN_POSITIVE..f64::MAX);
    let length =
        prop::option::of((1..86_400_u32).prop_map(|s| SongLength::from_seconds(s).unwrap()));
    let tags = prop::collection::vec(any::<String>(), 0..6);
    let song = (text(), bpm, length, tags, text(), text()).prop_map(
        |(title, bpm, length, tags, song_url, image_url)| Song {
            title,
            bpm,
            length,
            tags,
            song_url,
            image_url,
        },
    );
    let failure = prop_oneof![
        Just(Failure::TooLate),
        text().prop_map(|reason| Failure::Rejected { reason }),
        Just(Failure::Undocumented),
        text().prop_map(|reason| Failure::Generation { reason }),
        Just(Failure::Songless),
        Just(Failure::Vanished),
        Just(Failure::GivenUp),
        text().prop_map(|reason| Failure::Ended { reason }),
        Just(Failure::UnknownOutcome),
    ];
    let canceller = prop_oneof![
        Just(Canceller::Requester),
        Just(Canceller::Owner),
        Just(Canceller::Deletion),
        any_snowflake().prop_map(|id| Canceller::Moderator(UserId(id))),
    ];
    prop_oneof![
        Just(State::Accepted),
        Just(State::Announced),
        Just(State::Submitting),
        running,
        (song, millis()).prop_map(|(song, took)| State::Completed { song, took }),
        failure.prop_map(State::Failed),
        Just(State::Abandoned),
        (canceller, text()).prop_map(|(by, reason)| State::Cancelled(Cancellation { by, reason })),
    ]
}

prop_compose! {
    fn any_job()(
        (id, requester, channel, application) in
            (any_snowflake(), any_snowflake(), any_snowflake(), any_snowflake()),
        guild in prop::option::of(any_snowflake()),
        (message, message_channel) in
            (prop::option::of(any_snowflake()), prop::option::of(any_snowflake())),
        (attachment_limit, notice, files) in (any::<u32>(), any::<bool>(), any::<bool>()),
        token in prop::option::of(any::<String>()),
        prompt in any::<String>().prop_filter_map("no prompt", |text| Prompt::parse(&text).ok()),
        (round, origin) in (any::<u32>(), prop::option::of(any_snowflake())),
        state in any_state(),
        access in prop::sample::select(vec![MessageAccess::Channel, MessageAccess::TokenOnly]),
        charge in prop::sample::select(vec![Charge::Full, Charge::KeyOnly, Charge::None]),
        delivery in prop::sample::select(
            <Delivery as super::row::codec::Word>::ALL),
    ) -> Job {
        Job {
            id: JobId(id),
            requester: UserId(requester),
            place: Place {
                guild: guild.map(GuildId),
                channel: ChannelId(channel),
                access,
                application: ApplicationId(application),
                token: token.map(SecretString::new),
                attachment_limit,
            },
            prompt,
            origin: origin.map(JobId),
            round,
            state,
            charge,
            message: message.map(MessageId),
            message_channel: message_channel.map(ChannelId),
            delivery,
            follow_ups: FollowUps { notice, files },
        }
    }
}
