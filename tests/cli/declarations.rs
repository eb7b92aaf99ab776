//! What an app is made of.

use annals::prelude::*;
use annals::{App, ErrorKind};

use crate::apps;
use crate::releases::{amended, first, second};

#[tokio::test]
async fn an_app_opens_its_store_once_it_is_asked_to() {
    let app = App::new("sqlite::memory:").aggregate::<first::Account>();
    let store = app.open().await.expect("open");
    assert_eq!(store.tenant_name(), "");
    let again = App::new(store).event::<first::Opened>();
    again.open().await.expect("open already");
    let error = App::new(String::from("mysql://x")).open().await;
    assert_eq!(error.expect_err("no such store").kind(), ErrorKind::Url);
}

#[tokio::test]
async fn options_are_those_of_an_address() {
    let read_only = Store::options().clock(annals::testing::ManualClock::at(
        "2024-02-29T12:00:00Z".parse().expect("a time"),
    ));
    let app = App::new("sqlite::memory:").options(read_only);
    let store = app.open().await.expect("open");
    let error = App::new(store).options(Store::options()).open().await;
    let error = error.expect_err("too late for options");
    assert_eq!(error.kind(), ErrorKind::Declaration);
    assert!(
        error.hint().expect("a hint").contains("App::new"),
        "{error}"
    );
}

#[tokio::test]
async fn two_types_for_one_version_are_refused() {
    let app = apps::first().event::<amended::Opened>();
    let error = app
        .open()
        .await
        .expect_err("refused before the store is looked for");
    assert_eq!(error.kind(), ErrorKind::Declaration);
    assert_eq!(
        error.to_string(),
        "event `account.opened` version 1 is declared by two types: `cli::releases::first::Opened` and \
         `cli::releases::amended::Opened`"
    );
    assert_eq!(
        error.hint(),
        Some(
            "give one of the two another name; of one event, the newer type takes the next version"
        )
    );
    // Also below the newest version.
    let app = App::new("")
        .event::<second::Opened>()
        .event::<first::Opened>();
    assert!(annals::schema::check(&app).is_err());
}

#[tokio::test]
async fn two_types_for_one_aggregate_are_refused() {
    let app = App::new("")
        .aggregate::<first::Account>()
        .aggregate::<amended::Account>();
    let error = annals::schema::check(&app).expect_err("refused");
    assert!(
        error.to_string().ends_with(
            "aggregate `account` is declared by two types: `cli::releases::first::Account` and \
             `cli::releases::amended::Account`"
        ),
        "{error}"
    );
}

#[test]
fn what_is_added_twice_counts_once() {
    let app = apps::first()
        .aggregate::<first::Account>()
        .event::<first::Opened>();
    let folder = crate::run::Folder::new();
    let pending = annals::schema::check(&folder.app(app)).expect("checked");
    assert_eq!(pending.differences().count(), 4);
}
