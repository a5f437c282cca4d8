//! The bot's real database, each of whose operations is driven to its end in the simulation's own
//! thread, so that no other thread decides what happens first, and the paused clock waits for it.

use std::{
    path::{Path, PathBuf},
    pin::{Pin, pin},
    process,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::Duration,
};

use sqlx::{ConnectOptions, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::{
    runtime::{Builder, Handle, Runtime},
    task::unconstrained,
    time::sleep,
};
use whisul_bot::{
    domain::Job,
    store::{Intercepted, Interceptor, Operation, Store, StoreError, Work},
};

use super::{
    plan::{FaultKind, Service, When},
    world::{World, index_of},
};

/// The database of one world after another, for one thread.
#[derive(Clone, Debug)]
pub(crate) struct Storage {
    /// The store, without faults.
    pub(crate) store: Store,
    /// The runtime in which its connections live, whose clock is the real one.
    pub(crate) runtime: Handle,
    /// Empties the tables.
    connection: Arc<Mutex<SqliteConnection>>,
}

/// Lets a world's faults happen to the operations of a store.
#[derive(Debug)]
struct Faulty {
    world: Arc<World>,
    storage: Storage,
}

/// A database in memory, or nearly, and the runtime that its connections live in.
pub(crate) struct Database {
    pub(crate) storage: Storage,
    folder: PathBuf,
    _runtime: Runtime,
}

impl Database {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let memory = Path::new("/dev/shm");
        let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = parent.join(format!("whisul-bot-simulation-{}-{number}", process::id()));
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap();
        let url = format!("sqlite://{}", folder.join("jobs.db").display());
        let store = runtime.block_on(Store::open(&url)).unwrap();
        let options = SqliteConnectOptions::new().filename(folder.join("jobs.db"));
        let connection = runtime.block_on(options.connect()).unwrap();
        let (runtime_handle, connection) =
            (runtime.handle().clone(), Arc::new(Mutex::new(connection)));
        let storage = Storage { store, runtime: runtime_handle, connection };
        Self { storage, folder, _runtime: runtime }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.storage.drive(self.storage.store.close());
        _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Storage {
    /// Empties the tables, for another world.
    pub(crate) fn clear(&self) {
        let connection = &mut *self.connection.lock().unwrap();
        for table in ["jobs", "admin_actions", "people"] {
            let delete = sqlx::query(sqlx::AssertSqlSafe(format!("DELETE FROM {table}")));
            self.drive(delete.execute(&mut *connection)).unwrap();
        }
    }

    /// The store as the bot of a world uses it.
    pub(crate) fn of(&self, world: &Arc<World>) -> Store {
        let faulty = Faulty { world: Arc::clone(world), storage: self.clone() };
        self.store.intercepted_by(Arc::new(faulty))
    }

    /// Drives work to its end, here and now, whichever runtime this is called in.
    pub(crate) fn drive<T>(&self, work: impl Future<Output = T>) -> T {
        let _inside = self.runtime.enter();
        let mut work = pin!(unconstrained(work));
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        loop {
            match Pin::as_mut(&mut work).poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(done) => return done,
                Poll::Pending => thread::park(),
            }
        }
    }

    /// The row of a job.
    pub(crate) fn job(&self, operation: Operation) -> Option<Job> {
        self.drive(self.store.job(operation.job?)).unwrap()
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

impl Interceptor for Faulty {
    fn intercept<'a>(&'a self, operation: Operation, work: Work<'a>) -> Intercepted<'a> {
        Box::pin(self.operate(operation, work))
    }
}

impl Faulty {
    async fn operate(&self, operation: Operation, work: Work<'_>) -> Result<(), StoreError> {
        let (call, fault, before, after) = self.begin(operation);
        self.world.reach(When::BeforeCall(call)).await;
        sleep(before).await;
        let slow = match fault {
            Some(FaultKind::Slow(millis)) => Duration::from_millis(millis),
            _ => Duration::ZERO,
        };
        // Half of them are slow to tell that they have written something.
        let (slow_before, slow_after) =
            if call.is_multiple_of(2) { (slow, Duration::ZERO) } else { (Duration::ZERO, slow) };
        sleep(slow_before).await;
        if fault == Some(FaultKind::NotSent) {
            return Err(failed());
        }
        self.storage.drive(work);
        if operation.is_write {
            self.written(operation);
        }
        self.world.reach(When::AfterCall(call)).await;
        sleep(after + slow_after).await;
        match fault {
            Some(FaultKind::LostResponse { .. }) => Err(failed()),
            _ => Ok(()),
        }
    }

    fn begin(&self, operation: Operation) -> (u64, Option<FaultKind>, Duration, Duration) {
        let mut state = self.world.state();
        let (number, fault) = state.count(Service::Store);
        let most = if operation.is_write { 25 } else { 4 };
        let before = state.delay("store", number, most);
        let after = state.delay("stored", number, most);
        if operation.is_write || fault.is_some() {
            let job =
                operation.job.map(index_of).map_or(String::new(), |index| format!(" {index}"));
            let fault = fault.map_or(String::new(), |fault| format!(": {fault:?}"));
            let call = state.calls;
            state.tell(|| format!("    {call} {}{job}{fault}", operation.name));
        }
        (state.calls, fault, before, after)
    }

    /// Something was written: what is on disk now?
    fn written(&self, operation: Operation) {
        let after = match operation.name {
            "admit" | "save" => self.storage.job(operation),
            _ => None,
        };
        let mut state = self.world.state();
        match (operation.name, after) {
            ("admit" | "save", Some(after)) => state.row_written(&after),
            ("perform", _) => state.admin_action_written(operation.job),
            _ => {}
        }
    }
}

fn failed() -> StoreError {
    sqlx::Error::PoolTimedOut.into()
}
