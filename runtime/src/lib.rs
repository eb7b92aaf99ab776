//! Event sourcing for domains that are audited.
//!
//! Facts are declared as plain structs, checked by the compiler, and kept in PostgreSQL or in a SQLite file. A fact, once
//! stored, is never lost, never skipped and never misread.
//!
//! ```
//! use annals::prelude::*;
//!
//! #[derive(Event, Serialize, Deserialize)]
//! #[event("money.deposited")]
//! struct Deposited { cents: u64 }
//!
//! #[derive(Clone)]
//! struct Deposit { cents: u64 }
//!
//! #[derive(Aggregate, Default)]
//! #[aggregate(name = "account", events(Deposited))]
//! struct Account { cents: u64 }
//!
//! #[aggregate]
//! impl Account {
//!     fn deposited(&mut self, event: Deposited) { self.cents += event.cents; }
//!     fn deposit(&self, command: Deposit) -> Result<Deposited, String> {
//!         Ok(Deposited { cents: command.cents })
//!     }
//! }
//!
//! # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let store = Store::connect("sqlite::memory:").await?;
//! let account = store.aggregate::<Account>("123");
//! account.execute(Deposit { cents: 500 }).await?;
//! assert_eq!(account.load().await?.cents, 500);
//! # Ok(()) }
//! ```
//!
//! # Where to look
//!
//! | to | look at |
//! |---|---|
//! | declare an event | [`#[derive(Event)]`](derive@Event) |
//! | declare an aggregate | [`#[derive(Aggregate)]`](derive@Aggregate) and [`#[aggregate]`](macro@aggregate) |
//! | declare a read model, and what fills it | [`#[derive(ReadModel)]`](derive@ReadModel) and [`#[projection]`](macro@projection) |
//! | use a type of your own in events | [`#[derive(Schema)]`](derive@Schema) |
//! | open a store | [`Store::connect`], [`StoreOptions`] |
//! | send commands, load states, look into the past | [`Root`] |
//! | read the events of all streams, and follow them | [`Store::feed`], [`Feed`] |
//! | append without an aggregate | [`Store::append`], [`Append`] |
//! | store events together with your own tables | [`Store::append_in`] |
//! | say what the program consists of | [`App`] |
//! | lock what is stored, and check it | [`schema`], [`testing::check_lock`], [`testing::check_samples`] |
//! | look at what is stored, and at the health of the store | [`inspect`] |
//! | write streams to a file, and read them into another store | [`transfer::export`], [`transfer::import`] |
//! | copy a whole store into another | [`transfer::replay`] |
//! | operate the program | [`cli`] |
//! | see what went wrong | [`Error`], [`ErrorKind`] |
//! | test a domain | [`testing::Scenario`] |

mod aggregate;
mod app;
mod append;
#[cfg(feature = "cli")]
pub mod cli;
mod clock;
mod error;
mod event;
mod feed;
pub mod inspect;
mod json;
#[doc(hidden)]
pub mod manifest;
mod metadata;
pub mod migrate;
pub mod prelude;
pub mod projection;
mod root;
pub mod schema;
mod store;
mod stream;
mod telemetry;
pub mod testing;
pub mod transfer;

#[doc(hidden)]
#[path = "rt.rs"]
pub mod __rt;

pub use aggregate::{
    Aggregate, Apply, Context, Emits, EventSet, Events, Handle, SnapshotProgress, Snapshots,
};
/// Macros, beside the traits of the same names.
pub use annals_macros::{Aggregate, Event, ReadModel, Schema, aggregate, past, projection};
pub use annals_schema::{Schema, Shape};
pub use app::{App, StoreSource};
pub use append::{Append, Appended, Expected, NewEvent, Receipt};
pub use clock::Clock;
pub use error::{Conflict, Error, ErrorKind};
pub use event::{Event, Misfit, Past, RawEvent, Recorded, RecordedEvent, Step};
pub use feed::{Feed, FeedPage, Subscription};
pub use metadata::Metadata;
pub use projection::{EventHandler, Live, Projection, ReadModel, ReadRows, RowList, Running};
pub use root::{
    AsOf, Change, CommandError, EventReader, Execute, History, HistoryEntry, Instances, Loaded,
    Root,
};
pub use store::{Store, StoreOptions, StreamList, StreamReader, Tx};
pub use stream::{Position, StreamId, Version};

/// The examples of the README, which are compiled and run as they are printed.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
