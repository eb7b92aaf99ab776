//! The workloads that are alike for all systems, over what each of them does in its own way.

use crate::{Account, Entry, Figure, Meter, Request, balance_at, call, entry};

/// How many of the accounts are looked at after a run: every such one.
const LOOKED_AT: usize = 37;

/// A system that keeps accounts. A clone is of the same connections.
pub trait Ledger: Clone + Send + Sync + 'static {
    /// Loads the account, decides whether it may pay 1, and stores that it does; again where another writer was faster.
    /// Answers how often one was.
    fn withdraw(&self, account: Account, note: String) -> impl Future<Output = u64> + Send;

    /// Loads the account: its version and its balance.
    fn load(&self, account: Account) -> impl Future<Output = (usize, i64)> + Send;

    /// Stores events of an account that has none, in one call.
    fn open(&self, account: Account, entries: Vec<Entry>) -> impl Future<Output = ()> + Send;
}

/// W1: each command is for another account. First each account is touched for the first time by this process, then again.
pub async fn commands<L: Ledger>(ledger: L, request: &Request) {
    let (callers, calls) = (request.count("callers"), request.count("calls"));
    let (length, warm_up) = (request.count("length"), request.count("warm_up"));
    // Connections are opened and statements prepared with accounts beyond those that are measured.
    withdraw_from(&ledger, callers, calls, warm_up).await;
    for (pass, temperature) in ["cold", "warm"].into_iter().enumerate() {
        let meter = Meter::start();
        let called = withdraw_from(&ledger, callers, 0, calls).await;
        let measured = meter.stop();
        let events = length + pass + 1;
        for number in (0..calls).step_by(LOOKED_AT) {
            let found = ledger.load(Account::short(number)).await;
            let withdrawn = pass as i64 + 1;
            assert_eq!(found, (events, balance_at(length) - withdrawn));
        }
        let figure = format!("W1-{temperature}-{callers}");
        let figure = Figure::rate(&figure, calls, "commands/s", &measured);
        let figure = figure.latencies(called.latencies);
        // Nobody else writes to these accounts: conflicts are the system's own.
        match called.conflicts {
            0 => figure,
            conflicts => figure.conflicts(conflicts),
        }
        .print();
    }
}

async fn withdraw_from<L: Ledger>(
    ledger: &L,
    callers: usize,
    first: usize,
    calls: usize,
) -> crate::Called {
    let ledger = ledger.clone();
    call(callers, calls, move |number| {
        let ledger = ledger.clone();
        let account = Account::short(first + number);
        async move {
            ledger
                .withdraw(account, format!("command {number:012}"))
                .await
        }
    })
    .await
}

/// W2: each call stores many events of another account, which is new.
pub async fn batches<L: Ledger>(ledger: L, request: &Request) {
    let (callers, calls) = (request.count("callers"), request.count("calls"));
    let batch = request.count("batch");
    let warm_up = request.count("warm_up");
    open_many(&ledger, callers, calls, warm_up, batch).await;
    let meter = Meter::start();
    let called = open_many(&ledger, callers, 0, calls, batch).await;
    let measured = meter.stop();
    for number in (0..calls).step_by(LOOKED_AT) {
        let found = ledger.load(Account::fresh(number)).await;
        assert_eq!(found, (batch, balance_at(batch)));
    }
    Figure::rate(
        &format!("W2-{callers}"),
        calls * batch,
        "events/s",
        &measured,
    )
    .latencies(called.latencies)
    .print();
}

async fn open_many<L: Ledger>(
    ledger: &L,
    callers: usize,
    first: usize,
    calls: usize,
    batch: usize,
) -> crate::Called {
    let ledger = ledger.clone();
    call(callers, calls, move |number| {
        let ledger = ledger.clone();
        async move {
            let account = Account::fresh(first + number);
            let entries = (1..=batch).map(|version| entry(account, version));
            ledger.open(account, entries.collect()).await;
            0
        }
    })
    .await
}

/// W3: one account with many events is loaded, one load after another.
///
/// `with_snapshot` loads the one that has a snapshot; a system that has no snapshots leaves it out.
pub async fn loads<L, F, Answer>(ledger: L, request: &Request, with_snapshot: Option<F>)
where
    L: Ledger,
    F: Fn() -> Answer,
    Answer: Future<Output = (usize, i64)>,
{
    let (length, loads) = (request.count("long"), request.count("loads"));
    let expected = (length, balance_at(length));
    // Pools hand out their connections in turn: each has to have prepared the statement.
    for _ in 0..request.connections() {
        assert_eq!(ledger.load(Account::long()).await, expected);
    }
    let meter = Meter::start();
    for _ in 0..loads {
        assert_eq!(ledger.load(Account::long()).await, expected);
    }
    let measured = meter.stop();
    Figure::rate("W3-events", loads * length, "events/s", &measured).print();

    let Some(with_snapshot) = with_snapshot else {
        return;
    };
    let loads = request.count("snapshot_loads");
    for _ in 0..request.connections() {
        assert_eq!(with_snapshot().await, expected);
    }
    let mut latencies = Vec::with_capacity(loads);
    let meter = Meter::start();
    for _ in 0..loads {
        let begun = std::time::Instant::now();
        assert_eq!(with_snapshot().await, expected);
        latencies.push(begun.elapsed());
    }
    let measured = meter.stop();
    Figure::rate("W3-snapshot", loads, "loads/s", &measured)
        .latencies(latencies)
        .print();
}

/// W6: all callers send commands to one account.
pub async fn hot_stream<L: Ledger>(ledger: L, request: &Request) {
    let (callers, calls) = (request.count("callers"), request.count("calls"));
    let length = request.count("length");
    withdraw_from(&ledger, callers, 0, request.count("warm_up")).await;
    let hot = ledger.clone();
    let meter = Meter::start();
    let called = call(callers, calls, move |number| {
        let ledger = hot.clone();
        async move {
            let note = format!("command {number:012}");
            ledger.withdraw(Account::hot(), note).await
        }
    })
    .await;
    let measured = meter.stop();
    let found = ledger.load(Account::hot()).await;
    assert_eq!(found, (length + calls, balance_at(length) - calls as i64));
    Figure::rate("W6", calls, "commands/s", &measured)
        .latencies(called.latencies)
        .conflicts(called.conflicts)
        .print();
}
