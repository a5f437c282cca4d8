//! Acts of admins: done once, in force until they are ended, and never forgotten too early.

use super::*;
use crate::domain::{Act, Bar, BlockedWord, Deed, Event, Overrides, Page, Performed, Scope};

const HOME: GuildId = GuildId(2);
const ANN: UserId = UserId(1);
const ALL: Page = Page { number: 1, size: 100 };

fn deed_at(seconds: i64, scope: Scope, act: Act) -> Deed {
    let (id, admin) = (id_at(seconds, 77), UserId(9));
    Deed { id, admin, guild: HOME, scope, act, reason: Some("why".to_owned()) }
}

fn word(text: &str) -> BlockedWord {
    BlockedWord::parse(text).unwrap()
}

async fn perform(store: &Store, deed: &Deed) {
    assert_eq!(store.perform(deed).await.unwrap(), Performed::Done, "{deed:?}");
}

async fn ask(store: &Store, seconds: i64, limits: &Limits) -> Admission {
    let job = fresh(id_at(seconds, 0), ANN.0, Some(HOME.0));
    store.admit(&job, &NOBODY_SPECIAL, limits).await.unwrap()
}

/// Every kind of act, in some scope.
fn all_acts() -> Vec<Act> {
    let quota = || Some("5/1d".parse().unwrap());
    let expires_at = id_at(1000, 0).created_at();
    vec![
        Act::Grant { person: ANN, songs: 3, expires_at },
        Act::Reset { person: ANN },
        Act::SetPersonQuota { person: ANN, quota: quota() },
        Act::SetPersonQuota { person: ANN, quota: None },
        Act::SetServerQuota(quota()),
        Act::SetServerQuota(None),
        Act::LowerServerQuota(quota()),
        Act::LowerServerQuota(None),
        Act::SetGlobalQuota(Some(Quota::Unlimited)),
        Act::SetGlobalQuota(None),
        Act::Block(ANN),
        Act::Unblock(ANN),
        Act::Pause,
        Act::Resume,
        Act::AddWord(word("bad")),
        Act::RemoveWord(word("bad")),
        Act::TakeBack(JobId(5)),
    ]
}

#[tokio::test]
async fn every_act_is_read_as_it_was_done() {
    let folder = Folder::new();
    let store = folder.store().await;
    let mut done = Vec::new();
    for (second, act) in (0..).zip(all_acts()) {
        let scope = if second % 2 == 0 { Scope::Everywhere } else { Scope::Server(HOME) };
        let deed = deed_at(second, scope, act);
        // What ends something is tried where nothing has begun: the scopes differ.
        let performed = store.perform(&deed).await.unwrap();
        let expected = if deed.act.is_end() { Performed::Nothing } else { Performed::Done };
        assert_eq!(performed, expected, "{deed:?}");
        if performed == Performed::Done {
            assert_eq!(store.perform(&deed).await.unwrap(), Performed::Known);
            done.insert(0, deed);
        }
    }
    // In reverse: what the owner does about a server's quota ends what its moderators did.
    let ends = all_acts().into_iter().rev();
    for (second, act) in (100..).zip(ends).filter(|(_, act)| act.is_end()) {
        let scope = if second % 2 == 0 { Scope::Server(HOME) } else { Scope::Everywhere };
        let deed = deed_at(second, scope, act);
        perform(&store, &deed).await;
        done.insert(0, deed);
    }
    assert_eq!(store.acts(None, ALL).await.unwrap().items, done);
    let second = store.acts(None, Page { number: 2, size: 2 }).await.unwrap();
    assert_eq!((second.items.as_slice(), second.total as usize), (&done[2..4], done.len()));
    done.retain(|deed| deed.scope == Scope::Server(HOME));
    assert_eq!(store.acts(Some(HOME), ALL).await.unwrap().items, done);
    assert_eq!(store.overrides(ANN, Some(HOME)).await.unwrap(), Overrides::default());
}

