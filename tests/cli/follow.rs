//! `stream events --follow`

use std::io::{self, ErrorKind, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use annals::{Append, Expected, Store};
use annals_tests::domain::{account, deposited};
use annals_tests::{Database, contract};
use tokio::task::JoinHandle;

use crate::stored::{app, stored};

contract![
    what_comes_is_printed_until_the_output_is_closed,
    it_ends_with_the_last_version_that_was_asked_for,
    it_ends_with_the_last_event_that_was_asked_for,
];

/// An output that is read while it is written.
#[derive(Clone, Default)]
struct Pipe(Arc<Mutex<(String, bool)>>);

impl Pipe {
    fn text(&self) -> String {
        self.0.lock().expect("no panic").0.clone()
    }

    fn close(&self) {
        self.0.lock().expect("no panic").1 = true;
    }

    async fn has_lines(&self, lines: usize) {
        let waited = tokio::time::timeout(Duration::from_secs(60), async {
            while self.text().lines().count() < lines {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
        waited.await.unwrap_or_else(|_| panic!("{}", self.text()));
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut inner = self.0.lock().expect("no panic");
        if inner.1 {
            return Err(ErrorKind::BrokenPipe.into());
        }
        inner.0.push_str(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The command under way.
fn follow(database: &Database, more: &[&str]) -> (Pipe, JoinHandle<(u8, Vec<u8>)>) {
    let pipe = Pipe::default();
    let (app, mut out) = (app(database), pipe.clone());
    let arguments = ["bank", "stream", "events", "account-1", "--follow"];
    let arguments: Vec<_> = arguments.iter().chain(more).map(Into::into).collect();
    let running = tokio::spawn(async move {
        let mut messages = Vec::new();
        let code = annals::cli::run_with(&app, arguments, &mut out, &mut messages).await;
        (code, messages)
    });
    (pipe, running)
}

async fn ended(running: JoinHandle<(u8, Vec<u8>)>) {
    let ended = tokio::time::timeout(Duration::from_secs(60), running).await;
    let (code, messages) = ended.expect("it ends").expect("no panic");
    assert_eq!((code, String::from_utf8_lossy(&messages).as_ref()), (0, ""));
}

async fn append(store: &Store, id: &str) {
    let append = Append::to(&account(id), Expected::Exists, [deposited(1)]);
    store.append(append).await.expect("stored");
}

fn versions(text: &str) -> Vec<&str> {
    let lines = text.lines();
    lines.filter_map(|line| line.split("  ").next()).collect()
}

async fn what_comes_is_printed_until_the_output_is_closed(database: &Database) {
    let store = stored(database).await;
    let (pipe, running) = follow(database, &[]);
    pipe.has_lines(2).await;
    // Those of another stream are not printed.
    for _ in 0..4 {
        append(&store, "2").await;
    }
    append(&store, "1").await;
    pipe.has_lines(3).await;
    append(&store, "1").await;
    pipe.has_lines(4).await;
    assert_eq!(versions(&pipe.text()), ["1", "2", "3", "4"]);
    pipe.close();
    append(&store, "1").await;
    ended(running).await;
}

async fn it_ends_with_the_last_version_that_was_asked_for(database: &Database) {
    let store = stored(database).await;
    let (pipe, running) = follow(database, &["--from", "2", "--to", "3"]);
    pipe.has_lines(1).await;
    append(&store, "1").await;
    ended(running).await;
    assert_eq!(versions(&pipe.text()), ["2", "3"]);
}

async fn it_ends_with_the_last_event_that_was_asked_for(database: &Database) {
    let store = stored(database).await;
    // The first of them is not there yet.
    let (pipe, running) = follow(database, &["--from", "4", "--limit", "1"]);
    for _ in 0..3 {
        append(&store, "1").await;
    }
    ended(running).await;
    assert_eq!(versions(&pipe.text()), ["4"]);
}
