//! Who holds up the feed, and how far.

use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::Row;
use sqlx::postgres::PgRow;

use super::{DOING, Patient, during};
use crate::error::Error;
use crate::store::finding::{Finding, Severity};
use crate::store::postgres::survey::position_at;

/// For how many seconds nobody needs to look.
const SLOW: i64 = 10;

/// From how many seconds on somebody has to.
const STUCK: i64 = 60;

/// Those who have taken the lock of an insert, with what is known of their sessions, the longest first. A prepared
/// transaction is told by its id, which it holds a lock on itself.
const HOLDERS: &str = "
select h.pid, a.application_name, a.usename::text as usename, a.state, a.query_start, p.gid,
       coalesce(a.xact_start, p.prepared) as since,
       extract(epoch from clock_timestamp() - coalesce(a.xact_start, p.prepared))::bigint as seconds
from (
    select distinct virtualtransaction, pid from pg_locks
    where locktype = 'relation' and mode = 'RowExclusiveLock' and granted
      and database = (select oid from pg_database where datname = current_database())
      and relation = '{schema}.events'::regclass
) h
left join pg_stat_activity a on a.pid = h.pid
left join pg_locks t
    on h.pid is null and t.pid is null and t.virtualtransaction = h.virtualtransaction
    and t.locktype = 'transactionid' and t.mode = 'ExclusiveLock'
left join pg_prepared_xacts p on p.transaction = t.transactionid
order by since nulls first
";

const LAST: &str = "
select coalesce((select max(position) from {schema}.events), 0) as last, pg_is_in_recovery() as is_standby
";

pub(super) async fn check(patient: &mut Patient) -> Result<Vec<Finding>, Error> {
    let during = during(DOING);
    let row = sqlx::query(patient.spelled(LAST))
        .fetch_one(&mut patient.connection)
        .await
        .map_err(&during)?;
    let last: i64 = row.try_get("last").map_err(&during)?;
    if row.try_get("is_standby").map_err(&during)? {
        let what = "a standby has no feed: it does not know what is under way on its primary";
        return Ok(vec![Finding::ok(what).with("last", last)]);
    }
    let rows = sqlx::query(patient.spelled(HOLDERS))
        .fetch_all(&mut patient.connection)
        .await
        .map_err(&during)?;
    let holders = rows.iter().map(Holder::of).collect::<Result<Vec<_>, _>>();
    let holders = holders.map_err(&during)?;
    let mut findings = vec![reach(patient, last, &holders).await?];
    let slow = holders.iter().filter(|holder| holder.age() >= SLOW);
    findings.extend(slow.map(Holder::finding));
    Ok(findings)
}

/// How far the feed can be read, at least by those who were reading when the first of the holders began.
async fn reach(patient: &mut Patient, last: i64, holders: &[Holder]) -> Result<Finding, Error> {
    let oldest = holders.iter().map(Holder::age).max().unwrap_or_default();
    if oldest < SLOW {
        let what = match holders.len() {
            0 => format!("nobody holds up the feed: it ends at the last event, position {last}"),
            1 => format!("a transaction stores events; the last event has position {last}"),
            many => {
                format!("{many} transactions store events; the last event has position {last}")
            }
        };
        return Ok(Finding::ok(what).with("last", last).with("behind", 0));
    }
    let since = holders.iter().filter_map(|holder| holder.since).min();
    let frontier = match since {
        Some(since) => position_at(&mut patient.connection, &patient.schema, since).await?,
        // What cannot be seen of a session may have begun before everything.
        None => None,
    };
    let frontier = frontier.map_or(0, |position| (position - 1).clamp(0, last));
    let behind = last - frontier;
    let severity = severity(oldest);
    let what = format!(
        "the feed ends at position {frontier}, {behind} positions before the last event, and has done so for {oldest} \
         seconds; a reader that was started since reads nothing"
    );
    let finding = Finding::new(severity, what).with_cure("end the transactions that follow");
    Ok(finding
        .with("last", last)
        .with("frontier", frontier)
        .with("behind", behind)
        .with("seconds", oldest))
}

fn severity(seconds: i64) -> Severity {
    if seconds >= STUCK {
        Severity::Error
    } else {
        Severity::Warning
    }
}

/// A transaction that may have taken positions.
struct Holder {
    pid: Option<i32>,
    application: Option<String>,
    user: Option<String>,
    state: Option<String>,
    query_start: Option<DateTime<Utc>>,
    gid: Option<String>,
    since: Option<DateTime<Utc>>,
    seconds: Option<i64>,
}

impl Holder {
    fn of(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Holder {
            pid: row.try_get("pid")?,
            application: row.try_get("application_name")?,
            user: row.try_get("usename")?,
            state: row.try_get("state")?,
            query_start: row.try_get("query_start")?,
            gid: row.try_get("gid")?,
            since: row.try_get("since")?,
            seconds: row.try_get("seconds")?,
        })
    }

    /// In seconds. A session that is not shown to us is taken for an old one.
    fn age(&self) -> i64 {
        self.seconds.unwrap_or(SLOW)
    }

    fn finding(&self) -> Finding {
        let age = match self.seconds {
            Some(seconds) => format!("for {seconds} seconds"),
            None => "for an unknown time".to_owned(),
        };
        let (what, cure) = match (self.pid, &self.gid) {
            (Some(pid), _) => {
                let said = |text: &Option<String>| text.clone().unwrap_or_else(|| "?".to_owned());
                (
                    format!(
                        "session {pid} of user `{}` (application `{}`, {}) has held up the feed {age}",
                        said(&self.user),
                        said(&self.application),
                        said(&self.state),
                    ),
                    format!("commit its transaction, or: select pg_terminate_backend({pid});"),
                )
            }
            (None, Some(gid)) => {
                let quoted = gid.replace('\'', "''");
                (
                    format!("prepared transaction `{gid}` has held up the feed {age}"),
                    format!("commit prepared '{quoted}'; or: rollback prepared '{quoted}';"),
                )
            }
            (None, None) => (
                format!("a prepared transaction has held up the feed {age}"),
                "look for it in pg_prepared_xacts of this database".to_owned(),
            ),
        };
        Finding::new(severity(self.age()), what)
            .with_cure(cure)
            .with("session", self.pid)
            .with("application", self.application.clone())
            .with("user", self.user.clone())
            .with("state", self.state.clone())
            .with("query_start", json!(self.query_start))
            .with("gid", self.gid.clone())
            .with("seconds", self.seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::{Holder, severity};
    use crate::store::finding::Severity;

    #[test]
    fn who_holds_up_the_feed_for_a_minute_is_an_error() {
        assert_eq!(severity(10), Severity::Warning);
        assert_eq!(severity(59), Severity::Warning);
        assert_eq!(severity(60), Severity::Error);
    }

    #[test]
    fn a_prepared_transaction_is_ended_by_its_id() {
        let holder = Holder {
            pid: None,
            application: None,
            user: None,
            state: None,
            query_start: None,
            gid: Some("it's".to_owned()),
            since: None,
            seconds: Some(61),
        };
        let finding = holder.finding();
        assert_eq!(finding.severity, Severity::Error);
        assert_eq!(
            finding.cure.as_deref(),
            Some("commit prepared 'it''s'; or: rollback prepared 'it''s';")
        );
    }
}
