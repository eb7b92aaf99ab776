//! Finds out up to which position nothing can appear any more.
//!
//! Three steps, three statements, each with a snapshot of its own, and in this order:
//!
//! 1. the highest position that is to be seen;
//! 2. who holds the lock that every insert into `events` takes before it takes a position, and lets go of when its commit
//!    is to be seen;
//! 3. the rows, up to the frontier that follows from the two: see [`Floors`].

mod floors;

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::postgres::{PgConnection, PgRow};

use floors::{Floors, Holder};

use super::{Postgres, during, statement};
use crate::error::{Error, ErrorKind};
use crate::pause::Pause;
use crate::telemetry;

const DOING: &str = "find the end of the feed";

/// How long whoever looks for the first time waits for the transactions that were open before, of which it can know nothing:
/// many times as long as an append takes. Where one is open for longer, nothing can be read until it has ended.
const NEWCOMER: Duration = Duration::from_millis(500);

/// The longest pause between two looks for what mostly ends soon.
const PAUSE: Duration = Duration::from_millis(50);

/// When somebody should be told who holds up the feed.
const PATIENCE: Duration = Duration::from_secs(10);

/// The sequence knows a higher number at times. It is not asked: after a crash it can give out again what no committed row
/// has kept, and a checkpoint must not have gone beyond that.
pub(super) const LAST: &str = "
select coalesce((select max(position) from {schema}.events), 0) as last, pg_is_in_recovery() as is_standby,
       pg_postmaster_start_time() as started, pg_stat_get_bgwriter_stat_reset_time() as recovered,
       (select oid::bigint from pg_database where datname = current_database()) as database,
       '{schema}.events'::regclass::oid::bigint as relation
";

/// Transactions are told apart by their virtual ids: the ids of sessions stay when transactions end.
pub(super) const HOLDERS: &str = "
select distinct virtualtransaction, pid
from pg_locks
where locktype = 'relation' and mode = 'RowExclusiveLock' and granted
  and database = $1::bigint::oid and relation = $2::bigint::oid
";

/// Who answered: which run of which server, and of which table. What was found out from one says nothing of another, and a
/// connection can be replaced by one that leads elsewhere without anybody being told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Home {
    started: DateTime<Utc>,
    /// A server that starts itself anew after a crash of one of its processes keeps the time of its start, and resets its
    /// statistics.
    recovered: Option<DateTime<Utc>>,
    database: i64,
    relation: i64,
}

impl Home {
    pub(super) fn of(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Home {
            started: row.try_get("started")?,
            recovered: row.try_get("recovered")?,
            database: row.try_get("database")?,
            relation: row.try_get("relation")?,
        })
    }
}

/// What is known of the end of the feed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// Up to here nothing can appear any more.
    pub(super) frontier: i64,
    /// The highest position that was to be seen.
    pub(super) last: i64,
    /// When it began to be found out.
    pub(super) begun: Instant,
    pub(super) home: Home,
}

/// What a store knows of the end of the feed. It is found out once for all who ask at the same time.
#[derive(Debug, Default)]
pub(super) struct Frontiers {
    known: Mutex<Option<Known>>,
    watched: tokio::sync::Mutex<Watched>,
}

#[derive(Debug, Default)]
struct Watched {
    floors: Floors,
    of: Option<Home>,
    /// Whether those that were open before the first look have been waited for.
    is_acquainted: bool,
    /// Since when the frontier has stood still before something that is to be seen.
    standing: Option<Instant>,
    is_told: bool,
}

impl Frontiers {
    pub(super) fn known(&self) -> Option<Known> {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, known: Option<Known>) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = known;
    }
}

impl Postgres {
    /// Finds out where the feed ends, unless somebody else began to do so at this moment or later.
    pub(super) async fn observe(
        &self,
        connection: &mut PgConnection,
        since: Instant,
    ) -> Result<Known, Error> {
        let mut watched = self.frontiers.watched.lock().await;
        if let Some(known) = self.frontiers.known()
            && known.begun >= since
        {
            return Ok(known);
        }
        self.look(connection, &mut watched).await
    }

    /// A position up to which nothing can appear any more, and which lies before nothing that was committed before this call.
    ///
    /// # Errors
    /// Where a transaction that may have stored events is open for longer than a lock is waited for.
    pub(crate) async fn end(&self) -> Result<i64, Error> {
        let begun = Instant::now();
        let mut connection = self.acquire(DOING).await?;
        let mut known = self.observe(&mut connection, begun).await?;
        let (mut last, mut home) = (known.last, known.home);
        let mut pause = Pause::up_to(PAUSE);
        while known.frontier < last {
            if begun.elapsed() >= self.lock_timeout {
                return Err(held_up());
            }
            tokio::time::sleep(pause.take()).await;
            known = self.observe_again(&mut connection).await?;
            if known.home != home {
                (last, home) = (known.last, known.home);
            }
        }
        Ok(known.frontier)
    }

