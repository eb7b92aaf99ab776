//! Storing events and reading rows, in few words.

use annals::projection::Projection;
use annals::{App, Append, Event, Expected, NewEvent, Receipt, Running, Store, StreamId};
use annals_tests::{Database, options};
use std::fmt::Debug;
use std::time::Duration;

use crate::models::LEASE;

/// Appends an event to a stream.
pub(crate) async fn add<E: Event>(store: &Store, stream: &StreamId, event: &E) -> Receipt {
    let append = Append::to(stream, Expected::Any, [NewEvent::of(event)]);
    store.append(append).await.expect("stored")
}

/// An app on a store of its own.
pub(crate) async fn app(database: &Database) -> App {
    App::new(database.open(options()).await).lease(LEASE)
}

pub(crate) async fn started(app: App) -> Running {
    app.start().await.expect("it starts")
}

/// All rows once a receipt has been handled, in the order of their keys.
pub(crate) async fn rows<P: Projection>(store: &Store, receipt: &Receipt) -> Vec<P> {
    let rows = store.read_model::<P>().timeout(PATIENCE).after(receipt);
    let rows = rows.rows().await.expect("it comes so far");
    rows.collect().await.expect("readable")
}

/// How long a test waits for what must happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Looks again and again, until it is as expected.
pub(crate) async fn until<T: Debug, F: Future<Output = T>>(
    what: &str,
    mut look: impl FnMut() -> F,
    is_expected: impl Fn(&T) -> bool,
) -> T {
    let begun = std::time::Instant::now();
    loop {
        let found = look().await;
        if is_expected(&found) {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{what}: {found:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
