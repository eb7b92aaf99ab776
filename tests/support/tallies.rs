//! Projections that tell where an event was left out or handled twice, for tests in which workers die.

use annals::prelude::*;
use annals::{App, Tx};

use crate::domain::{Account, Deposited};

/// Many streams share its rows, whose keys are of several partitions.
#[derive(ReadModel, Debug, Clone, PartialEq)]
pub struct Tally {
    /// What the amounts have in common.
    #[key]
    pub bucket: i64,
    /// How many there were.
    pub events: i64,
    /// Their sum.
    pub cents: i64,
}

#[projection(name = "tallies", partitions = 4)]
impl Tally {
    #[key(event.cents.rem_euclid(16))]
    fn deposited(row: Option<Self>, event: &Deposited) -> Self {
        let bucket = event.cents.rem_euclid(16);
        let (events, cents) = row.map_or((0, 0), |row| (row.events, row.cents));
        Tally {
            bucket,
            events: events + 1,
            cents: cents + event.cents,
        }
    }
}

/// A row of each stream, which comes from version to version.
#[derive(ReadModel, Debug, Clone, PartialEq)]
pub struct Walk {
    /// The stream.
    #[key]
    pub id: String,
    /// Where it is.
    pub version: Version,
}

#[projection("walks")]
impl Walk {
    fn deposited(row: Option<Self>, _: &Deposited, cx: &Recorded) -> Result<Self, String> {
        let before = row.map_or(0, |row| row.version.get());
        if before + 1 != cx.version().get() {
            return Err(format!("version {} comes after {before}", cx.version()));
        }
        Ok(Walk {
            id: cx.stream().id().to_owned(),
            version: cx.version(),
        })
    }
}

/// Writes a line for each event into a table of its own: see [`Lines::TABLE`].
#[derive(Debug, Default)]
pub struct Lines;

impl Lines {
    /// What makes the table. It takes the same position twice.
    pub const TABLE: &'static str = "create table lines (position bigint not null)";
}

#[projection(name = "lines_written", partitions = 2)]
impl Lines {
    async fn deposited(
        &self,
        _: &Deposited,
        cx: &Recorded,
        tx: &mut Tx,
    ) -> Result<(), sqlx::Error> {
        let line = sqlx::AssertSqlSafe(format!("insert into lines values ({})", cx.position()));
        let line = sqlx::raw_sql(line);
        if let Some(connection) = tx.as_postgres() {
            line.execute(connection).await?;
        } else if let Some(connection) = tx.as_sqlite() {
            line.execute(connection).await?;
        }
        Ok(())
    }
}

/// The app of those tests.
pub fn app(store: Store) -> App {
    App::new(store)
        .aggregate::<Account>()
        .projection::<Tally>()
        .projection::<Walk>()
        .handler(Lines)
}
