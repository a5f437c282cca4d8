//! The one writer: it commits the writes that wait together in one transaction, so that a burst of
//! commands costs one sync of the disk, not one each.

use std::{mem, panic::AssertUnwindSafe, pin::Pin, slice};

use futures_util::FutureExt;
use sqlx::{Connection, SqliteConnection, SqlitePool};
use tokio::sync::{mpsc, oneshot};
use tracing::error;

use super::StoreError;

/// Takes the right to write at once, so that nothing can change between what a write reads and what
/// it adds.
const BEGIN: &str = "BEGIN IMMEDIATE";

/// So many writes share a transaction at most, so that the first of them need not wait for long.
const BATCH: usize = 256;

/// A change of the database.
pub(super) trait Write: Send + Sync + 'static {
    /// What becomes of it.
    type Outcome: Send + 'static;

    /// Makes the change within the transaction that is open. It is made once more where a transaction
    /// that it shared with others has failed.
    ///
    /// # Errors
    /// When it can't be made. The transaction is rolled back, then.
    fn apply(
        &self,
        connection: &mut SqliteConnection,
    ) -> impl Future<Output = Result<Self::Outcome, StoreError>> + Send;
}

/// Makes changes one batch after another: a batch is what has arrived while the one before was
/// committed. Clones share one writer.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    queue: mpsc::UnboundedSender<Box<dyn Queued>>,
    /// The one connection that writes: SQLite lets one write at a time.
    pub(super) pool: SqlitePool,
}

impl Writer {
    /// A writer that uses the one connection of this pool. It ends with its last clone.
    pub(super) fn new(pool: SqlitePool) -> Self {
        let (queue, queued) = mpsc::unbounded_channel();
        tokio::spawn(write_all(queued, pool.clone()));
        Self { queue, pool }
    }

    /// Makes a change, after those that came before. It is on disk when this returns. If this is
    /// dropped, the change is made in full or not at all.
    pub(super) async fn write<W: Write>(&self, change: W) -> Result<W::Outcome, StoreError> {
        let (reply, outcome) = oneshot::channel();
        let queued = Box::new(Waiting { change, outcome: None, reply });
        let gone = || StoreError::from(sqlx::Error::WorkerCrashed);
        self.queue.send(queued).map_err(|_| gone())?;
        outcome.await.unwrap_or_else(|_| Err(gone()))
    }
}

type Applied<'a> = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 'a>>;

/// A change of any kind, on its way to the disk.
trait Queued: Send {
    /// Whether anybody still waits for it.
    fn is_awaited(&self) -> bool;
    /// Makes the change and keeps its outcome.
    fn apply<'a>(&'a mut self, connection: &'a mut SqliteConnection) -> Applied<'a>;
    /// Tells its caller the outcome, or why the transaction has failed.
    fn reply(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Waiting<W: Write> {
    change: W,
    outcome: Option<W::Outcome>,
    reply: oneshot::Sender<Result<W::Outcome, StoreError>>,
}

impl<W: Write> Queued for Waiting<W> {
    fn is_awaited(&self) -> bool {
        !self.reply.is_closed()
    }

    fn apply<'a>(&'a mut self, connection: &'a mut SqliteConnection) -> Applied<'a> {
        Box::pin(async {
            self.outcome = Some(self.change.apply(connection).await?);
            Ok(())
        })
    }

    fn reply(self: Box<Self>, committed: Result<(), StoreError>) {
        let missing = || StoreError::from(sqlx::Error::WorkerCrashed);
        let Self { outcome, reply, .. } = *self;
        let outcome = committed.and_then(|()| outcome.ok_or_else(missing));
        // Its caller may be gone.
        _ = reply.send(outcome);
    }
}

async fn write_all(mut queue: mpsc::UnboundedReceiver<Box<dyn Queued>>, pool: SqlitePool) {
    let mut batch = Vec::new();
    while queue.recv_many(&mut batch, BATCH).await > 0 {
        batch.retain(|change| change.is_awaited());
        if batch.is_empty() {
            continue;
        }
        // One change that panics fails with its batch, and ends no other.
        let writing = AssertUnwindSafe(write_batch(&pool, mem::take(&mut batch)));
        if writing.catch_unwind().await.is_err() {
            error!("a write of the database panicked");
        }
    }
}

/// Makes some changes together. Where that fails, each is made alone, so that only those fail that
/// can't be made. A database that others hold is waited for only once, and a full disk tried only once
/// more.
async fn write_batch(pool: &SqlitePool, mut batch: Vec<Box<dyn Queued>>) {
    let together = commit(pool, &mut batch).await;
    let is_alone = batch.len() == 1;
    let mut for_all = match &together {
        Err(StoreError::Busy(_)) | Ok(()) => Some(together),
        Err(_) if is_alone => Some(together),
        Err(_) => None,
    };
    for mut change in batch {
        let committed = match &for_all {
            Some(for_all) => for_all.clone(),
            None => commit(pool, slice::from_mut(&mut change)).await,
        };
        if matches!(committed, Err(StoreError::Busy(_) | StoreError::Full(_))) {
            for_all = Some(committed.clone());
        }
        change.reply(committed);
    }
}

async fn commit(pool: &SqlitePool, batch: &mut [Box<dyn Queued>]) -> Result<(), StoreError> {
    let mut connection = pool.acquire().await?;
    let committed = transact(&mut connection, batch).await;
    if committed.is_err() && !is_fit_to_stay(&mut connection).await {
        connection.close_on_drop();
    }
    committed
}

async fn transact(
    connection: &mut SqliteConnection,
    batch: &mut [Box<dyn Queued>],
) -> Result<(), StoreError> {
    // A transaction that is dropped changes nothing.
    let mut transaction = connection.begin_with(BEGIN).await?;
    for change in batch {
        change.apply(&mut transaction).await?;
    }
    Ok(transaction.commit().await?)
}

/// Whether a connection can be used again. When the disk is full, SQLite rolls a transaction back
/// by itself; sqlx doesn't notice, and such a connection would never begin another.
async fn is_fit_to_stay(connection: &mut SqliteConnection) -> bool {
    // Answered only once a rollback that is under way has ended.
    connection.ping().await.is_ok() && !connection.is_in_transaction()
}
