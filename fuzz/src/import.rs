//! An export that is imported.

use std::io::Write;

use annals::ErrorKind;
use annals::transfer::{export, import};

use crate::domain;
use crate::held::{self, Held};

/// What is refused stores nothing, and says in which line; what is taken comes out as it went in, and can be taken again.
pub fn run(input: &[u8]) {
    held::with(async |_| {}, async |held| check(held, input).await);
}

async fn check(held: &Held, input: &[u8]) {
    let app = domain::app(held.store.clone());
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(input).expect("written");
    let imported = match import(&app, &held.store).file(file.path()).await {
        Ok(imported) => imported,
        Err(error) => {
            let message = error.to_string();
            assert!(message.contains("line "), "{message} does not say where");
            assert_ne!(error.kind(), ErrorKind::Database, "{message}");
            let stored = held.rows("select * from annals_events").await;
            assert!(stored.is_empty(), "{message}, and something was stored");
            return;
        }
    };
    assert_eq!(imported.events, imported.stored, "the store was empty");
    let first = exported(held).await;
    let read = import(&app, &held.store).read(&*first).await;
    let read = read.expect("an export can be imported");
    assert_eq!((read.events, read.stored), (imported.events, 0));
    held.execute("delete from annals_events; delete from annals_streams")
        .await
        .expect("deleted");
    let read = import(&app, &held.store).read(&*first).await;
    assert_eq!(
        read.expect("an export can be imported").stored,
        imported.events
    );
    assert_eq!(first, exported(held).await);
}

async fn exported(held: &Held) -> Vec<u8> {
    let mut out = Vec::new();
    export(&held.store)
        .write(&mut out)
        .await
        .expect("what was imported can be exported");
    out
}
