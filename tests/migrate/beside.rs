//! A version is built while an older release appends, follows and is read; the migration is killed on its way.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use annals::Position;
use annals::migrate::{self, Action, Progress, Run, Stage};
use annals_tests::releases::{app, deposit, first, open, second};
use annals_tests::{Database, contract};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::task::JoinHandle;

use crate::until;

contract![readers_and_writers_notice_nothing];

/// More in PostgreSQL, which is the one that has them in earnest.
fn size(database: &Database) -> (i64, i64) {
    match database.is_postgres() {
        true => (1_000_000, 10_000),
        false => (30_000, 100),
    }
}

async fn readers_and_writers_notice_nothing(database: &Database) {
    let (events, accounts) = size(database);
    old_release_with_history(database, events, accounts).await;
    let mut old = Process::start(database, "serve");
    old.line().await;
    let readers = [
        Reader::start(database, accounts).await,
        Reader::start(database, accounts).await,
    ];

    let mut killed = Process::start(database, "hang");
    let checkpoint = until("a checkpoint", async || {
        let at = "select coalesce(max(checkpoint), 0) from {partitions} where version = 2";
        Some(database.number(at).await).filter(|at| *at > 0)
    })
    .await;
    killed.child.kill().await.expect("it is killed");
    assert!(checkpoint < events / 2, "{checkpoint} of {events}");

    let new = app::<second::Balance>(database.store().await);
    let step = migrate::plan(&new).await.expect("a plan").steps.remove(0);
    let checkpoint = u64::try_from(checkpoint).expect("a position");
    assert_eq!(step.action, Action::GoOn(checkpoint));
    let mut froms = Vec::new();
    let mut note = |progress: &Progress| {
        if progress.stage == Stage::Building {
            froms.push(progress.from);
        }
    };
    let outcomes = migrate::run(&new, Run::new(), &mut note).await;
    let outcomes = outcomes.expect("it goes on");
    assert_eq!(froms.first(), Some(&checkpoint), "it began anew");
    let built = &outcomes[0];
    assert!(built.is_shown && built.parked == 0, "{built:?}");
    assert!(
        built.events < u64::try_from(events).expect("positive"),
        "{built:?}"
    );

    // Nobody follows with the new version yet: it is what the old one was when it was shown.
    let running = new.start().await.expect("the new release starts");
    let last = old.end().await;
    let rows = running.store().read_model::<second::Balance>();
    let rows = rows.after_position(last).timeout(Duration::from_secs(30));
    rows.wait().await.expect("the new release follows");
    assert_eq!(
        differences(database, true).await,
        0,
        "the new version is not what the events say"
    );

    // The old release comes back, after what only the new one has handled.
    let receipt = deposit(running.store(), "7", 1000).await.expect("stored");
    let rows = running.store().read_model::<second::Balance>();
    rows.after(&receipt).wait().await.expect("handled");
    let old = app::<first::Balance>(database.store().await);
    let shown = migrate::rollback(&old, "balances", None).await;
    assert_eq!(shown.expect("rolled back"), 1);
    assert_eq!(
        differences(database, false).await,
        0,
        "the old version is stale"
    );
    let running_again = old.start().await.expect("the old release starts");
    let receipt = open(running_again.store(), "after", 7)
        .await
        .expect("stored");
    let rows = running_again.store().read_model::<first::Balance>();
    rows.after(&receipt).wait().await.expect("followed");
    for reader in readers {
        reader.end().await;
    }
    assert_eq!(differences(database, false).await, 0);
    running.stop().await;
    running_again.stop().await;
}

/// The first release, with a history that the database made, and the rows for it.
async fn old_release_with_history(database: &Database, events: i64, accounts: i64) {
    let store = database.store().await;
    let running = app::<first::Balance>(store.clone()).start().await;
    running.expect("it starts").stop().await;
    let kind = format!(
        "case when n < {accounts} then 'account.opened' when n % 3 = 0 then 'money.withdrawn' else 'money.deposited' end"
    );
    let stamp = "2024-01-01T00:00:00.000000Z";
    let (object, numbers, id, stamp, json) = if database.is_postgres() {
        let stamp = format!("timestamptz '{stamp}'");
        let numbers = format!("generate_series(0, {} - 1) as n", events);
        (
            "json_build_object",
            numbers,
            "gen_random_uuid()",
            stamp,
            "payload ->> 'cents'",
        )
    } else {
        let numbers = format!(
            "(with recursive numbers(n) as (select 0 union all select n + 1 from numbers where n < {events} - 1)
              select n from numbers)"
        );
        let id = "printf('01900000-0000-7000-8000-%012x', n)";
        (
            "json_object",
            numbers,
            id,
            format!("'{stamp}'"),
            "payload ->> '$.cents'",
        )
    };
    let position = match database.is_postgres() {
        true => "nextval('annals.event_position')",
        false => "n + 1",
    };
    database
        .sql(&format!(
            "insert into {{events}} (position, tenant, stream, version, event_id, event_type, schema_version, payload,
                                     recorded_at, occurred_at)
             select {position}, '', 'account-' || (n % {accounts}), n / {accounts} + 1, {id}, {kind}, 1,
                    case when n < {accounts} then {object}('owner', 'owner ' || n) else {object}('cents', n % 1000) end,
                    {stamp}, {stamp}
             from {numbers};
             insert into {{streams}} (tenant, stream, aggregate, version, recorded_at)
             select tenant, stream, 'account', max(version), max(recorded_at) from {{events}} group by tenant, stream;
             update {{partitions}} set checkpoint = (select max(position) from {{events}})"
        ))
        .await;
    let rows = table(database, 1);
    database
        .sql(&format!(
            "insert into {rows} (account, owner, cents) {}",
            fold(json, false)
        ))
        .await;
    store.close().await;
}

