//! A program that publishes, or takes messages and dies before it says so, for tests that kill it:
//! `relayer <relay|dying-inbox> <url of the store> <url of the broker>`.
//!
//! It says when it has begun, and goes on until it is killed.

use std::io::Write;

use annals_tests::relays;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, url, nats] = arguments.as_slice() else {
        panic!("relayer <relay|dying-inbox> <url> <url>: {arguments:?}")
    };
    let store = annals_tests::options().connect(url).await;
    let store = store.expect("the store opens");
    if what == "dying-inbox" {
        let consumer = relays::nats(nats).consumer("ORDERS", "orders");
        let inbox = relays::inbox(relays::Dying(consumer));
        let run = inbox.run(&store, std::future::pending());
        run.await.expect("it runs");
        return;
    }
    let running = relays::app(store, nats).start().await.expect("it starts");
    let mut out = std::io::stdout();
    writeln!(out, "running")
        .and_then(|()| out.flush())
        .expect("somebody listens");
    std::future::pending::<()>().await;
    running.stop().await;
}
