//! Samples of everything that is locked, read as what is stored is read.

use std::fs;

use annals::prelude::*;
use annals::testing::check_samples;

use crate::apps;
use crate::releases::first;
use crate::run::Folder;

#[test]
fn every_locked_version_is_read() {
    let folder = Folder::new();
    folder.locked(apps::second());
    let samples = annals::schema::samples(&folder.app(apps::second())).expect("made");
    assert_eq!((samples.versions, samples.failures), (3, vec![]));
    assert!(samples.payloads >= 6, "{}", samples.payloads);
    check_samples(&folder.app(apps::second())).expect("read");
    let folder = Folder::new();
    folder.locked(apps::empty().event::<first::Opened>());
    check_samples(&folder.app(apps::over_json())).expect("read over JSON");
}

#[test]
fn a_lock_that_is_not_true_is_found() {
    let folder = Folder::new();
    folder.locked(apps::events());
    let file = folder.lock().join("events/account.opened.json");
    let text = folder.read("events/account.opened.json");
    fs::write(
        &file,
        text.replace("\"owner\": \"text\"", "\"owner\": \"optional text\""),
    )
    .expect("written");
    let error = check_samples(&folder.app(apps::events())).expect_err("a lie");
    let text = error.to_string();
    assert!(
        text.contains(
            "event `account.opened` version 1: what the lock allows does not fit the type"
        ),
        "{text}"
    );
    assert!(
        text.contains("missing field `owner`") && text.contains("\n  payload: {}"),
        "{text}"
    );
}

#[test]
fn a_gap_in_the_chain_is_found() {
    let folder = Folder::new();
    folder.locked(apps::second());
    let app = apps::empty()
        .event::<first::Withdrawn>()
        .event::<Unreached>();
    let text = check_samples(&folder.app(app))
        .expect_err("a gap")
        .to_string();
    assert!(
        text.contains(
            "event `account.opened` version 1: no upcast leads on from it: the oldest version that is read is 2"
        ),
        "{text}"
    );
    let app = apps::empty().event::<first::Withdrawn>();
    let text = check_samples(&folder.app(app))
        .expect_err("gone")
        .to_string();
    assert!(
        text.contains(
            "event `account.opened` version 2: is locked, and nothing in the app reads it"
        ),
        "{text}"
    );
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 2)]
struct Unreached {
    owners: Vec<String>,
}

#[derive(Event, Serialize, Deserialize)]
#[event("weather.measured")]
struct Measured {
    #[schema(as = "wind rose")]
    wind: String,
}

#[test]
fn a_format_without_a_sample_is_named_with_its_field() {
    let folder = Folder::new();
    let app = || apps::empty().event::<Measured>();
    folder.locked(app());
    let error = check_samples(&folder.app(app())).expect_err("no sample");
    assert_eq!(
        error.to_string(),
        "event `weather.measured` version 1: `wind` is of format `wind rose`, of which no sample is known\n  \
         help: add `sample = \"..\"` to its `#[schema(as = \"wind rose\")]`, with the JSON of one value; then run \
         `cargo run -- schema lock`"
    );
}
