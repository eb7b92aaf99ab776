//! Addresses that are none.

use annals::{ErrorKind, Store};

use crate::{refused, says};

#[tokio::test]
async fn an_address_of_an_unknown_kind_is_refused() {
    for (url, named) in [
        ("mysql://me:hush@host/bank", "mysql"),
        ("http://localhost", "http"),
        ("bank.db", "no scheme"),
        ("", "no scheme"),
        ("POSTGRES//x", "no scheme"),
    ] {
        let error = refused(url).await;
        says(
            &error,
            ErrorKind::Url,
            &[named],
            &["postgres://", "sqlite://"],
        );
        assert!(!format!("{error:?}").contains("hush"), "{error:?}");
    }
}

#[tokio::test]
async fn an_address_that_cannot_be_understood_is_refused() {
    for url in [
        "postgres://me:hush@host:port/bank",
        "postgres://me:hush@[::1/bank",
        "postgres://host/bank?sslmode=perhaps",
    ] {
        let error = refused(url).await;
        says(&error, ErrorKind::Url, &["address"], &["postgres://"]);
        assert!(!format!("{error:?}").contains("hush"), "{error:?}");
    }
}

#[tokio::test]
async fn an_address_of_no_file_is_refused() {
    for url in ["sqlite://", "sqlite:", "sqlite://?mode=rwc"] {
        let error = refused(url).await;
        says(&error, ErrorKind::Url, &["file"], &["sqlite://bank.db"]);
    }
}

/// Each connection would have a database of its own, which is gone with it.
#[tokio::test]
async fn a_file_whose_name_means_something_else_to_sqlite_is_refused() {
    for (url, named) in [
        ("sqlite:file:", "file:"),
        ("sqlite://file:bank.db", "file:bank.db"),
        ("sqlite:file::memory:", "file::memory:"),
        ("sqlite:%3amemory:", ":memory:"),
    ] {
        let error = refused(url).await;
        says(&error, ErrorKind::Url, &[named], &["sqlite://bank.db"]);
    }
}

/// A file system of another kind may lock no file, or write none.
#[tokio::test]
async fn an_option_of_a_file_that_is_unknown_is_refused() {
    for setting in [
        "mode=perhaps",
        "%6dode=memory",
        "mode=%6demory",
        "vfs=unix-none",
        "vfs=memdb",
        "vfs",
        "name=bank",
    ] {
        let error = refused(&format!("sqlite://bank.db?cache=private&&{setting}")).await;
        says(
            &error,
            ErrorKind::Url,
            &[setting],
            &["sqlite://", "mode=rw"],
        );
        assert!(!std::path::Path::new("bank.db").exists());
    }
}

/// It becomes part of SQL.
#[tokio::test]
async fn a_schema_that_is_no_name_is_refused() {
    let too_long = "s".repeat(64);
    for schema in ["", "Bank", "a b", "a;drop", "1a", "a\"b", "ä", &too_long] {
        let url = "postgres://nobody@127.0.0.1:1/none";
        let options = Store::options().schema(schema);
        let error = options.connect(url).await.expect_err("no name");
        says(&error, ErrorKind::Name, &["schema"], &["lowercase"]);
        let options = Store::options().schema(schema);
        let error = options.migration_sql(url).expect_err("no name");
        assert_eq!(error.kind(), ErrorKind::Name, "{error:?}");
        let error = options.migrate(url).await.expect_err("no name");
        assert_eq!(error.kind(), ErrorKind::Name, "{error:?}");
    }
}
