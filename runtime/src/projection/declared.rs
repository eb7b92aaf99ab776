//! Columns of types that are none by themselves: kept as text or as JSON, where a field says so.

use std::fmt::Display;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::column::{ColumnType, Value, unexpected};
use crate::event::reason;

/// A type whose field may say `#[column(text)]`. `M` tells a value from an option of one, and is inferred: nobody else could
/// tell them apart, since an option might have `Display` one day.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be kept as text",
    label = "has no `Display`, or no `FromStr` whose error has `Display`",
    note = "implement both, or write `#[column(json)]` where it has `Serialize` and `Deserialize`"
)]
pub trait TextColumn<M>: Sized {
    /// Whether the column may hold null.
    const NULLABLE: bool;

    /// As [`ColumnType::to_value`].
    ///
    /// # Errors
    /// Where no database keeps it.
    fn to_text(&self) -> Result<Value, String>;

    /// As [`ColumnType::from_value`].
    ///
    /// # Errors
    /// Where it does not parse.
    fn from_text(value: Value) -> Result<Self, String>;
}

/// Of a value.
#[doc(hidden)]
#[derive(Debug)]
pub struct Plain;

/// Of an option.
#[doc(hidden)]
#[derive(Debug)]
pub struct Nullable;

#[diagnostic::do_not_recommend]
impl<T: Display + FromStr<Err: Display>> TextColumn<Plain> for T {
    const NULLABLE: bool = false;

    fn to_text(&self) -> Result<Value, String> {
        self.to_string().to_value()
    }

    fn from_text(value: Value) -> Result<Self, String> {
        let text = String::from_value(value)?;
        text.parse()
            .map_err(|error| format!("holds {text:?}, which does not parse: {error}"))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Display + FromStr<Err: Display>> TextColumn<Nullable> for Option<T> {
    const NULLABLE: bool = true;

    fn to_text(&self) -> Result<Value, String> {
        self.as_ref().map_or(Ok(Value::Null), T::to_text)
    }

    fn from_text(value: Value) -> Result<Self, String> {
        match value {
            Value::Null => Ok(None),
            value => T::from_text(value).map(Some),
        }
    }
}

/// A type whose field may be a key and say `#[column(text)]`: rows are found by its text.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "rows cannot be found by the text of `{Self}`",
    label = "has no `Display`, or no `FromStr` whose error has `Display`",
    note = "implement both for `{Self}`"
)]
pub trait TextKey: TextColumn<Plain> {
    /// The text.
    fn text(&self) -> String;
}

#[diagnostic::do_not_recommend]
impl<T: Display + FromStr<Err: Display>> TextKey for T {
    fn text(&self) -> String {
        self.to_string()
    }
}

/// A type whose field may say `#[column(json)]`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be kept as JSON",
    label = "lacks `Serialize` or `Deserialize`",
    note = "add `#[derive(Serialize, Deserialize)]` to `{Self}`"
)]
pub trait JsonColumn: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> JsonColumn for T {}

/// Finds out, for a type that a macro knows by name only, whether it is an option, in the way of
/// [`Probe`](crate::event::Probe).
#[doc(hidden)]
#[derive(Debug)]
pub struct Nullability<T>(PhantomData<T>);

/// What is said of a type that is no option.
#[doc(hidden)]
pub trait NotNull {
    /// It is none.
    const NULLABLE: bool = false;
}

impl<T> NotNull for Nullability<T> {}

impl<T> Nullability<Option<T>> {
    /// It is one.
    pub const NULLABLE: bool = true;
}

const NULL: &str = "null";

/// As JSON.
///
/// # Errors
/// Where it does not serialize, or no database keeps it.
pub(super) fn to_json<T: Serialize>(value: &T) -> Result<Value, String> {
    let json = serde_json::to_string(value).map_err(|error| format!("is no JSON: {error}"))?;
    match crate::json::holds_nul(&json) {
        false => Ok(Value::Json(json)),
        true => Err("cannot hold the character NUL".to_owned()),
    }
}

/// From its JSON.
///
/// # Errors
/// Where it does not deserialize.
pub(super) fn from_json<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    match value {
        Value::Json(json) => serde_json::from_str(&json)
            .map_err(|error| format!("holds JSON that does not fit: {}", reason(&error))),
        value => Err(unexpected(&value, "JSON")),
    }
}

/// As JSON, or null where that is JSON's.
pub(super) fn to_json_or_null<T: Serialize>(value: &T) -> Result<Value, String> {
    match to_json(value)? {
        Value::Json(json) if json == NULL => Ok(Value::Null),
        value => Ok(value),
    }
}

/// From its JSON, or from null.
pub(super) fn from_json_or_null<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    from_json(match value {
        Value::Null => Value::Json(NULL.to_owned()),
        value => value,
    })
}
