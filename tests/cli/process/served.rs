//! `serve`, where a program has processes.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use annals::App;
use annals_tests::{Database, contract};
use serde_json::json;

use super::models::{app, first};

contract![a_served_process_is_told, a_served_process_is_told_as_json];

/// What was said so far.
#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<u8>>>);

impl Said {
    fn text(&self) -> String {
        let said = self.0.lock().expect("nobody panicked");
        String::from_utf8(said.clone()).expect("text")
    }
}

impl Write for Said {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panicked").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What `serve` says before it is dropped.
pub(super) async fn served(app: &App, arguments: &[&str]) -> String {
    let said = Said::default();
    let (mut out, mut messages) = (said.clone(), Vec::new());
    let arguments = ["bank", "serve"].iter().chain(arguments).map(Into::into);
    let runs = annals::cli::run_with(app, arguments, &mut out, &mut messages);
    let says = tokio::time::timeout(Duration::from_secs(60), async {
        while !said.text().ends_with('\n') {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    let ended = tokio::select! {
        code = runs => Some(code),
        says = says => {
            says.expect("it says something");
            None
        }
    };
    assert_eq!(ended, None, "{messages:?}");
    said.text()
}

async fn a_served_process_is_told(database: &Database) {
    database.store().await.close().await;
    let said = served(&app::<first::Fulfilment>(database), &[]).await;
    assert_eq!(said, "running process fulfilment v1\n");
    let said = served(&App::new(database.url()), &[]).await;
    assert_eq!(said, "running: the app declares nothing to follow\n");
}

async fn a_served_process_is_told_as_json(database: &Database) {
    database.store().await.close().await;
    let app = app::<first::Fulfilment>(database);
    let said = served(&app, &["--format", "json"]).await;
    let said: serde_json::Value = serde_json::from_str(&said).expect("one document");
    assert_eq!(
        said,
        json!({
            "command": "serve", "projections": [{
                "projection": "fulfilment", "version": 1, "mode": "process", "partitions": 1, "left_to": null,
            }],
        })
    );
}
