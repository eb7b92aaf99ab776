//! A stored event: its type, its version, its payload and its metadata.

use annals::{Append, ErrorKind, Expected};

use crate::domain::Book;
use crate::held::{self, Held, book};

/// What is stored is read as what it says, or refused with the stream and the event; what was read is stored anew as the same.
///
/// The first line is the type and the version, the second one the metadata, and the rest is the payload.
pub fn run(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    let Some((about, rest)) = text.split_once('\n') else {
        return;
    };
    let (Some((event_type, version)), Some((metadata, payload))) =
        (about.split_once(' '), rest.split_once('\n'))
    else {
        return;
    };
    let Ok(version) = version.parse::<u32>() else {
        return;
    };
    let sql = format!(
        "update annals_events set event_type = {}, schema_version = {version}, metadata = {}, payload = {}
         where stream = 'book-1' and version = 2",
        quoted(event_type),
        if metadata.is_empty() { "null".to_owned() } else { quoted(metadata) },
        quoted(payload),
    );
    held::with(held::filled, async |held| {
        if held.execute(&sql).await.is_ok() {
            check(held, payload).await;
        }
    });
}

async fn check(held: &Held, payload: &str) {
    let root = held.store.aggregate::<Book>("1");
    let state = match root.load().await {
        Ok(loaded) => loaded.into_state(),
        Err(error) => {
            let kinds = [
                ErrorKind::Misfit,
                ErrorKind::NewerEvent,
                ErrorKind::UnknownEvent,
                ErrorKind::Corrupt,
            ];
            assert!(kinds.contains(&error.kind()), "{error:?}");
            let message = error.to_string();
            assert!(
                message.contains("book-1") && message.contains("event 2"),
                "{message} does not say where"
            );
            assert!(error.hint().is_some(), "{message} does not say what to do");
            return;
        }
    };
    let json = serde_json::from_str::<serde_json::Value>(payload);
    assert!(
        json.is_ok(),
        "{payload:?} is no JSON, and was read as {state:?}"
    );
    let mut events = root.events();
    let mut again = Vec::new();
    loop {
        match events.next().await {
            Ok(Some((event, _))) => again.push(event.as_new()),
            Ok(None) => break,
            // A load does not look at how events were recorded.
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Corrupt, "{error:?}");
                assert!(error.to_string().contains("metadata of event 2"), "{error}");
                return;
            }
        }
    }
    match held
        .store
        .append(Append::to(&book("2"), Expected::NoStream, again))
        .await
    {
        Ok(_) => {
            let copy = held
                .store
                .aggregate::<Book>("2")
                .load()
                .await
                .expect("what was just stored");
            assert_eq!(*copy.state(), state);
        }
        Err(error) => assert_eq!(error.kind(), ErrorKind::Unstorable, "{error:?}"),
    }
}

/// A text of SQL.
pub(crate) fn quoted(text: &str) -> String {
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("cast(x'{hex}' as text)")
}
