//! The databases that can hold a store, behind one face.

mod parked;
mod processes;
mod projections;
mod reach;
mod rows;
mod tables;

use reach::{in_tx, other_database};

use crate::append::{Group, Receipt};
use crate::error::{Error, ErrorKind};
use crate::event::RecordedEvent;
use crate::store::News;
use crate::store::address::Database;
use crate::store::copy::{Copied, Refused};
use crate::store::feed::{FeedRequest, FeedRows, Scanned, Sink};
use crate::store::options::StoreOptions;
use crate::store::postgres::{self, Postgres};
use crate::store::projections::Table;
use crate::store::row::{LoadRequest, Loaded, NewOutcome, NewSnapshot, Outcome, Page, SchemaRow};
use crate::store::sqlite::{self, Sqlite};
use crate::store::tx::{Tx, TxInner};
use crate::stream::StreamId;

/// Makes new rows of those that are there.
pub(crate) type MakeSchemas<'a> =
    dyn FnMut(Vec<SchemaRow>) -> Result<Vec<SchemaRow>, Error> + Send + 'a;

pub(crate) enum Backend {
    Postgres(Box<Postgres>),
    Sqlite(Sqlite),
}

impl Backend {
    pub(crate) async fn connect(url: &str, options: &StoreOptions) -> Result<Self, Error> {
        match Database::of(url)? {
            Database::Postgres => {
                let postgres = postgres::connect(url, options).await?;
                Ok(Backend::Postgres(Box::new(postgres)))
            }
            Database::Sqlite => sqlite::connect(url, options).await.map(Backend::Sqlite),
        }
    }

    pub(crate) async fn migrate(url: &str, options: &StoreOptions) -> Result<Vec<String>, Error> {
        match Database::of(url)? {
            Database::Postgres => postgres::migrate(url, options).await,
            Database::Sqlite => sqlite::migrate(url, options).await,
        }
    }

    pub(crate) fn migration_sql(
        database: Database,
        options: &StoreOptions,
    ) -> Result<String, Error> {
        match database {
            Database::Postgres => postgres::print(options),
            Database::Sqlite => Ok(sqlite::print()),
        }
    }

    /// The statements that make roles with as few rights as their work needs.
    pub(crate) fn roles_sql(database: Database, options: &StoreOptions) -> Result<String, Error> {
        match database {
            Database::Postgres => postgres::print_roles(options),
            Database::Sqlite => Err(Error::new(
                ErrorKind::Url,
                "a SQLite file knows no roles: who may write the file may do everything",
            )
            .with_hint("give the rights on the file and its folder to the user of the program")),
        }
    }

