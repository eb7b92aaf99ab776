//! Many writers at once: nothing lost, nothing torn, nobody stuck, and every conflict told.

mod callers;
mod given_up;
mod groups;
mod loads;
mod one_stream;
mod processes;
mod transactions;
mod warm;

use std::future::Future;
use std::time::Duration;

use annals::{Error, Store, StreamId};
use annals_tests::Database;
use annals_tests::domain::exact;
use tokio::task::JoinSet;

const WRITERS: usize = 16;

/// Two programs would open the store each for itself.
async fn two_stores(database: &Database) -> [Store; 2] {
    [database.store().await, database.store().await]
}

/// Waits for all tasks; where they wait for each other, the test fails instead of hanging.
async fn all<T: Send + 'static>(mut tasks: JoinSet<T>) -> Vec<T> {
    let mut answers = Vec::new();
    let finish = async {
        while let Some(answer) = tasks.join_next().await {
            answers.push(answer.expect("no task panics"));
        }
    };
    in_time(finish).await;
    answers
}

async fn in_time<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(120), future)
        .await
        .expect("nobody waits for ever")
}

/// The version at which a conflict found the stream.
#[track_caller]
fn found(error: &Error, stream: &StreamId) -> u64 {
    let conflict = error.conflict().unwrap_or_else(|| panic!("{error:?}"));
    assert_eq!(&conflict.stream, stream);
    conflict.found.get()
}

/// What must hold of the tables whatever was done: versions without holes, heads at the last one, positions given once.
async fn whole(database: &Database) {
    let events = database.events().await;
    let holes = "SELECT count(*) FROM (SELECT stream FROM {events} GROUP BY tenant, stream \
                 HAVING count(*) <> max(version) OR min(version) <> 1) AS holes";
    assert_eq!(database.number(holes).await, 0, "holes");
    let heads = "SELECT count(*) FROM {streams} s WHERE version <> \
                 (SELECT count(*) FROM {events} e WHERE e.tenant = s.tenant AND e.stream = s.stream)";
    assert_eq!(database.number(heads).await, 0, "heads elsewhere");
    let streams = "SELECT count(*) FROM (SELECT DISTINCT tenant, stream FROM {events}) AS streams";
    assert_eq!(
        database.number(streams).await,
        database
            .number("SELECT count(*) FROM {streams} WHERE version > 0")
            .await
    );
    for unique in ["position", "event_id"] {
        let distinct = format!("SELECT count(DISTINCT {unique}) FROM {{events}}");
        assert_eq!(database.number(&distinct).await, events, "{unique}");
    }
    let order = "SELECT count(*) FROM {events} a JOIN {events} b ON a.tenant = b.tenant AND a.stream = b.stream \
                 AND b.version = a.version + 1 WHERE b.position <= a.position OR b.recorded_at < a.recorded_at";
    assert_eq!(
        database.number(order).await,
        0,
        "positions or times go back"
    );
}
