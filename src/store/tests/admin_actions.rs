//! Acts of admins: done once, in force until they are ended, and never forgotten too early.

use super::*;
use crate::domain::{
    ActionOutcome, AdminAction, AuditEntry, BlockedWord, Event, Overrides, Page, Restriction, Scope,
};

const HOME: GuildId = GuildId(2);
const ANN: UserId = UserId(1);
const ALL: Page = Page { number: 1, size: 100 };

fn entry_at(seconds: i64, scope: Scope, action: AdminAction) -> AuditEntry {
    let (id, admin) = (id_at(seconds, 77), UserId(9));
    AuditEntry { id: id.into(), admin, guild: HOME, scope, action, reason: Some("why".to_owned()) }
}

fn word(text: &str) -> BlockedWord {
    BlockedWord::parse(text).unwrap()
}

async fn perform(store: &Store, entry: &AuditEntry) {
    assert_eq!(store.perform(entry).await.unwrap(), ActionOutcome::Recorded, "{entry:?}");
}

async fn ask(store: &Store, seconds: i64, limits: &Limits) -> Admission {
    let job = fresh(id_at(seconds, 0), ANN.0, Some(HOME.0));
    store.admit(&job, &NOBODY_SPECIAL, limits).await.unwrap()
}

/// every kind of admin action, in some scope.
fn all_actions() -> Vec<AdminAction> {
    let quota = || Some("5/1d".parse().unwrap());
    let expires_at = id_at(1000, 0).created_at();
    vec![
        AdminAction::Grant { person: ANN, songs: 3, expires_at },
        AdminAction::Reset { person: ANN },
        AdminAction::SetPersonQuota { person: ANN, quota: quota() },
        AdminAction::SetPersonQuota { person: ANN, quota: None },
        AdminAction::SetServerQuota(quota()),
        AdminAction::SetServerQuota(None),
        AdminAction::LowerServerQuota(quota()),
        AdminAction::LowerServerQuota(None),
        AdminAction::SetGlobalQuota(Some(Quota::Unlimited)),
        AdminAction::SetGlobalQuota(None),
        AdminAction::Block(ANN),
        AdminAction::Unblock(ANN),
        AdminAction::Pause,
        AdminAction::Resume,
        AdminAction::AddWord(word("bad")),
        AdminAction::RemoveWord(word("bad")),
        AdminAction::Cancel(JobId(5)),
    ]
}

#[tokio::test]
async fn every_act_is_read_as_it_was_done() {
    let folder = Folder::new();
    let store = folder.store().await;
    let mut done = Vec::new();
    for (second, action) in (0..).zip(all_actions()) {
        let scope = if second % 2 == 0 { Scope::Everywhere } else { Scope::Server(HOME) };
        let entry = entry_at(second, scope, action);
        // What ends something is tried where nothing has begun: the scopes differ.
        let performed = store.perform(&entry).await.unwrap();
        let expected = if entry.action.is_end() {
            ActionOutcome::NothingToEnd
        } else {
            ActionOutcome::Recorded
        };
        assert_eq!(performed, expected, "{entry:?}");
        if performed == ActionOutcome::Recorded {
            assert_eq!(store.perform(&entry).await.unwrap(), ActionOutcome::AlreadyRecorded);
            done.insert(0, entry);
        }
    }
    // In reverse: what the owner does about a server's quota ends what its moderators did.
    let ends = all_actions().into_iter().rev();
    for (second, action) in (100..).zip(ends).filter(|(_, action)| action.is_end()) {
        let scope = if second % 2 == 0 { Scope::Server(HOME) } else { Scope::Everywhere };
        let entry = entry_at(second, scope, action);
        perform(&store, &entry).await;
        done.insert(0, entry);
    }
    assert_eq!(store.audit_log(None, ALL).await.unwrap().items, done);
    let second = store.audit_log(None, Page { number: 2, size: 2 }).await.unwrap();
    assert_eq!((second.items.as_slice(), second.total as usize), (&done[2..4], done.len()));
    done.retain(|entry| entry.scope == Scope::Server(HOME));
    assert_eq!(store.audit_log(Some(HOME), ALL).await.unwrap().items, done);
    assert_eq!(store.overrides(ANN, Some(HOME)).await.unwrap(), Overrides::default());
}

#[tokio::test]
async fn a_later_act_takes_the_place_of_an_earlier_one_about_the_same_alone() {
    let folder = Folder::new();
    let store = folder.store().await;
    let (here, other) = (Scope::Server(HOME), Scope::Server(GuildId(3)));
    perform(&store, &entry_at(0, here, AdminAction::Block(ANN))).await;
    perform(&store, &entry_at(1, other, AdminAction::Block(ANN))).await;
    perform(&store, &entry_at(2, here, AdminAction::Block(UserId(4)))).await;
    perform(&store, &entry_at(3, here, AdminAction::Unblock(ANN))).await;
    let restriction =
        async |person, guild| store.overrides(person, Some(guild)).await.unwrap().restriction;
    assert_eq!(restriction(ANN, HOME).await, None);
    assert_eq!(restriction(ANN, GuildId(3)).await, Some(Restriction::Blocked(other)));
    assert_eq!(restriction(UserId(4), HOME).await, Some(Restriction::Blocked(here)));

    perform(&store, &entry_at(4, here, AdminAction::AddWord(word("bad")))).await;
    perform(&store, &entry_at(5, here, AdminAction::AddWord(word("worse")))).await;
    perform(&store, &entry_at(6, here, AdminAction::AddWord(word("b4d")))).await;
    perform(&store, &entry_at(7, here, AdminAction::RemoveWord(word("worse")))).await;
    let words = store.blocked_words(here, ALL).await.unwrap();
    assert_eq!((words.items, words.total), (vec![word("bad"), word("b4d")], 2));
    let beyond = store.blocked_words(here, Page { number: 7, size: 1 }).await.unwrap();
    assert_eq!((beyond.items, beyond.page.number), (vec![word("b4d")], 2));
    let none = store.blocked_words(Scope::Everywhere, ALL).await.unwrap();
    assert_eq!((none.items, none.page.number, none.total), (Vec::new(), 1, 0));
}