fn table(database: &Database, version: u32) -> String {
    let schema = if database.is_postgres() {
        "annals."
    } else {
        ""
    };
    format!("{schema}balances_v{version}")
}

/// The events of all accounts, folded by the database.
fn fold(cents: &str, has_entries: bool) -> String {
    let owner = cents.replace("cents", "owner");
    let entries = if has_entries { ", count(*) - 1" } else { "" };
    format!(
        "select substr(stream, 9), max(case event_type when 'account.opened' then {owner} end),
                sum(case event_type when 'money.deposited' then cast({cents} as bigint)
                                    when 'money.withdrawn' then -cast({cents} as bigint) else 0 end){entries}
         from {{events}} group by stream"
    )
}

/// How many rows of the view are not what the events say, or missing.
async fn differences(database: &Database, has_entries: bool) -> i64 {
    let (view, cents) = match database.is_postgres() {
        true => ("annals.balances", "payload ->> 'cents'"),
        false => ("balances", "payload ->> '$.cents'"),
    };
    let entries = if has_entries { ", entries" } else { "" };
    let rows = format!("select account, owner, cents{entries} from {view}");
    let fold = fold(cents, has_entries);
    let one = format!(
        "select count(*) from (select * from ({fold}) as a except select * from ({rows}) as b) as c"
    );
    let other = format!(
        "select count(*) from (select * from ({rows}) as a except select * from ({fold}) as b) as c"
    );
    database.number(&one).await + database.number(&other).await
}

/// A release in a process of its own.
struct Process {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Process {
    fn start(database: &Database, what: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_release"))
            .args([database.url(), what])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the release starts");
        let out = child.stdout.take().expect("a pipe");
        Process {
            child,
            lines: BufReader::new(out).lines(),
        }
    }

    async fn line(&mut self) -> String {
        let line = self.lines.next_line().await.expect("readable");
        line.expect("it goes on")
    }

    /// Lets it end, and answers the last position that it told.
    async fn end(mut self) -> Position {
        drop(self.child.stdin.take());
        let mut last = 0;
        while let Some(line) = self.lines.next_line().await.expect("readable") {
            last = line.parse().expect("a position");
        }
        assert!(self.child.wait().await.expect("it ends").success());
        Position::new(last)
    }
}

/// Reads the view all the time, and never finds an error, fewer rows or less money than before.
struct Reader {
    stop: Arc<AtomicBool>,
    reads: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Reader {
    async fn start(database: &Database, accounts: i64) -> Self {
        let (stop, reads) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicU64::new(0)),
        );
        let (stopped, count) = (Arc::clone(&stop), Arc::clone(&reads));
        let view = match database.is_postgres() {
            true => "annals.balances",
            false => "balances",
        };
        let mut hand = database.connection().await;
        let task = tokio::spawn(async move {
            let (mut rows, mut money) = (accounts, i64::MIN);
            while !stopped.load(Ordering::Relaxed) {
                let counted = format!("select count(account) from {view}");
                let counted = hand.number(&counted).await;
                assert!(counted >= rows, "{counted} rows after {rows}");
                let summed = format!("select cast(sum(cents) as bigint) from {view}");
                let summed = hand.number(&summed).await;
                assert!(summed >= money, "{summed} cents after {money}");
                (rows, money) = (counted, summed);
                let owner = format!("select owner from {view} where tenant = '' and account = '7'");
                assert_eq!(hand.text(&owner).await, "owner 7");
                count.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            hand.close().await;
        });
        Reader { stop, reads, task }
    }

    async fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.task.await.expect("nothing was noticed");
        assert!(self.reads.load(Ordering::Relaxed) > 100, "it hardly read");
    }
}
