//! Reaches the database behind the face.

use crate::error::{Error, ErrorKind};

/// What the store that is at hand answers.
macro_rules! on_store {
    ($backend:expr, |$store:ident| $answer:expr) => {
        match $backend {
            Backend::Postgres($store) => $answer.await,
            Backend::Sqlite($store) => $answer.await.map_err(|error| $store.located(error)),
        }
    };
}

/// What the store that is at hand answers in a transaction.
macro_rules! in_tx {
    ($backend:expr, $tx:expr, |$store:ident, $connection:ident| $answer:expr) => {
        match ($backend, &mut $tx.inner) {
            (Backend::Postgres($store), TxInner::Postgres($connection)) => $answer.await,
            (Backend::Sqlite($store), TxInner::Sqlite($connection)) => {
                $answer.await.map_err(|error| $store.located(error))
            }
            _ => Err(other_database()),
        }
    };
}

pub(super) use {in_tx, on_store};

pub(super) fn other_database() -> Error {
    Error::new(
        ErrorKind::Database,
        "the transaction is one of another database",
    )
    .with_hint("begin it with `begin` of the store that appends")
}
