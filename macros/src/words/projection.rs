//! The words of read models and projections.

use super::{Attribute, CRATE, PARTITIONS, VERSION, key};

pub(crate) static COLUMN: Attribute = Attribute {
    name: "column",
    keys: &[
        key("text", "nothing", "text"),
        key("json", "nothing", "json"),
        key("name", "a string", "name = \"extra_data\""),
    ],
    short: None,
    home: "`#[column(..)]` of a field, under `#[derive(ReadModel)]`",
};

pub(crate) static PROJECTION: Attribute = Attribute {
    name: "projection",
    keys: &[
        key("name", "a string", "name = \"balances\""),
        VERSION,
        PARTITIONS,
        key("inline", "nothing", "inline"),
        key("live", "nothing", "live"),
        key(
            "ignore",
            "the types of events in parentheses",
            "ignore(AccountNoted)",
        ),
        key(
            "exhaustive",
            "the types of aggregates in parentheses",
            "exhaustive(Account)",
        ),
        CRATE,
    ],
    short: Some("name"),
    home: "`#[projection(..)]` of an impl block",
};
