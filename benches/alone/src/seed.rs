//! Events by the million, made by the database itself: the rows that appends would have stored, in tables with all their indexes.

use annals_tests::Database;
use annals_tests::databases::Hand;

use crate::accounts::balance;

/// How many events are made by one statement.
const AT_ONCE: u64 = 500_000;

/// Accounts `0`, `1`, .. of equal length, whose events lie in turn: those of one account are as far apart as they can be.
#[derive(Debug, Clone, Copy)]
pub struct Seed {
    /// How many accounts.
    pub accounts: u64,
    /// How many events each has.
    pub length: u64,
}

impl Seed {
    /// How many events that are.
    #[must_use]
    pub fn events(self) -> u64 {
        self.accounts * self.length
    }

    /// What is in all accounts together.
    #[must_use]
    pub fn total(self) -> i64 {
        self.accounts.cast_signed() * balance(self.length)
    }

    /// Makes them in an empty store, which nobody has open, and lets the database settle.
    pub async fn sow(self, database: &Database) {
        let mut hand = database.connection().await;
        let text = match &hand {
            Hand::Postgres(_) => &POSTGRES,
            Hand::Sqlite(_) => &SQLITE,
        };
        for sql in text.before {
            hand.sql(sql).await;
        }
        let mut from = 0;
        while from < self.events() {
            let to = self.events().min(from + AT_ONCE);
            let rows = hand.sql(&self.spell(text.events, from, to)).await;
            assert_eq!(rows, to - from, "the events are there");
            from = to;
        }
        let rows = hand.sql(&self.spell(text.streams, 0, self.accounts)).await;
        assert_eq!(rows, self.accounts, "the streams are there");
        for sql in text.after {
            hand.sql(sql).await;
        }
        hand.close().await;
    }

    fn spell(self, sql: &str, from: u64, to: u64) -> String {
        sql.replace("$from", &from.to_string())
            .replace("$to", &to.to_string())
            .replace("$accounts", &self.accounts.to_string())
            .replace("$length", &self.length.to_string())
    }
}

struct Text {
    before: &'static [&'static str],
    /// Those from `$from` on and before `$to`; the amounts are those of `accounts::change`.
    events: &'static str,
    /// With the time of its last event each.
    streams: &'static str,
    after: &'static [&'static str],
}

const POSTGRES: Text = Text {
    before: &[],
    events: "
insert into {events} (position, tenant, stream, version, event_id, event_type, schema_version, payload, recorded_at,
                      occurred_at)
select nextval('annals.event_position'), '', 'account-' || (n % $accounts), v, gen_random_uuid(),
       case when v = 1 then 'account.opened' when v % 2 = 0 then 'money.deposited' else 'money.withdrawn' end,
       case when v > 1 and v % 2 = 0 then 3 else 1 end,
       case when v = 1 then '{\"owner\":\"owner of an account\"}'
            else format('{\"cents\":%s,\"note\":\"entry number %s\"}', case when v % 2 = 0 then 1000 + v else v end, v)
       end::json,
       t, t
from generate_series($from::bigint, $to::bigint - 1) as n,
     lateral (select n / $accounts + 1 as v, timestamptz '2024-01-01' + n * interval '1 millisecond' as t) as of_event",
    streams: "
insert into {streams} (tenant, stream, aggregate, version, recorded_at)
select '', 'account-' || n, 'account', $length,
       timestamptz '2024-01-01' + (($length - 1)::bigint * $accounts + n) * interval '1 millisecond'
from generate_series($from::bigint, $to::bigint - 1) as n",
    after: &["vacuum (freeze, analyze)", "checkpoint"],
};

const SQLITE: Text = Text {
    // Without a journal while the file can be made anew; the store brings its own settings.
    before: &[
        "pragma journal_mode = off",
        "pragma synchronous = off",
        "pragma cache_size = -1000000",
    ],
    events: "
with recursive numbers(n) as (select $from union all select n + 1 from numbers where n + 1 < $to)
insert into {events} (tenant, stream, version, event_id, event_type, schema_version, payload, recorded_at, occurred_at)
select '', 'account-' || (n % $accounts), v,
       lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8'
             || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
       case when v = 1 then 'account.opened' when v % 2 = 0 then 'money.deposited' else 'money.withdrawn' end,
       case when v > 1 and v % 2 = 0 then 3 else 1 end,
       case when v = 1 then '{\"owner\":\"owner of an account\"}'
            else format('{\"cents\":%d,\"note\":\"entry number %d\"}', case when v % 2 = 0 then 1000 + v else v end, v) end,
       t, t
from (select n, n / $accounts + 1 as v,
             strftime('%Y-%m-%dT%H:%M:%f', 1704067200 + n / 1000.0, 'unixepoch') || '000Z' as t from numbers)",
    streams: "
with recursive numbers(n) as (select $from union all select n + 1 from numbers where n + 1 < $to)
insert into {streams} (tenant, stream, aggregate, version, recorded_at)
select '', 'account-' || n, 'account', $length,
       strftime('%Y-%m-%dT%H:%M:%f', 1704067200 + (($length - 1) * $accounts + n) / 1000.0, 'unixepoch') || '000Z'
from numbers",
    after: &["pragma journal_mode = wal"],
};
