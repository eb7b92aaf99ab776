//! What `#[derive(ReadModel)]` makes of a field with `#[key]`.

use std::marker::PhantomData;

use super::column_of::ColumnOf;
use super::declared::TextKey;
use super::{Column, ColumnKind, ColumnType};

/// The column of a field that is a key, and the key.
#[doc(hidden)]
pub struct KeyOf<T, K> {
    /// The column.
    pub column: ColumnOf<T>,
    /// What rows are found by.
    pub key: fn(&T) -> K,
}

impl<T: TextKey> KeyOf<T, String> {
    /// A field with `#[column(text)]`.
    #[must_use]
    pub const fn text(name: &'static str) -> Self {
        KeyOf {
            column: ColumnOf::text(name),
            key: T::text,
        }
    }
}

impl<T> KeyOf<T, T> {
    /// The same under the name of a column.
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.column.column.name = name;
        self
    }
}

/// Makes the key of a field whose type is that of a column, in the way of [`Probe`](crate::event::Probe).
///
/// That the type can be a key is demanded where [`ReadModel::Key`](super::ReadModel::Key) is named. It is not demanded
/// here once more, so that a type that can be none is one error.
#[doc(hidden)]
#[derive(Debug)]
pub struct KeyProbe<T>(PhantomData<T>);

impl<T: ColumnType + Clone> KeyProbe<T> {
    /// The key.
    pub const KEY: KeyOf<T, T> = KeyOf {
        column: ColumnOf::new(""),
        key: T::clone,
    };
}

/// What is made of a type that can be no key. It is never run, since a program with one does not compile.
#[doc(hidden)]
pub trait NoKey<T> {
    /// No key.
    const KEY: KeyOf<T, T> = KeyOf {
        column: ColumnOf {
            column: Column::of_kind("", ColumnKind::Text, false),
            to_value: |_| Err(NO_KEY.to_owned()),
            from_value: |_| Err(NO_KEY.to_owned()),
        },
        key: |_| unreachable!("{NO_KEY}"),
    };
}

const NO_KEY: &str = "is of no type by which rows are found";

impl<T> NoKey<T> for KeyProbe<T> {}