#[tokio::test]
async fn a_later_act_takes_the_place_of_an_earlier_one_about_the_same_alone() {
    let folder = Folder::new();
    let store = folder.store().await;
    let (here, other) = (Scope::Server(HOME), Scope::Server(GuildId(3)));
    perform(&store, &deed_at(0, here, Act::Block(ANN))).await;
    perform(&store, &deed_at(1, other, Act::Block(ANN))).await;
    perform(&store, &deed_at(2, here, Act::Block(UserId(4)))).await;
    perform(&store, &deed_at(3, here, Act::Unblock(ANN))).await;
    let bar = async |person, guild| store.overrides(person, Some(guild)).await.unwrap().bar;
    assert_eq!(bar(ANN, HOME).await, None);
    assert_eq!(bar(ANN, GuildId(3)).await, Some(Bar::Blocked(other)));
    assert_eq!(bar(UserId(4), HOME).await, Some(Bar::Blocked(here)));

    perform(&store, &deed_at(4, here, Act::AddWord(word("bad")))).await;
    perform(&store, &deed_at(5, here, Act::AddWord(word("worse")))).await;
    perform(&store, &deed_at(6, here, Act::AddWord(word("b4d")))).await;
    perform(&store, &deed_at(7, here, Act::RemoveWord(word("worse")))).await;
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
        let act = Act::AddWord(word(&format!("word{number}")));
        perform(&store, &deed_at(number, Scope::Everywhere, act)).await;
    }
    let one_more = |text: &str| deed_at(300, Scope::Everywhere, Act::AddWord(word(text)));
    assert_eq!(store.perform(&one_more("other")).await.unwrap(), Performed::TooMany);
    perform(&store, &one_more("word7")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rush_never_uses_a_grant_up_twice() {
    let folder = Folder::new();
    let store = folder.store().await;
    let expires_at = id_at(1000, 0).created_at();
    let grant = Act::Grant { person: ANN, songs: 3, expires_at };
    perform(&store, &deed_at(0, Scope::Everywhere, grant)).await;
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
    let grant = Act::Grant { person: ANN, songs: 1, expires_at };
    perform(&store, &deed_at(0, Scope::Everywhere, grant)).await;
    for second in [1, 2] {
        assert_eq!(ask(&store, second, &limits).await, Admission::Accepted);
    }
    assert!(matches!(ask(&store, 3, &limits).await, Admission::Refused(_)));

    let paid_by_grant = store.job(id_at(2, 0)).await.unwrap().unwrap();
    let withdrawn = paid_by_grant.after(Event::AnswerFailed).unwrap();
    assert!(store.save(&paid_by_grant, &withdrawn).await.unwrap());
    assert_eq!(ask(&store, 4, &limits).await, Admission::Accepted);
    assert!(matches!(ask(&store, 5, &limits).await, Admission::Refused(_)));

    perform(&store, &deed_at(6, Scope::Everywhere, Act::Reset { person: ANN })).await;
    assert_eq!(ask(&store, 7, &limits).await, Admission::Accepted);
    assert!(matches!(ask(&store, 8, &limits).await, Admission::Refused(_)));
    assert!(matches!(ask(&store, 1000, &limits).await, Admission::Refused(_)));
}

#[tokio::test]
async fn what_is_in_force_is_not_forgotten() {
    let folder = Folder::new();
    let store = folder.store().await;
    let expires_at = id_at(500, 0).created_at();
    let acts = [
        Act::Pause,
        Act::Block(ANN),
        Act::Grant { person: ANN, songs: 1, expires_at },
        Act::SetGlobalQuota(Some("1/1w".parse().unwrap())),
        Act::TakeBack(JobId(1)),
        Act::Resume,
    ];
    for (second, act) in (0..).zip(acts) {
        perform(&store, &deed_at(second, Scope::Everywhere, act)).await;
    }
    let remembers = async || {
        let acts = store.remembering().await.unwrap();
        acts.iter().filter_map(Deed::remembers).max()
    };
    assert_eq!(remembers().await, Some(Duration::from_hours(7 * 24)));
    let forget = async |second| store.forget_acts(id_at(second, 0).created_at()).await.unwrap();
    assert_eq!(forget(100).await, 3, "a pause, its end, and a wish that was heard");
    assert_eq!(forget(501).await, 1, "a grant that is over");
    let left: Vec<_> = store.acts(None, ALL).await.unwrap().items;
    assert_eq!(left.len(), 2, "{left:?}");
}

#[tokio::test]
async fn a_damaged_act_is_left_out() {
    let folder = Folder::new();
    let store = folder.store().await;
    perform(&store, &deed_at(0, Scope::Everywhere, Act::Block(ANN))).await;
    let global = Act::SetGlobalQuota(Some("1/1d".parse().unwrap()));
    perform(&store, &deed_at(1, Scope::Everywhere, global)).await;
    let mut bare = folder.bare().await;
    sqlx::query("UPDATE acts SET value = 'many' WHERE topic = 'global_quota'")
        .execute(&mut bare)
        .await
        .unwrap();
    let overrides = store.overrides(ANN, None).await.unwrap();
    assert_eq!((overrides.bar, overrides.global), (Some(Bar::Blocked(Scope::Everywhere)), None));
}
