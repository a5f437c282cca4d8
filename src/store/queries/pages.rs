//! Reading a list page by page.

use sqlx::sqlite::SqliteRow;

use crate::{
    domain::{Listed, Page},
    store::{Store, StoreError, operation::Operation},
};

/// A list of rows: all of them, or those of one scope, which is then the first to be bound.
pub(in crate::store) struct List {
    /// Counts them.
    pub(in crate::store) count: &'static str,
    /// Reads them in their order: so many at most, after so many others.
    pub(in crate::store) rows: &'static str,
}

impl Store {
    /// A page of a list: the last one, if there are not so many. A row that `read` can't make
    /// anything of is left out.
    pub(in crate::store) async fn page<T: Send>(
        &self,
        list: &List,
        whose: Option<i64>,
        wanted: Page,
        read: impl Fn(&SqliteRow) -> Option<T> + Send,
    ) -> Result<Listed<T>, StoreError> {
        self.run(Operation::read("page"), async {
            let (mut count, mut rows) = (sqlx::query_scalar(list.count), sqlx::query(list.rows));
            if let Some(whose) = whose {
                (count, rows) = (count.bind(whose), rows.bind(whose));
            }
            // In one transaction, so that the list is the same when it is read as when it was counted.
            let mut transaction = self.reader.begin().await?;
            let total: i64 = count.fetch_one(&mut *transaction).await?;
            let total = u32::try_from(total).unwrap_or(u32::MAX);
            let page = wanted.within(total);
            let rows = rows.bind(i64::from(page.size)).bind(i64::from(page.skip()));
            let rows = rows.fetch_all(&mut *transaction).await?;
            transaction.commit().await?;
            Ok(Listed { items: rows.iter().filter_map(read).collect(), page, total })
        })
        .await
    }
}
