//! A program that follows projections, for tests that kill it: `worker <url> <lease in milliseconds>`.
//!
//! It says when it has begun, and goes on until it is killed.

use std::io::Write;
use std::time::Duration;

use annals_tests::tallies;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, lease] = arguments.as_slice() else {
        panic!("worker <url> <lease in milliseconds>: {arguments:?}")
    };
    let lease = Duration::from_millis(lease.parse().expect("a number"));
    let store = annals_tests::options().connect(url).await;
    let store = store.expect("the store opens");
    let app = tallies::app(store).lease(lease);
    let running = app.start().await.expect("it starts");
    let mut out = std::io::stdout();
    writeln!(out, "running")
        .and_then(|()| out.flush())
        .expect("somebody listens");
    std::future::pending::<()>().await;
    running.stop().await;
}
