//! Refactors that leave no trace in what is stored: they compile, and are no change at all.

use annals::prelude::*;
use annals::schema::{Bump, changes};

type Number = i64;

/// Another name, another order, a newtype, a type behind an alias, a box, a flattened struct.
#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
#[annals(lock = "annals")]
struct Opening {
    #[serde(default)]
    tags: std::collections::VecDeque<Box<str>>,
    #[serde(flatten)]
    who: Who,
    #[serde(rename = "balance")]
    cents: Cents,
}

#[derive(Schema, Serialize, Deserialize)]
struct Who {
    #[serde(alias = "holder")]
    owner: std::borrow::Cow<'static, str>,
    email: Option<String>,
}

#[derive(Schema, Serialize, Deserialize)]
struct Cents(Number);

/// Names by a rule instead of one by one, variants of structs, another order.
#[derive(Event, Serialize, Deserialize)]
#[event("contact.changed")]
#[annals(lock = "annals")]
#[serde(tag = "kind")]
enum Contact {
    #[serde(rename = "Phone")]
    Call(Telephone),
    Email {
        address: String,
    },
}

#[derive(Schema, Serialize, Deserialize)]
struct Telephone {
    number: u64,
}

#[test]
fn they_are_no_change() {
    for (event, shape) in [
        ("account.opened", Opening::SHAPE),
        ("contact.changed", Contact::SHAPE),
    ] {
        let memory = Bump::new();
        let found = changes(crate::locked(event, &memory), shape);
        assert!(found.is_empty(), "{event}: {found:?}");
    }
}
