//! What lies in the tables before a workload: appended, as everything is.

use std::time::Duration;

use annals::{Append, Error, Expected, NewEvent, Store, StreamId, Version};
use peers_protocol::{Account as Number, Dataset, Entry, Request, entry, interleaved};
use tokio_postgres::NoTls;

use crate::domain::{Deposit, Deposited, Kept, SNAPSHOT_AT, new_event, old_event};
use crate::open;

/// How many streams get an event in one statement.
const AT_ONCE: usize = 2000;

pub(crate) async fn seed(request: &Request) -> Result<(), Box<dyn std::error::Error>> {
    let store = open(request).await?;
    let of = |key| request.count(key);
    match request.dataset() {
        Dataset::Short => {
            let short = interleaved(of("accounts"), of("length"), Number::short);
            append(&store, short, new_event).await?;
            append_long(&store, "account", Number::hot(), 1..=of("length")).await?;
            append_long(&store, "account", Number::long(), 1..=of("long")).await?;
            with_snapshot(&store, request).await?;
        }
        Dataset::Replay => {
            let events = interleaved(of("accounts"), of("length"), Number::replayed);
            append(&store, events, new_event).await?;
        }
        Dataset::Mixed => {
            let events = interleaved(of("accounts"), of("length"), Number::replayed);
            append(&store, events, old_event).await?;
        }
        Dataset::Empty => {}
    }
    store.close().await;
    Ok(())
}

/// Appends for many callers at once, in order.
async fn append(
    store: &Store,
    events: impl Iterator<Item = (Number, usize)>,
    new: fn(Entry) -> NewEvent,
) -> Result<(), Error> {
    let mut events = events.peekable();
    while let Some((first, version)) = events.next() {
        let mut appends = vec![append_of(first, version, new)];
        // A stream gets one event of a statement, so the next version begins the next one.
        while let Some((account, version)) =
            events.next_if(|next| next.1 == version && appends.len() < AT_ONCE)
        {
            appends.push(append_of(account, version, new));
        }
        for answer in store.append_many(appends).await {
            answer?;
        }
    }
    Ok(())
}

fn append_of(account: Number, version: usize, new: fn(Entry) -> NewEvent) -> Append {
    let stream = StreamId::new("account", account);
    Append::to(&stream, after(version), [new(entry(account, version))])
}

/// What is expected of a stream that is to get this version.
fn after(version: usize) -> Expected {
    Expected::Exact(Version::new(version as u64 - 1))
}

async fn append_long(
    store: &Store,
    aggregate: &str,
    account: Number,
    versions: std::ops::RangeInclusive<usize>,
) -> Result<(), Error> {
    let stream = StreamId::new(aggregate, account);
    let versions: Vec<usize> = versions.collect();
    for versions in versions.chunks(1000) {
        let Some(first) = versions.first() else { break };
        let events = versions.iter().map(|version| entry(account, *version));
        let append = Append::to(&stream, after(*first), events.map(new_event));
        store.append(append).await?;
    }
    Ok(())
}

/// The command that brings the stream to the version of the snapshot is what has it taken, behind the answer.
async fn with_snapshot(store: &Store, request: &Request) -> Result<(), Box<dyn std::error::Error>> {
    let account = Number::long_with_snapshot();
    let at = request.count("snapshot_at");
    assert_eq!(at as u64, SNAPSHOT_AT, "as the aggregate is declared");
    append_long(store, "kept", account, 1..=at - 1).await?;
    let Entry::Deposited { amount, note } = entry(account, at) else {
        panic!("version {at} is no deposit");
    };
    let deposit = Deposit(Deposited { amount, note });
    store
        .aggregate::<Kept>(account.to_string())
        .execute(deposit)
        .await?;
    wait_for_snapshot(request.database()).await?;
    append_long(store, "kept", account, at + 1..=request.count("long")).await?;
    Ok(())
}

async fn wait_for_snapshot(url: &str) -> Result<(), Box<dyn std::error::Error>> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    for _ in 0..1000 {
        let row = client
            .query_one("select count(*) from annals.snapshots", &[])
            .await?;
        if row.get::<_, i64>(0) == 1 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Err("no snapshot was taken".into())
}
