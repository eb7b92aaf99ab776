//! The words of the attributes: every key with what it expects and an example that can be pasted.

mod process;
mod projection;

use std::fmt::{self, Display};

pub(crate) use process::PROCESS;
pub(crate) use projection::{COLUMN, PROJECTION};

/// One key of an attribute.
pub(crate) struct Key {
    pub(crate) name: &'static str,
    /// What belongs to it, as it ends the sentence "`name` expects ..".
    pub(crate) expects: &'static str,
    pub(crate) example: &'static str,
}

/// An attribute and its keys.
pub(crate) struct Attribute {
    /// As users write it.
    pub(crate) name: &'static str,
    pub(crate) keys: &'static [Key],
    /// The key that a lone string stands for, as in `#[event("money.withdrawn")]`.
    pub(crate) short: Option<&'static str>,
    /// Where it is written, for a key that is found elsewhere.
    pub(crate) home: &'static str,
}

const fn key(name: &'static str, expects: &'static str, example: &'static str) -> Key {
    Key {
        name,
        expects,
        example,
    }
}

const CRATE: Key = key(
    "crate",
    "the path of the crate `annals`",
    "crate = ::annals",
);

const VERSION: Key = key(
    "version",
    "a whole number of at most 4294967295",
    "version = 2",
);

const PARTITIONS: Key = key(
    "partitions",
    "a whole number from 1 to 1024",
    "partitions = 4",
);

const MEANING: Key = key("meaning", "a string", "meaning = \"amounts are in cents\"");

pub(crate) static EVENT: Attribute = Attribute {
    name: "event",
    keys: &[
        key("name", "a string", "name = \"account.opened\""),
        VERSION,
        key(
            "upcast",
            "a function from the version below",
            "upcast = |old: AccountOpenedV1| AccountOpened { .. }",
        ),
        key(
            "upcast_json",
            "a function from raw JSON",
            "upcast_json = AccountOpened::from_raw",
        ),
        key(
            "aliases",
            "strings in parentheses",
            "aliases(\"AccountCreated\")",
        ),
        MEANING,
    ],
    short: Some("name"),
    home: "`#[event(..)]`, under `#[derive(Event)]`",
};

pub(crate) static COMMAND: Attribute = Attribute {
    name: "command",
    keys: &[
        key("name", "a string", "name = \"inventory.reserve\""),
        VERSION,
        key(
            "upcast",
            "a function from the version below",
            "upcast = |old: ReserveInventoryV1| ReserveInventory { .. }",
        ),
        key(
            "upcast_json",
            "a function from raw JSON",
            "upcast_json = ReserveInventory::from_raw",
        ),
        key(
            "aliases",
            "strings in parentheses",
            "aliases(\"ReserveStock\")",
        ),
        MEANING,
    ],
    short: Some("name"),
    home: "`#[command(..)]`, under `#[derive(Command)]`",
};

pub(crate) static AGGREGATE: Attribute = Attribute {
    name: "aggregate",
    keys: &[
        key("name", "a string", "name = \"account\""),
        key(
            "events",
            "the types of events in parentheses",
            "events(AccountOpened, MoneyDeposited)",
        ),
        key(
            "commands",
            "the types of commands in parentheses",
            "commands(Withdraw)",
        ),
        key(
            "reads",
            "functions from older events in parentheses",
            "reads(|old: ContactChanged| [..])",
        ),
        key("id", "a type", "id = Uuid"),
        key(
            "snapshot",
            "when to take one, in parentheses",
            "snapshot(every = 100)",
        ),
    ],
    short: Some("name"),
    home: "`#[aggregate(..)]` of the struct, under `#[derive(Aggregate)]`",
};

pub(crate) static SNAPSHOT: Attribute = Attribute {
    name: "snapshot",
    keys: &[
        key("every", "a number of events", "every = 100"),
        key(
            "when",
            "a function that decides on it",
            "when = Account::is_snapshot_due",
        ),
        key("logic", "a whole number", "logic = 1"),
    ],
    short: None,
    home: "`snapshot(..)` of an aggregate",
};

pub(crate) static BLOCK: Attribute = Attribute {
    name: "aggregate",
    keys: &[CRATE],
    short: None,
    home: "`#[aggregate(..)]` of the impl block",
};

