//! Large events: a page ends with its bytes, and the server is not asked for much more than is handed out.

use std::time::{Duration, Instant};

use annals::{Append, Expected, NewEvent, Position, Store};
use annals_tests::Database;
use annals_tests::domain::{Opened, account, deposited};

use crate::in_time;

const EVENTS: u64 = 300;

/// What follows them: more of it would fit than is expected after large ones.
const SMALL: u64 = 500;

/// What nothing can be made smaller.
fn noise(seed: u64) -> String {
    let mut state = seed + 1;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        char::from(b'!' + u8::try_from((state >> 33) % 90).expect("small"))
    };
    let text: String = (0..200_000).map(|_| next()).collect();
    text.replace(['"', '\\'], "~")
}

/// How many pieces of large values the server has read, by all sessions that have ended.
async fn pieces_read(database: &Database) -> i64 {
    let sql = "select coalesce(idx_tup_fetch, 0)::bigint from pg_stat_all_tables
               where relid = (select reltoastrelid from pg_class where oid = 'annals.events'::regclass)";
    database.number(sql).await
}

/// What a session counts is told after a while, or when it has ended.
async fn settled(database: &Database) -> i64 {
    let (mut read, mut since) = (pieces_read(database).await, Instant::now());
    while since.elapsed() < Duration::from_secs(2) {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let now = pieces_read(database).await;
        if now != read {
            (read, since) = (now, Instant::now());
        }
    }
    read
}

async fn follow(store: &Store, page: u32) -> u64 {
    let (mut at, mut count) = (Position::new(0), 0);
    loop {
        let feed = store.feed().after(at).page(page);
        let page = in_time(feed.read()).await.expect("readable");
        count += page.events().len() as u64;
        at = page.checkpoint();
        if page.is_end() {
            return count;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_events_are_not_read_in_vain() {
    let database = annals_tests::postgres().await;
    let writer = database.store().await;
    for event in 0..EVENTS {
        let owner = noise(event);
        let append = Append::to(
            &account("1"),
            Expected::Any,
            [NewEvent::of(&Opened { owner })],
        );
        writer.append(append).await.expect("stored");
    }
    let small = (1..=SMALL).map(|cents| deposited(i64::try_from(cents).expect("small")));
    let append = Append::to(&account("2"), Expected::NoStream, small);
    writer.append(append).await.expect("stored");
    writer.close().await;
    let pieces = "select count(*) from annals.events e, lateral generate_series(0, octet_length(e.payload::text) / 1996) where e.stream = 'account-1'";
    let pieces = database.number(pieces).await;
    for page in [1_000, 10_000] {
        let store = database.store().await;
        // The first page finds out how large they are.
        let first = store.feed().page(40).read().await.expect("readable");
        assert_eq!(first.events().len(), 40);
        let before = settled(&database).await;
        assert_eq!(follow(&store, page).await, EVENTS + SMALL);
        store.close().await;
        let read = settled(&database).await - before;
        assert!(read >= pieces, "{read} of {pieces} are counted");
        assert!(
            read < pieces * 3 / 2,
            "{read} pieces were read of {pieces} (pages of {page})"
        );
    }
}
