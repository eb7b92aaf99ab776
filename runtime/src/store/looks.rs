//! What both databases tell those who look at a store.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::address::Database;
use super::backend::Backend;
use super::finding::Finding;
use super::options::StoreOptions;
use super::stream_row::StreamRow;
use super::survey::{Counted, Ends, Sample, Size};
use super::{postgres, sqlite};
use crate::error::Error;
use crate::event::RecordedEvent;

/// Which event to find.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sought {
    Position(i64),
    /// No index leads to it: events are read until it is found.
    Id(Uuid),
}

impl Backend {
    /// What is stored of a stream, by its whole name.
    pub(crate) async fn stream_row(
        &self,
        tenant: &str,
        stream: &str,
    ) -> Result<Option<StreamRow>, Error> {
        match self {
            Backend::Postgres(postgres) => postgres.stream_row(tenant, stream).await,
            Backend::Sqlite(sqlite) => sqlite
                .stream_row(tenant, stream)
                .await
                .map_err(|error| sqlite.located(error)),
        }
    }

    /// The aggregate to which a stream belongs, by the whole name of the stream.
    pub(crate) async fn aggregate_of(
        &self,
        tenant: &str,
        stream: &str,
    ) -> Result<Option<String>, Error> {
        match self {
            Backend::Postgres(postgres) => postgres.aggregate_of(tenant, stream).await,
            Backend::Sqlite(sqlite) => sqlite
                .aggregate_of(tenant, stream)
                .await
                .map_err(|error| sqlite.located(error)),
        }
    }

    pub(crate) async fn find(
        &self,
        tenant: &str,
        sought: Sought,
    ) -> Result<Option<RecordedEvent>, Error> {
        match self {
            Backend::Postgres(postgres) => postgres.find(tenant, sought).await,
            Backend::Sqlite(sqlite) => sqlite
                .find(tenant, sought)
                .await
                .map_err(|error| sqlite.located(error)),
        }
    }

    /// Events with a correlation that come after a position, in the order of their positions.
    pub(crate) async fn correlated(
        &self,
        tenant: &str,
        correlation: &str,
        after: i64,
        limit: u32,
    ) -> Result<Vec<RecordedEvent>, Error> {
        match self {
            Backend::Postgres(postgres) => {
                postgres.correlated(tenant, correlation, after, limit).await
            }
            Backend::Sqlite(sqlite) => sqlite
                .correlated(tenant, correlation, after, limit)
                .await
                .map_err(|error| sqlite.located(error)),
        }
    }

    pub(crate) async fn ends(&self) -> Result<Ends, Error> {
        match self {
            Backend::Postgres(postgres) => postgres.ends().await,
            Backend::Sqlite(sqlite) => sqlite.ends().await.map_err(|error| sqlite.located(error)),
        }
    }

    /// Counts all, or a sample of it, unscaled.
    pub(crate) async fn count(&self, sample: Option<Sample>) -> Result<Counted, Error> {
        match self {
            Backend::Postgres(postgres) => postgres.count(sample).await,
            Backend::Sqlite(sqlite) => sqlite
                .count(sample)
                .await
                .map_err(|error| sqlite.located(error)),
        }
    }

    /// The position from which on events were recorded at a time or later, found by halving.
    pub(crate) async fn position_at(&self, time: DateTime<Utc>) -> Result<Option<i64>, Error> {
        match self {
            Backend::Postgres(postgres) => postgres.position_at(time).await,
            Backend::Sqlite(sqlite) => sqlite
                .position_at(time)
                .await
                .map_err(|error| sqlite.located(error)),
        }
    }

    /// How many events have a position from this one on.
    pub(crate) async fn count_from(&self, position: i64) -> Result<u64, Error> {
        match self {
            Backend::Postgres(postgres) => postgres.count_from(position).await,
            Backend::Sqlite(sqlite) => sqlite
                .count_from(position)
                .await
                .map_err(|error| sqlite.located(error)),
        }
    }

    /// How much room each table takes, or the file.
    pub(crate) async fn sizes(&self) -> Result<Vec<Size>, Error> {
        match self {
            Backend::Postgres(postgres) => postgres.sizes().await,
            Backend::Sqlite(sqlite) => sqlite.sizes().await.map_err(|error| sqlite.located(error)),
        }
    }

    /// What is wrong with the database of an open store, and what is not.
    pub(crate) async fn examine(&self, options: &StoreOptions) -> Result<Vec<Finding>, Error> {
        match self {
            Backend::Postgres(postgres) => postgres.examine(options).await,
            Backend::Sqlite(sqlite) => sqlite
                .examine()
                .await
                .map_err(|error| sqlite.located(error)),
        }
    }

    /// What is wrong with the database at an address, whether or not a store could be opened there.
    pub(crate) async fn examine_at(
        url: &str,
        options: &StoreOptions,
    ) -> Result<Vec<Finding>, Error> {
        match Database::of(url)? {
            Database::Postgres => postgres::examine(url, options).await,
            Database::Sqlite => sqlite::examine(url, options).await,
        }
    }
}