pub(crate) static SCHEMA: Attribute = Attribute {
    name: "schema",
    keys: &[
        key("as", "a string", "as = \"text\""),
        key("sample", "a string of JSON", "sample = \"\\\"12.50\\\"\""),
    ],
    short: None,
    home: "`#[schema(..)]`",
};

pub(crate) static ANNALS: Attribute = Attribute {
    name: "annals",
    keys: &[
        CRATE,
        key(
            "lock",
            "the path of a folder, from this file",
            "lock = \"annals\"",
        ),
    ],
    short: None,
    home: "`#[annals(..)]` of an event, an aggregate, a read model or a type in them",
};

pub(crate) static PAST: Attribute = Attribute {
    name: "past",
    keys: &[
        key(
            "upcast",
            "a function from the version below",
            "upcast = |old: AccountOpenedV1| AccountOpenedV2 { .. }",
        ),
        key(
            "upcast_json",
            "a function from raw JSON",
            "upcast_json = AccountOpenedV2::from_raw",
        ),
        key(
            "lock",
            "the path of a folder, from this file",
            "lock = \"annals\"",
        ),
        CRATE,
    ],
    short: None,
    home: "`past!(..)`",
};

/// Where a key that was found in the wrong place may be at home, nearest first.
static ALL: [&Attribute; 9] = [
    &EVENT,
    &AGGREGATE,
    &SNAPSHOT,
    &SCHEMA,
    &ANNALS,
    &COLUMN,
    &PROJECTION,
    &COMMAND,
    &PROCESS,
];

impl Attribute {
    pub(crate) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The attribute to which a key of this name belongs, where it is another one.
    pub(crate) fn home_of(&self, name: &str) -> Option<&'static str> {
        // The impl block and the struct share the name of their attribute: the struct is the nearer home.
        let namesake = ALL.iter().filter(|other| other.name == self.name);
        namesake
            .chain(&ALL)
            .find(|attribute| attribute.key(name).is_some())
            .map(|attribute| attribute.home)
    }

    /// The key whose name is close enough to have been meant.
    pub(crate) fn nearest(&self, name: &str) -> Option<&'static Key> {
        self.keys
            .iter()
            .map(|key| (distance(key.name, name), key))
            .filter(|(distance, key)| *distance <= key.name.len().div_ceil(3))
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, key)| key)
    }
}

/// The keys as a list in words: "`name`, `version` or `upcast`".
impl Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, key) in self.keys.iter().enumerate() {
            let between = match i {
                0 => "",
                _ if i + 1 == self.keys.len() => " or ",
                _ => ", ",
            };
            write!(f, "{between}`{}`", key.name)?;
        }
        Ok(())
    }
}

/// The number of letters to put in, take out or replace that leads from one word to the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::{
        AGGREGATE, Attribute, COLUMN, COMMAND, EVENT, PROCESS, PROJECTION, SCHEMA, distance,
    };

    #[test]
    fn distances() {
        assert_eq!(distance("name", "name"), 0);
        assert_eq!(distance("name", "nmae"), 2);
        assert_eq!(distance("version", "versoin"), 2);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("events", "event"), 1);
    }

    #[test]
    fn a_slip_of_the_pen_is_recognized_and_another_word_is_not() {
        let near = |attribute: &Attribute, word| attribute.nearest(word).map(|key| key.name);
        assert_eq!(near(&EVENT, "nam"), Some("name"));
        assert_eq!(near(&EVENT, "versoin"), Some("version"));
        assert_eq!(near(&EVENT, "upcst"), Some("upcast"));
        assert_eq!(near(&AGGREGATE, "event"), Some("events"));
        assert_eq!(near(&EVENT, "rename"), Some("name"));
        assert_eq!(near(&EVENT, "topic"), None);
    }

    #[test]
    fn keys_are_listed_in_words() {
        assert_eq!(SCHEMA.to_string(), "`as` or `sample`");
        assert_eq!(
            EVENT.to_string(),
            "`name`, `version`, `upcast`, `upcast_json`, `aliases` or `meaning`"
        );
    }

    #[test]
    fn every_example_begins_with_its_key() {
        for attribute in [
            &EVENT,
            &COMMAND,
            &AGGREGATE,
            &SCHEMA,
            &COLUMN,
            &PROJECTION,
            &PROCESS,
        ] {
            for key in attribute.keys {
                assert!(key.example.starts_with(key.name), "{}", key.example);
            }
        }
    }
}
