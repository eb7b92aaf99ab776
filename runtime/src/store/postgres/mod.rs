//! The store on PostgreSQL.

mod append;
mod commands;
mod connect;
mod copy;
mod deliveries;
mod doctor;
mod errors;
mod event_row;
mod feed;
mod find;
mod frontier;
mod inline;
mod instances;
mod kept;
mod leases;
mod load;
mod migrate;
mod notify;
mod open;
mod parked;
mod projections;
mod reach;
mod roles;
mod rows;
mod scan;
mod schemas;
mod settings;
mod snapshots;
mod story;
mod streams;
mod survey;
mod table_sql;
mod tables;
mod timers;
mod values;
mod views;

use std::sync::Arc;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnection};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Postgres as Db, Transaction};

pub(crate) use connect::connect;
pub(crate) use doctor::examine;
pub(crate) use errors::during;
pub(crate) use migrate::{migrate, print};
pub(crate) use roles::print_roles;
pub(crate) use table_sql::print_table;

use event_row::{Reading, event, with_event};
use frontier::Frontiers;
use load::Loads;
use reach::Reach;

use super::feed::EventSize;
use super::lanes::Lanes;
use crate::error::Error;

/// Begins a transaction in which all that is read is of one moment.
const OF_ONE_MOMENT: &str = "begin isolation level repeatable read, read only";

/// A database that holds annals.
pub(crate) struct Postgres {
    reach: Arc<Reach>,
    loads: Arc<Lanes<Loads>>,
    lock_timeout: Duration,
    /// The name of the schema, as it goes into statements.
    schema: Text,
    sql: Sql,
    frontiers: Frontiers,
    event_size: EventSize,
    /// The channel on which stored events are announced.
    channel: String,
    /// Whether payloads are kept as `jsonb`.
    pub(crate) is_jsonb: bool,
}

impl Postgres {
    pub(crate) async fn close(&self) {
        self.reach.close().await;
    }

    /// A statement that is too rare to be kept in [`Sql`].
    fn spelled(&self, sql: &str) -> AssertSqlSafe<String> {
        spelled(sql, &self.schema)
    }

    /// A connection for something that annals is about to do.
    async fn acquire(&self, doing: &'static str) -> Result<PoolConnection<Db>, Error> {
        self.reach.acquire(doing).await
    }

    pub(crate) async fn begin(&self) -> Result<Transaction<'static, Db>, Error> {
        self.reach.begin(None, "begin a transaction").await
    }

    /// Runs a statement whose answer is nothing.
    async fn run<'q>(
        &self,
        connection: &mut PgConnection,
        query: Query<'q, Db, PgArguments>,
        doing: &'static str,
    ) -> Result<(), Error> {
        let done = query.execute(connection).await;
        done.map(|_| ()).map_err(during(doing))
    }
}

/// The statements on which commands wait, with the name of the schema put in.
#[derive(Debug)]
struct Sql {
    append: Text,
    append_in_haste: Text,
    append_plain: append::Statements,
    load: Reading,
    load_events: Reading,
    load_together: Reading,
    events_together: Reading,
    page: Text,
    page_backwards: Text,
    repeated: Text,
    save_snapshot: Text,
    save_outcome: Text,
    outcome: Text,
    streams: Text,
    tenants: Text,
    copy_heads: Text,
    copy_standing: Text,
    copy: Text,
    schemas: Text,
    add_schema: Text,
    lock_schemas: Text,
    feed: Text,
    aggregates: Text,
    feed_last: Text,
    feed_holders: Text,
}

type Text = Arc<str>;

impl Sql {
    fn of(schema: &str, payload: &str) -> Self {
        let text = |sql: &str| -> Text {
            with_event(sql)
                .replace("{schema}", schema)
                .replace("{payload}", payload)
                .into()
        };
        Sql {
            append: text(&append::patient()),
            append_in_haste: text(&append::hasty()),
            append_plain: append::Statements::of(text),
            load: Reading::of(load::LOAD, text),
            load_events: Reading::of(load::LOAD_EVENTS, text),
            load_together: Reading::of(load::LOAD_TOGETHER, text),
            events_together: Reading::of(load::EVENTS_TOGETHER, text),
            page: text(load::PAGE),
            page_backwards: text(load::PAGE_BACKWARDS),
            repeated: text(append::REPEATED),
            save_snapshot: text(snapshots::SAVE),
            save_outcome: text(commands::SAVE),
            outcome: text(commands::FIND),
            streams: text(streams::STREAMS),
            tenants: text(streams::TENANTS),
            copy_heads: text(copy::HEADS),
            copy_standing: text(copy::STANDING),
            copy: text(copy::COPY),
            schemas: text(schemas::ALL),
            add_schema: text(schemas::ADD),
            lock_schemas: text(schemas::LOCK),
            feed: text(&feed::bounded(feed::FEED)),
            aggregates: text(&feed::bounded(scan::AGGREGATES)),
            feed_last: text(frontier::LAST),
            feed_holders: text(frontier::HOLDERS),
        }
    }
}

/// A statement of [`Sql`]. Nothing but the checked name of the schema was ever put into it.
fn statement(sql: &Text) -> AssertSqlSafe<Text> {
    AssertSqlSafe(Arc::clone(sql))
}

/// A statement with the name of the schema put in, which was checked, and the columns of an event.
fn spelled(sql: &str, schema: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(with_event(sql).replace("{schema}", schema))
}