#[tokio::test]
async fn there_are_so_many_blocked_words_and_no_more() {
    let folder = Folder::new();
    let store = folder.store().await;
    for number in 0..200 {
        let action = AdminAction::AddWord(word(&format!("word{number}")));
        perform(&store, &entry_at(number, Scope::Everywhere, action)).await;
    }
    let one_more = |text: &str| entry_at(300, Scope::Everywhere, AdminAction::AddWord(word(text)));
    assert_eq!(store.perform(&one_more("other")).await.unwrap(), ActionOutcome::TooManyWords);
    assert_eq!(store.perform(&one_more("word7")).await.unwrap(), ActionOutcome::Renewed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rush_never_uses_a_grant_up_twice() {
    let folder = Folder::new();
    let store = folder.store().await;
    let expires_at = id_at(1000, 0).created_at();
    let grant = AdminAction::Grant { person: ANN, songs: 3, expires_at };
    perform(&store, &entry_at(0, Scope::Everywhere, grant)).await;
    let limits = Limits { user: "2/1d".parse().unwrap(), ..unlimited() };
    let twin = folder.twin(&store).await;
    let tasks: Vec<_> = (0..20)
        .map(|serial| {
            let store = if serial % 2 == 0 { store.clone() } else { twin.clone() };
            let (job, limits) = (fresh(id_at(1, serial), ANN.0, None), limits.clone());
            tokio::spawn(async move { store.admit(&job, &NOBODY_SPECIAL, &limits).await.unwrap() })
        })
        .collect();
    let mut accepted = 0;
    for task in tasks {
        accepted += usize::from(task.await.unwrap() == Admission::Accepted);
    }
    assert_eq!(accepted, 5);
}

#[tokio::test]
async fn a_refund_gives_a_grant_back_and_a_reset_forgives_the_quota_alone() {
    let folder = Folder::new();
    let store = folder.store().await;
    let limits = Limits { user: "1/1d".parse().unwrap(), ..unlimited() };
    let expires_at = id_at(1000, 0).created_at();
    let grant = AdminAction::Grant { person: ANN, songs: 1, expires_at };
    perform(&store, &entry_at(0, Scope::Everywhere, grant)).await;
    for second in [1, 2] {
        assert_eq!(ask(&store, second, &limits).await, Admission::Accepted);
    }
    assert!(matches!(ask(&store, 3, &limits).await, Admission::OverLimit(_)));

    let paid_by_grant = store.job(id_at(2, 0)).await.unwrap().unwrap();
    let abandoned = paid_by_grant.after(Event::ResponseFailed).unwrap();
    assert!(store.save(&paid_by_grant, &abandoned).await.unwrap());
    assert_eq!(ask(&store, 4, &limits).await, Admission::Accepted);
    assert!(matches!(ask(&store, 5, &limits).await, Admission::OverLimit(_)));

    perform(&store, &entry_at(6, Scope::Everywhere, AdminAction::Reset { person: ANN })).await;
    assert_eq!(ask(&store, 7, &limits).await, Admission::Accepted);
    assert!(matches!(ask(&store, 8, &limits).await, Admission::OverLimit(_)));
    assert!(matches!(ask(&store, 1000, &limits).await, Admission::OverLimit(_)));
}

#[tokio::test]
async fn what_is_in_force_is_not_forgotten() {
    let folder = Folder::new();
    let store = folder.store().await;
    let expires_at = id_at(500, 0).created_at();
    let actions = [
        AdminAction::Pause,
        AdminAction::Block(ANN),
        AdminAction::Grant { person: ANN, songs: 1, expires_at },
        AdminAction::SetGlobalQuota(Some("1/1w".parse().unwrap())),
        AdminAction::Cancel(JobId(1)),
        AdminAction::Resume,
    ];
    for (second, action) in (0..).zip(actions) {
        perform(&store, &entry_at(second, Scope::Everywhere, action)).await;
    }
    let remembers = async || {
        let actions = store.remembering().await.unwrap();
        actions.iter().filter_map(AuditEntry::remembers).max()
    };
    assert_eq!(remembers().await, Some(Duration::from_hours(7 * 24)));
    let forget =
        async |second| store.forget_admin_actions(id_at(second, 0).created_at()).await.unwrap();
    assert_eq!(forget(100).await, 3, "a pause, its end, and a wish that was heard");
    assert_eq!(forget(501).await, 1, "a grant that is over");
    let left: Vec<_> = store.audit_log(None, ALL).await.unwrap().items;
    assert_eq!(left.len(), 2, "{left:?}");
}

#[tokio::test]
async fn a_damaged_act_is_left_out() {
    let folder = Folder::new();
    let store = folder.store().await;
    perform(&store, &entry_at(0, Scope::Everywhere, AdminAction::Block(ANN))).await;
    let global = AdminAction::SetGlobalQuota(Some("1/1d".parse().unwrap()));
    perform(&store, &entry_at(1, Scope::Everywhere, global)).await;
    let mut bare = folder.bare().await;
    sqlx::query("UPDATE admin_actions SET value = 'many' WHERE topic = 'global_quota'")
        .execute(&mut bare)
        .await
        .unwrap();
    let overrides = store.overrides(ANN, None).await.unwrap();
    assert_eq!(
        (overrides.restriction, overrides.global),
        (Some(Restriction::Blocked(Scope::Everywhere)), None)
    );
}