    /// Finds out where the feed ends, through this connection, whatever is known.
    pub(super) async fn observe_again(
        &self,
        connection: &mut PgConnection,
    ) -> Result<Known, Error> {
        let mut watched = self.frontiers.watched.lock().await;
        self.look(connection, &mut watched).await
    }

    async fn look(
        &self,
        connection: &mut PgConnection,
        watched: &mut Watched,
    ) -> Result<Known, Error> {
        let mut found = self.steps(connection, watched).await;
        if !watched.is_acquainted {
            let begun = Instant::now();
            let mut pause = Pause::up_to(PAUSE);
            while watched.floors.is_blind() && begun.elapsed() < NEWCOMER && found.is_ok() {
                tokio::time::sleep(pause.take()).await;
                found = self.steps(connection, watched).await;
            }
            watched.is_acquainted = true;
        }
        if found.is_err() {
            *watched = Watched::default();
        }
        self.frontiers.set(found.as_ref().ok().copied());
        found
    }

    async fn steps(
        &self,
        connection: &mut PgConnection,
        watched: &mut Watched,
    ) -> Result<Known, Error> {
        let begun = Instant::now();
        let (last, home) = self.last(connection).await?;
        if watched.of != Some(home) || last < watched.floors.frontier() {
            *watched = Watched {
                of: Some(home),
                ..Watched::default()
            };
        }
        let before = watched.floors.frontier();
        if watched.floors.is_news(last) {
            let open = self.holders(connection, home).await?;
            watched.floors.observe(last, &open);
            watched.tell(last, before, begun, &open);
        }
        Ok(Known {
            frontier: watched.floors.frontier(),
            last,
            begun,
            home,
        })
    }

    async fn last(&self, connection: &mut PgConnection) -> Result<(i64, Home), Error> {
        let during = during(DOING);
        let row = sqlx::query(statement(&self.sql.feed_last))
            .fetch_one(connection)
            .await
            .map_err(&during)?;
        if row.try_get("is_standby").map_err(&during)? {
            return Err(Error::new(
                ErrorKind::ReadOnly,
                "the server is a standby, which does not know what is still under way on its primary",
            )
            .with_hint("read the feed from the primary server"));
        }
        let last = row.try_get("last").map_err(&during)?;
        Ok((last, Home::of(&row).map_err(&during)?))
    }

    async fn holders(
        &self,
        connection: &mut PgConnection,
        home: Home,
    ) -> Result<Vec<Holder>, Error> {
        let during = during(DOING);
        let rows = sqlx::query(statement(&self.sql.feed_holders))
            .bind(home.database)
            .bind(home.relation)
            .fetch_all(connection)
            .await
            .map_err(&during)?;
        let holder = |row: &PgRow| -> Result<Holder, sqlx::Error> {
            Ok(Holder {
                transaction: row.try_get(0)?,
                session: row.try_get(1)?,
            })
        };
        let holders = rows.iter().map(holder).collect::<Result<_, _>>();
        holders.map_err(during)
    }
}

impl Watched {
    /// Lets operators see how far behind the frontier is, for how long, and because of whom.
    fn tell(&mut self, last: i64, before: i64, now: Instant, open: &[Holder]) {
        let frontier = self.floors.frontier();
        if frontier == last {
            (self.standing, self.is_told) = (None, false);
        } else if frontier > before || self.standing.is_none() {
            (self.standing, self.is_told) = (Some(now), false);
        }
        let age = self
            .standing
            .map_or(Duration::ZERO, |since| now.duration_since(since));
        telemetry::frontier(last.abs_diff(frontier), age);
        if age > PATIENCE && !self.is_told {
            self.is_told = true;
            tracing::warn!(
                frontier,
                last,
                open = %Open(open),
                "transactions that may have stored events hold up the feed: end them"
            );
        }
    }
}

fn held_up() -> Error {
    Error::new(
        ErrorKind::Busy,
        format!("could not {DOING}: a transaction that may have stored events has been open for too long"),
    )
    .with_hint("end it, and try again: `doctor` names its session; `StoreOptions::lock_timeout` says how long it is waited for")
}

/// Open transactions, in words.
struct Open<'a>(&'a [Holder]);

impl fmt::Display for Open<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, holder) in self.0.iter().enumerate() {
            let separator = if i == 0 { "" } else { ", " };
            match holder.session {
                Some(pid) => write!(f, "{separator}session {pid}")?,
                None => write!(
                    f,
                    "{separator}a prepared transaction ({})",
                    holder.transaction
                )?,
            }
        }
        Ok(())
    }
}
