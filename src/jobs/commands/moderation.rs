//! Blocked words in what people write.

use std::panic::resume_unwind;

use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::domain::{BlockedWord, Reading};

/// Looks for blocked words. That takes up neither the threads that answer people nor the database.
#[derive(Debug)]
pub(in crate::jobs) struct WordFilter {
    /// Whose text is searched: one at a time. A person may write so that it takes long, and what
    /// else the machine does goes on beside it.
    turn: Semaphore,
}

impl WordFilter {
    pub(in crate::jobs) fn new() -> Self {
        Self { turn: Semaphore::new(1) }
    }

    /// Whether one of the texts holds one of the words.
    pub(in crate::jobs) async fn finds(&self, words: Vec<BlockedWord>, texts: Vec<String>) -> bool {
        if words.is_empty() {
            return false;
        }
        // It is never closed.
        let _turn = self.turn.acquire().await.ok();
        let search = move || texts.iter().any(|text| Reading::of(text).contains_any(&words));
        spawn_blocking(search).await.unwrap_or_else(|panic| resume_unwind(panic.into_panic()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{
        domain::{AdminAction, AuditEntry, GuildId, InteractionId, Scope, UserId},
        store::Store,
    };

    /// A database of its own with 200 blocked words.
    async fn store(folder: &std::path::Path) -> Store {
        let store = Store::open(&format!("sqlite://{}", folder.join("jobs.db").display())).await;
        let store = store.unwrap();
        for number in 0..200_u32 {
            let letter =
                |place: u32| char::from(b"abcdef"[number as usize / 6_usize.pow(place) % 6]);
            let text = format!("{}x", (0..4).map(letter).collect::<String>().repeat(2));
            let action = AdminAction::AddWord(BlockedWord::parse(&text).unwrap());
            let (id, guild) = (InteractionId((1 << 40) + u64::from(number)), GuildId(2));
            let scope = Scope::Everywhere;
            let entry = AuditEntry { id, admin: UserId(9), guild, scope, action, reason: None };
            store.perform(&entry).await.unwrap();
        }
        store
    }

    /// However a prompt is written. If searches held up writes, the first write would wait for
    /// nearly all of them. So writes are counted, not timed: neither a slow disk nor a busy machine
    /// changes that.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn nobody_waits_for_the_database_while_hostile_prompts_are_searched() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path()).await;
        let filter = Arc::new(WordFilter::new());
        let words = store.words_in(Some(GuildId(2))).await.unwrap();
        let hostile = ["a *4@", "*b* a. ", "abcdefgh*j ", "1*|!"].map(|text| text.repeat(90));
        let searches: Vec<_> = (0..200)
            .map(|number| {
                let (filter, words) = (Arc::clone(&filter), words.clone());
                let text = hostile[number % 4].clone();
                tokio::spawn(async move { filter.finds(words, vec![text]).await })
            })
            .collect();
        let mut writes = 0;
        while !searches.iter().all(tokio::task::JoinHandle::is_finished) {
            store.choose_notice(UserId(3), true).await.unwrap();
            store.overrides(UserId(3), Some(GuildId(2))).await.unwrap();
            writes += 1;
        }
        assert!(writes > 5, "{writes}");
        store.close().await;
    }
}
