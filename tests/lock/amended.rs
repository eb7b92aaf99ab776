//! Changes that old events survive. Each type here differs from what is locked, and compiles.

use annals::prelude::*;

/// A field that is an option, one with a default, a wider number, an option where none was.
#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("account.opened")]
#[annals(lock = "annals")]
struct AccountOpened {
    balance: i128,
    country: Option<String>,
    email: Option<String>,
    #[serde(alias = "holder", alias = "keeper")]
    owner: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    vip: bool,
}

/// A field under another name, with the old one as an alias; a variant more, inside.
#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("account.closed")]
#[annals(lock = "annals")]
struct AccountClosed {
    #[serde(alias = "account_id")]
    account: String,
    reason: Reason,
}

#[derive(Debug, Clone, PartialEq, Schema, Serialize, Deserialize)]
enum Reason {
    Fraud {
        report: u64,
        officer: Option<String>,
    },
    #[serde(alias = "Request")]
    Wish,
    Moved,
}

/// An enum with a variant more, and a variant with a field more that may be absent.
#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("contact.changed")]
#[annals(lock = "annals")]
#[serde(tag = "kind")]
enum ContactChanged {
    Email {
        address: String,
    },
    Phone {
        number: u64,
        #[serde(default)]
        country: u16,
    },
    Gone,
}

#[test]
fn what_was_stored_is_read() {
    let opened = RawFact {
        name: "account.opened",
        json: r#"{"balance":5,"email":null,"holder":"Jana"}"#,
    };
    let read: AccountOpened = opened.read();
    assert_eq!(read.owner.as_deref(), Some("Jana"));
    let closed = RawFact {
        name: "account.closed",
        json: r#"{"account_id":"7","reason":"Request"}"#,
    };
    let read: AccountClosed = closed.read();
    assert_eq!(read.reason, Reason::Wish);
    let changed = RawFact {
        name: "contact.changed",
        json: r#"{"kind":"Phone","number":777}"#,
    };
    let read: ContactChanged = changed.read();
    assert_eq!(
        read,
        ContactChanged::Phone {
            number: 777,
            country: 0
        }
    );
}

/// An event as an older release stored it.
struct RawFact {
    name: &'static str,
    json: &'static str,
}

impl RawFact {
    fn read<E: Event>(&self) -> E {
        assert_eq!(E::NAME, self.name);
        serde_json::from_str(self.json).expect("the older release's JSON")
    }
}
