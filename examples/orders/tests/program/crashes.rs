//! A thousand orders, of which a third fails at each step, while the workers are killed.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use annals_tests::{Database, postgres, sqlite};
use orders::Load;

use crate::load::{assert_all_right, open, provider};

const LOAD: Load = Load {
    orders: 1000,
    seed: 42,
    pay_within_ms: 4000,
};
/// How often a worker is killed, and for how long after the last order.
const KILL_EVERY: Duration = Duration::from_secs(1);
const BEYOND: Duration = Duration::from_secs(4);

/// A worker; killed with the value, so that a test that fails leaves nothing behind.
struct Worker {
    url: String,
    child: Child,
}

impl Worker {
    fn start(url: &str) -> Self {
        Worker {
            url: url.to_owned(),
            child: serve(url),
        }
    }

    fn kill_and_start(&mut self) {
        self.child.kill().expect("it is killed");
        let ended = self.child.wait().expect("it ends");
        assert_eq!(ended.code(), None, "it had ended by itself: {ended}");
        self.child = serve(&self.url);
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(url: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_orders"))
        .args(["--store", url, "serve"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts")
}

async fn a_thousand_orders_survive(database: &Database) {
    let store = open(database).await;
    // The process is there before the first order: what was placed before would not concern it.
    let running = orders::app(store.clone()).start().await;
    running.expect("started").stop().await;
    let mut workers = [database.url(); 2].map(Worker::start);
    let provider = provider(&store);
    LOAD.prepare(&store).await.expect("shelves and wallets");
    let placing = {
        let store = store.clone();
        tokio::spawn(async move { LOAD.place(&store).await.expect("orders are placed") })
    };
    let mut kills = 0;
    let mut placed_at = None;
    while placed_at.is_none_or(|at: Instant| at.elapsed() < BEYOND) {
        tokio::time::sleep(KILL_EVERY).await;
        workers[kills % 2].kill_and_start();
        kills += 1;
        if placing.is_finished() {
            placed_at.get_or_insert_with(Instant::now);
        }
    }
    placing.await.expect("all are placed");
    assert!(kills >= 4, "only {kills} workers were killed");
    assert_all_right(&store, &LOAD).await;
    assert!(!provider.is_finished(), "the provider is there to the end");
    provider.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_orders_survive_on_sqlite() {
    a_thousand_orders_survive(&sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_orders_survive_on_postgres() {
    a_thousand_orders_survive(&postgres().await).await;
}
