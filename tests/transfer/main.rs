//! Events that go from one store to another: by a file, and straight.

mod bad_input;
mod bytes;
mod copies;
mod crash;
mod export;
mod people;
mod random;
mod replay;
mod standing;
mod upcast;

use annals::transfer::{Exported, Imported};
use annals::{App, Append, Error, Expected, Metadata, NewEvent, RecordedEvent, Store};
use annals_tests::Database;
use annals_tests::domain::{Account, Deposited, Ledger, Opened, account, deposited, ledger};

/// What the tests store.
pub(crate) fn app(store: &Store) -> App {
    App::new(store.clone())
        .aggregate::<Account>()
        .aggregate::<Ledger>()
}

/// An empty database of each kind.
pub(crate) async fn both() -> [Database; 2] {
    [annals_tests::postgres().await, annals_tests::sqlite().await]
}

/// Every event of the tenant, in order.
pub(crate) async fn events(store: &Store) -> Vec<RecordedEvent> {
    let page = store.feed().page(10_000).read().await.expect("readable");
    assert!(page.is_end(), "one page holds all");
    page.into_events()
}

/// All that is kept of an event wherever it lies: all but its position.
pub(crate) fn kept(events: &[RecordedEvent]) -> Vec<String> {
    let kept = events.iter().map(|event| {
        let recorded = event.recorded();
        format!(
            "{} {} {} {} v{} {:?} {} {} {}",
            recorded.stream(),
            recorded.version(),
            recorded.event_id(),
            recorded.event_type(),
            recorded.schema_version(),
            recorded.metadata(),
            recorded.recorded_at(),
            recorded.occurred_at(),
            String::from_utf8_lossy(event.payload()),
        )
    });
    kept.collect()
}

/// Three streams of two aggregates whose events lie between each other, with all that can be said of an event.
pub(crate) async fn filled(store: &Store) {
    let opened = NewEvent::of(&Opened {
        owner: "Ada \"the first\"".to_owned(),
    });
    let metadata = Metadata::new()
        .with_actor("ada")
        .with_causation("x")
        .with_correlation("c-1")
        .with("n", 0.1);
    append(
        store,
        Append::to(&account("1"), Expected::NoStream, [opened]),
    )
    .await;
    for cents in 1..=5 {
        let told = deposited(cents)
            .metadata(metadata.clone())
            .occurred_at("2001-02-03T04:05:06.789012Z".parse().expect("a time"));
        let group = Append::to(&account("1"), Expected::Any, [told]).and(
            &ledger("a-b"),
            Expected::Any,
            [deposited(cents), deposited(-cents)],
        );
        append(store, group).await;
        append(
            store,
            Append::to(&account("2"), Expected::Any, [deposited(cents)]),
        )
        .await;
    }
}

pub(crate) async fn append(store: &Store, append: Append) {
    store.append(append).await.expect("stored");
}

/// So many deposits in an account.
pub(crate) async fn deposit(store: &Store, id: &str, cents: impl Iterator<Item = i64>) {
    let events = cents.map(|cents| NewEvent::of(&Deposited { cents }));
    append(store, Append::to(&account(id), Expected::Any, events)).await;
}

pub(crate) async fn exported(store: &Store) -> String {
    let mut out = Vec::new();
    let export = annals::transfer::export(store);
    let Exported { events: count, .. } = export.write(&mut out).await.expect("exported");
    let text = String::from_utf8(out).expect("text");
    assert_eq!(text.lines().count() as u64, count + 2);
    text
}

pub(crate) async fn imported(store: &Store, text: &str) -> Result<Imported, Error> {
    let app = app(store);
    let import = annals::transfer::import(&app, store).batch(4);
    import.read(text.as_bytes()).await
}

/// The stream rows agree with the events, and nobody's time goes back.
pub(crate) async fn is_consistent(database: &Database) {
    let wrong = "SELECT count(*) FROM {streams} s WHERE s.version <>
        (SELECT count(*) FROM {events} e WHERE e.tenant = s.tenant AND e.stream = s.stream)
        OR s.version <> (SELECT max(e.version) FROM {events} e WHERE e.tenant = s.tenant AND e.stream = s.stream)
        OR s.recorded_at <> (SELECT max(e.recorded_at) FROM {events} e WHERE e.tenant = s.tenant AND e.stream = s.stream)";
    assert_eq!(database.number(wrong).await, 0);
    let back = "SELECT count(*) FROM {events} a JOIN {events} b ON a.tenant = b.tenant AND a.stream = b.stream
        AND a.version < b.version AND (a.recorded_at > b.recorded_at OR a.position > b.position)";
    assert_eq!(database.number(back).await, 0);
}
