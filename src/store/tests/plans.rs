//! No statement walks through all jobs: each has an index to go by, however long the history.

use sqlx::{AssertSqlSafe, Row};

use super::*;
use crate::store::{
    DURATIONS, JOB, ROUNDS, UNSETTLED, admin_actions, admit, charges, forget,
    queries::{admin, user},
};

#[tokio::test]
async fn every_statement_has_its_index() {
    let folder = Folder::new();
    let store = folder.store().await;
    let statements = [
        (JOB, "sqlite_autoindex_jobs_1"),
        (UNSETTLED, "jobs_unsettled"),
        (DURATIONS, "sqlite_autoindex_jobs_1"),
        (ROUNDS, "sqlite_autoindex_jobs_1"),
        (charges::OPEN, "jobs_open"),
        (charges::CHARGES_OF_GUILD, "COVERING INDEX jobs_of_guild"),
        (charges::CHARGES_OF_EVERYBODY, "COVERING INDEX jobs_by_charge"),
        (charges::COUNT_OF_EVERYBODY, "COVERING INDEX jobs_by_charge"),
        (forget::LATEST, "jobs_by_charge"),
        (admin::CHARGED_HERE, "jobs_of_requester"),
        (user::SONGS, "jobs_of_requester"),
        (user::RECENT, "jobs_of_requester"),
        (user::ALL, "jobs_of_requester"),
        (user::UNDER_WAY, "jobs_open"),
        (user::ERASE, "jobs_of_requester"),
        (user::NOT_SETTLED, "jobs_of_requester"),
    ];
    for (statement, index) in statements {
        let plan = plan(&store, statement).await;
        assert_eq!(plan.len(), 1, "{statement}: {plan:?}");
        assert!(plan[0].contains(index), "{statement}: {plan:?}");
    }
    // Steps within a step, and the order in which the few rows that are left come.
    for (statement, indices) in [
        (admit::EARLIER, &["sqlite_autoindex_jobs_1", "jobs_open"][..]),
        (
            charges::CHARGES_OF_REQUESTER,
            &["COVERING INDEX jobs_of_requester", "admin_actions_in_force"],
        ),
        (charges::REFUNDED, &["jobs_of_requester", "admin_actions_in_force"]),
        (admin_actions::OVERRIDES, &["admin_actions_in_force"]),
        (admin_actions::WORDS, &["admin_actions_in_force"]),
        (admin_actions::OWN_QUOTAS, &["admin_actions_in_force"]),
        (admin_actions::GRANTS, &["admin_actions_in_force", "jobs_of_grant"]),
        (admin_actions::WORDS_OF_SCOPE.count, &["admin_actions_in_force"]),
        (admin_actions::WORDS_OF_SCOPE.rows, &["admin_actions_in_force"]),
        (admin_actions::LOG_OF_SERVER.count, &["admin_actions_of_scope"]),
        (admin_actions::LOG_OF_SERVER.rows, &["admin_actions_of_scope"]),
        (admin_actions::LOG.rows, &["sqlite_autoindex_admin_actions_1"]),
        (admin::OPEN_IN_GUILD.count, &["jobs_open_of_guild"]),
        (admin::OPEN_IN_GUILD.rows, &["jobs_open_of_guild"]),
        (admin::OPEN.count, &["jobs_open"]),
        (admin::OPEN.rows, &["jobs_open"]),
    ] {
        let plan = plan(&store, statement).await.join("\n");
        for index in indices {
            assert!(plan.contains(index), "{statement}: {plan}");
        }
    }
    let plan = plan(&store, forget::FORGET).await;
    let searches = |index| plan.iter().filter(move |step| step.contains(index)).count();
    assert_eq!((searches("jobs_by_charge"), searches("sqlite_autoindex_jobs_1")), (1, 1));
    assert!(!plan.iter().any(|step| step.starts_with("SCAN") || step.contains("TEMP")), "{plan:?}");
}

/// What SQLite does for a statement, step by step.
async fn plan(store: &Store, statement: &str) -> Vec<String> {
    let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
    let steps = sqlx::query(explain).fetch_all(&store.reader).await.unwrap();
    steps.iter().map(|step| step.get("detail")).collect()
}