    /// The statements that make the table of a read model, its indexes and its view, where none of them is there.
    pub(crate) fn table_sql(
        database: Database,
        options: &StoreOptions,
        view: &str,
        table: &Table,
    ) -> Result<Vec<String>, Error> {
        match database {
            Database::Postgres => postgres::print_table(options, view, table),
            Database::Sqlite => Ok(sqlite::print_table(view, table)),
        }
    }

    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self, Backend::Postgres(_))
    }

    /// Whether payloads are kept as `jsonb`.
    pub(crate) fn is_jsonb(&self) -> bool {
        matches!(self, Backend::Postgres(postgres) if postgres.is_jsonb)
    }

    pub(crate) async fn close(&self) {
        match self {
            Backend::Postgres(postgres) => postgres.close().await,
            Backend::Sqlite(sqlite) => sqlite.close().await,
        }
    }

    /// Announces what this process stores to others, where the database can.
    pub(crate) async fn announce_all(&self, news: News) {
        if let Backend::Postgres(postgres) = self {
            postgres.announce_all(news).await;
        }
    }

    /// Passes on what others announce, where the database can.
    pub(crate) async fn listen(&self, news: News) {
        if let Backend::Postgres(postgres) = self {
            postgres.listen(news).await;
        }
    }

    /// Hands out what is asked for as it is now, or as a transaction sees it.
    pub(crate) async fn load(
        &self,
        tx: Option<&mut Tx>,
        request: LoadRequest<'_>,
        each: &mut (dyn FnMut(Loaded<'_>) -> Result<(), Error> + Send),
    ) -> Result<(), Error> {
        if let Some(tx) = tx {
            return in_tx!(self, tx, |store, connection| store
                .load_in(connection, request, each));
        }
        match self {
            Backend::Postgres(postgres) => postgres.load(request, each).await,
            Backend::Sqlite(sqlite) => sqlite
                .load(request, each)
                .await
                .map_err(|error| sqlite.located(error)),
        }
    }

    /// Keeps others from writing to a stream, where there is one, until the transaction ends.
    pub(crate) async fn hold(
        &self,
        tx: &mut Tx,
        tenant: &str,
        stream: &StreamId,
    ) -> Result<(), Error> {
        match (self, &mut tx.inner) {
            (Backend::Postgres(postgres), TxInner::Postgres(tx)) => {
                postgres.hold(tx, tenant, stream).await
            }
            // A transaction of SQLite that may write is the only one.
            (Backend::Sqlite(_), TxInner::Sqlite(_)) => Ok(()),
            _ => Err(other_database()),
        }
    }

    pub(crate) async fn page(&self, page: Page<'_>) -> Result<(u64, Vec<RecordedEvent>), Error> {
        match self {
            Backend::Postgres(postgres) => postgres.page(page).await,
            Backend::Sqlite(sqlite) => sqlite
                .page(page)
                .await
                .map_err(|error| sqlite.located(error)),
        }
    }

    /// As [`Backend::page`], as a transaction sees it.
    pub(crate) async fn page_in(
        &self,
        tx: &mut Tx,
        page: Page<'_>,
    ) -> Result<(u64, Vec<RecordedEvent>), Error> {
        in_tx!(self, tx, |store, connection| store
            .page_in(connection, page))
    }

    /// Up to which position nothing can appear any more.
    pub(crate) async fn frontier(&self) -> Result<i64, Error> {
        match self {
            Backend::Postgres(postgres) => postgres.frontier().await,
            Backend::Sqlite(sqlite) => sqlite
                .frontier()
                .await
                .map_err(|error| sqlite.located(error)),
        }
    }

    /// A position up to which nothing can appear any more, and which lies before nothing that was committed before this call.
    /// Waits for what may still be stored before it.
    ///
    /// # Errors
    /// Where a transaction that may have stored events is open for longer than a lock is waited for.
    pub(crate) async fn end(&self) -> Result<i64, Error> {
        match self {
            Backend::Postgres(postgres) => postgres.end().await,
            // Nothing is stored beside the one who writes.
            Backend::Sqlite(_) => self.frontier().await,
        }
    }

    pub(crate) async fn feed(&self, request: FeedRequest<'_>) -> Result<FeedRows, Error> {
        match self {
            Backend::Postgres(postgres) => postgres.feed(request).await,
            Backend::Sqlite(sqlite) => sqlite
                .feed(request)
                .await
                .map_err(|error| sqlite.located(error)),
        }
    }

    /// Hands on events until the sink is full or the end is reached: that of the feed, or the position `up_to`.
    pub(crate) async fn scan(
        &self,
        request: FeedRequest<'_>,
        up_to: i64,
        sink: &mut dyn Sink,
    ) -> Result<Scanned, Error> {
        match self {
            Backend::Postgres(postgres) => postgres.scan(request, up_to, sink).await,
            Backend::Sqlite(sqlite) => sqlite
                .scan(request, up_to, sink)
                .await
                .map_err(|error| sqlite.located(error)),
        }
    }

    /// Reads events up to a position up to which nothing can appear any more, as a transaction sees them: without another
    /// connection, and without asking for the end of the feed.
    pub(crate) async fn feed_in(
        &self,
        tx: &mut Tx,
        request: FeedRequest<'_>,
        up_to: i64,
    ) -> Result<FeedRows, Error> {
        in_tx!(self, tx, |store, connection| store
            .feed_in(connection, request, up_to))
    }

    pub(crate) async fn streams(
        &self,
        tenant: &str,
        aggregate: &str,
        after: &str,
        limit: u32,
    ) -> Result<Vec<String>, Error> {
        match self {
            Backend::Postgres(postgres) => postgres.streams(tenant, aggregate, after, limit).await,
            Backend::Sqlite(sqlite) => sqlite
                .streams(tenant, aggregate, after, limit)
                .await
                .map_err(|error| sqlite.located(error)),
        }
    }

    /// The tenant that comes after a given one; the first one after none.
    pub(crate) async fn tenant_after(&self, after: Option<&str>) -> Result<Option<String>, Error> {
        match self {
            Backend::Postgres(postgres) => postgres.tenant_after(after).await,
            Backend::Sqlite(sqlite) => sqlite
                .tenant_after(after)
                .await
                .map_err(|error| sqlite.located(error)),
        }
    }

    /// Stores those of the events that do not stand yet, in their order: all of them or none. Answers how many.
    pub(crate) async fn copy(&self, tenant: &str, copied: &[Copied]) -> Result<usize, Refused> {
        match self {
            Backend::Postgres(postgres) => postgres.copy(tenant, copied).await,
            Backend::Sqlite(sqlite) => {
                sqlite
                    .copy(tenant, copied)
                    .await
                    .map_err(|refused| Refused {
                        at: refused.at,
                        error: sqlite.located(refused.error),
                    })
            }
        }
    }

    /// Appends groups of which no two name the same stream.
    pub(crate) async fn append(&self, groups: &[Group]) -> Vec<Result<Receipt, Error>> {
        match self {
            Backend::Postgres(postgres) => postgres.append(groups).await,
            Backend::Sqlite(sqlite) => {
                let answers = sqlite.append(groups).await;
                answers
                    .into_iter()
                    .map(|answer| answer.map_err(|error| sqlite.located(error)))
                    .collect()
            }
        }
    }

    pub(crate) async fn append_in(&self, tx: &mut Tx, group: &Group) -> Result<Receipt, Error> {
        match (self, &mut tx.inner) {
            (Backend::Postgres(postgres), TxInner::Postgres(tx)) => {
                postgres.append_in(tx, group).await
            }
            (Backend::Sqlite(sqlite), TxInner::Sqlite(tx)) => sqlite.append_in(tx, group).await,
            _ => Err(other_database()),
        }
    }

    pub(crate) async fn begin(&self) -> Result<Tx, Error> {
        let inner = match self {
            Backend::Postgres(postgres) => TxInner::Postgres(postgres.begin().await?),
            Backend::Sqlite(sqlite) => {
                let tx = sqlite.writer.begin_with("begin immediate").await;
                let during = sqlite::during("begin a transaction");
                TxInner::Sqlite(tx.map_err(|error| sqlite.located(during(error)))?)
            }
        };
        Ok(Tx::of(inner))
    }

    /// Keeps the outcome of a command that stored no event; answers the one that stands already, where one does.
    pub(crate) async fn save_outcome(
        &self,
        outcome: NewOutcome<'_>,
    ) -> Result<Option<Outcome>, Error> {
        match self {
            Backend::Postgres(postgres) => postgres.save_outcome(outcome).await,
            Backend::Sqlite(sqlite) => sqlite
                .save_outcome(outcome)
                .await
                .map_err(|error| sqlite.located(error)),
        }
    }

    /// Every shape in which events were stored, the amendments of a version in their order.
    pub(crate) async fn schemas(&self) -> Result<Vec<SchemaRow>, Error> {
        match self {
            Backend::Postgres(postgres) => postgres.schemas().await,
            Backend::Sqlite(sqlite) => sqlite
                .schemas()
                .await
                .map_err(|error| sqlite.located(error)),
        }
    }

    /// Adds what is made of the shapes that are there, while nobody else adds any. An error adds nothing.
    pub(crate) async fn add_schemas(&self, make: &mut MakeSchemas<'_>) -> Result<(), Error> {
        match self {
            Backend::Postgres(postgres) => postgres.add_schemas(make).await,
            Backend::Sqlite(sqlite) => sqlite
                .add_schemas(make)
                .await
                .map_err(|error| sqlite.located(error)),
        }
    }

    pub(crate) async fn save_snapshot(&self, snapshot: &NewSnapshot) -> Result<(), Error> {
        match self {
            Backend::Postgres(postgres) => postgres.save_snapshot(snapshot).await,
            Backend::Sqlite(sqlite) => sqlite
                .save_snapshot(snapshot)
                .await
                .map_err(|error| sqlite.located(error)),
        }
    }
}

#[cfg(test)]
mod tests;
