//! A program that copies one store into another, for tests that kill it: `replayer <from> <to>`.
//!
//! Tells on the standard output how many events it has copied, line by line.

use std::io::Write;

use annals::App;
use annals_tests::domain::Account;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [from, to] = arguments.as_slice() else {
        panic!("replayer <from> <to>: {arguments:?}")
    };
    let open = |url| annals_tests::options().connect(url);
    let source = open(from).await.expect("the source opens");
    let target = open(to).await.expect("the target opens");
    let app = App::new(source.clone()).aggregate::<Account>();
    let replay = annals::transfer::replay(&app, &source).batch(7);
    let replay = replay.progress(|progress| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", progress.events)
            .and_then(|()| out.flush())
            .expect("somebody listens");
    });
    replay.run(&target).await.expect("copied and compared");
    target.close().await;
    source.close().await;
}
