//! Long streams are read in one pass, and what was applied takes no memory any more.

use annals::{Append, Expected, NewEvent, Store, StreamId, Version};
use annals_tests::Database;
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

mod domain {
    use annals::prelude::*;

    /// A text came in.
    #[derive(Event, Serialize, Deserialize)]
    #[event("text.received")]
    pub(crate) struct Received {
        pub(crate) text: String,
    }

    #[derive(Aggregate, Default, Serialize)]
    #[aggregate(name = "reader", events(Received))]
    pub(crate) struct Reader {
        pub(crate) texts: u64,
        pub(crate) bytes: u64,
    }

    #[aggregate]
    impl Reader {
        fn received(&mut self, event: Received) {
            self.texts += 1;
            self.bytes += event.text.len() as u64;
        }
    }
}

use domain::{Reader, Received};

const EVENTS: u64 = 10_000;
const BYTES: usize = 10_000;
/// A small part of the hundred megabytes that the stream has.
const FEW_MEGABYTES: f32 = 16.0;

fn stream() -> StreamId {
    StreamId::new("reader", "1")
}

async fn filled(database: &Database) -> Store {
    let store = database.store().await;
    let event = Received {
        text: "x".repeat(BYTES),
    };
    for version in (0..EVENTS).step_by(100) {
        let events = (0..100).map(|_| NewEvent::of(&event));
        let append = Append::to(&stream(), Expected::Exact(Version::new(version)), events);
        store.append(append).await.expect("stored");
    }
    store
}

/// The most memory that was taken at once during the call, in megabytes above that before it.
async fn taken<T>(call: impl Future<Output = T>) -> (T, f32) {
    let before = MEMORY.current_usage_as_mb();
    MEMORY.reset_peak_usage();
    let answer = call.await;
    (answer, MEMORY.peak_usage_as_mb() - before)
}

/// One test, so that nothing else takes memory beside it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_streams_take_little_memory() {
    for database in [annals_tests::postgres().await, annals_tests::sqlite().await] {
        let store = filled(&database).await;
        let root = store.aggregate::<Reader>("1");

        let (loaded, megabytes) = taken(root.load()).await;
        let loaded = loaded.expect("loads");
        assert_eq!(
            (loaded.texts, loaded.bytes),
            (EVENTS, EVENTS * BYTES as u64)
        );
        assert!(megabytes < FEW_MEGABYTES, "a load took {megabytes} MB");

        let (events, megabytes) = taken(async {
            let (mut events, mut count) = (root.events(), 0);
            while events.next().await.expect("readable").is_some() {
                count += 1;
            }
            count
        })
        .await;
        assert_eq!(events, EVENTS);
        assert!(
            megabytes < FEW_MEGABYTES,
            "typed events took {megabytes} MB"
        );

        let (entries, megabytes) = taken(async {
            let (mut history, mut count) = (root.history(), 0);
            while history.next().await.expect("readable").is_some() {
                count += 1;
            }
            count
        })
        .await;
        assert_eq!(entries, EVENTS);
        assert!(megabytes < FEW_MEGABYTES, "a history took {megabytes} MB");

        let (events, megabytes) = taken(async {
            let (mut subscription, mut count) = (store.feed().page(10_000).follow(), 0);
            while count < EVENTS {
                let page = subscription.next_page().await.expect("readable");
                count += page.events().len() as u64;
            }
            count
        })
        .await;
        assert_eq!(events, EVENTS);
        assert!(megabytes < FEW_MEGABYTES, "the feed took {megabytes} MB");

        // And the measure can tell: all at once take what they are.
        let (all, megabytes) = taken(store.stream(&stream()).all()).await;
        assert_eq!(all.expect("readable").len() as u64, EVENTS);
        assert!(megabytes > 90.0, "all at once took {megabytes} MB");
    }
}
