//! No statement walks through all jobs: each has an index to go by, however long the history.

use sqlx::{AssertSqlSafe, Row};

use super::*;
use crate::store::{DURATIONS, JOB, UNSETTLED, admit};

#[tokio::test]
async fn every_statement_has_its_index() {
    let folder = Folder::new();
    let store = folder.store().await;
    let statements = [
        (JOB, "sqlite_autoindex_jobs_1"),
        (UNSETTLED, "jobs_unsettled"),
        (DURATIONS, "sqlite_autoindex_jobs_1"),
        (admit::KNOWN, "sqlite_autoindex_jobs_1"),
        (admit::OPEN, "jobs_open"),
        (admit::CHARGES_OF_REQUESTER, "jobs_of_requester"),
        (admit::CHARGES_OF_GUILD, "jobs_of_guild"),
        (admit::CHARGES_OF_EVERYBODY, "jobs_by_charge"),
    ];
    for (statement, index) in statements {
        let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
        let steps = sqlx::query(explain).fetch_all(&store.reader).await.unwrap();
        let plan: Vec<String> = steps.iter().map(|step| step.get("detail")).collect();
        assert_eq!(plan.len(), 1, "{statement}: {plan:?}");
        assert!(plan[0].contains(index), "{statement}: {plan:?}");
    }
}
