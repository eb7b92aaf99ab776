//! One event as several releases declare it, each with its own lock.

use annals::prelude::*;

/// A module for each release: the folder of its lock, and its declarations.
macro_rules! release {
    ($($(#[$about:meta])* $release:ident, $lock:literal: { $($fields:tt)* } $(, $meaning:literal)?;)+) => {$(
        $(#[$about])*
        pub(crate) mod $release {
            use annals::prelude::*;

            #[derive(Event, Serialize, Deserialize, Debug)]
            #[allow(dead_code, reason = "few of them are ever stored")]
            #[event(name = "meter.read" $(, meaning = $meaning)?)]
            #[annals(lock = $lock)]
            pub(crate) struct Read { $($fields)* }
        }
    )+};
}

release! {
    first, "locks/first": { pub(crate) value: u32 };
    /// An amendment that both sides survive.
    optional, "locks/optional": { pub(crate) value: u32, pub(crate) unit: Option<String> };
    /// Another one, of the amendment.
    second_optional, "locks/second_optional":
        { pub(crate) value: u32, pub(crate) unit: Option<String>, pub(crate) by: Option<String> };
    /// Reads all that the first stored; the first does not read all that this one stores.
    wider, "locks/wider": { pub(crate) value: u64 };
    /// Would not read all that the first stored.
    narrower, "locks/narrower": { pub(crate) value: u16 };
    /// Another amendment that both sides survive.
    defaulted, "locks/defaulted": { pub(crate) value: u32, #[serde(default)] pub(crate) unit: String };
    /// Would not read what was stored without a unit, though all that stores one would read it.
    required, "locks/required": { pub(crate) value: u32, pub(crate) unit: String };
    /// An amendment of the wider one.
    wider_optional, "locks/wider_optional": { pub(crate) value: u64, pub(crate) unit: Option<String> };
    /// An amendment of that.
    wider_more, "locks/wider_more":
        { pub(crate) value: u64, pub(crate) unit: Option<String>, pub(crate) by: Option<String> };
    litres, "locks/litres": { pub(crate) value: u32 }, "the value is in litres";
    /// In no lock.
    draft, "locks/none": { pub(crate) value: u16 };
}

/// A second version, made of the first.
pub(crate) mod second {
    use super::*;

    #[derive(Event, Serialize, Deserialize, Debug)]
    #[event("meter.read")]
    #[annals(lock = "locks/second")]
    pub(crate) struct ReadV1 {
        value: u32,
    }

    #[derive(Event, Serialize, Deserialize, Debug)]
    #[event(name = "meter.read", version = 2, upcast = |old: ReadV1| Read { litres: old.value })]
    #[annals(lock = "locks/second")]
    pub(crate) struct Read {
        pub(crate) litres: u32,
    }
}

/// The first one under another name, with a narrower value.
pub(crate) mod renamed {
    use super::*;

    #[derive(Event, Serialize, Deserialize, Debug)]
    #[event(name = "meter.was_read", aliases("meter.read"))]
    #[annals(lock = "locks/renamed")]
    pub(crate) struct Read {
        pub(crate) value: u16,
    }
}
