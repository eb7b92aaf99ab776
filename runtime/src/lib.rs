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
//! # Read models
//!
//! A [read model](derive@ReadModel) is a table; a [projection](macro@projection) is a fold of events into its rows. Where
//! an [`App`] is [started](App::start), rows follow the events in the background.
//!
//! ```
//! use annals::App;
//! use annals::prelude::*;
//! # #[derive(Event, Serialize, Deserialize)] #[event("money.deposited")] struct Deposited { cents: i64 }
//! # #[derive(Clone)] struct Deposit { cents: i64 }
//! # #[derive(Aggregate, Default)] #[aggregate(name = "account", events(Deposited))] struct Account;
//! # #[aggregate] impl Account {
//! #     fn deposited(&mut self, _: Deposited) {}
//! #     fn deposit(&self, of: Deposit) -> Result<Deposited, String> { Ok(Deposited { cents: of.cents }) }
//! # }
//!
//! #[derive(ReadModel)]
//! struct Balance { #[key] account: String, #[index] cents: i64 }
//!
//! #[projection(name = "balances", version = 1)]
//! impl Balance {
//!     fn deposited(row: Option<Self>, event: &Deposited, cx: &Recorded) -> Self {
//!         let cents = row.map_or(0, |row| row.cents) + event.cents;
//!         Balance { account: cx.stream().id().to_owned(), cents }
//!     }
//! }
//!
//! # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let app = App::new("sqlite::memory:").aggregate::<Account>().projection::<Balance>();
//! let running = app.start().await?;
//! let store = running.store();
//!
//! let receipt = store.aggregate::<Account>("123").execute(Deposit { cents: 500 }).await?;
//! let row = store.read_model::<Balance>().after(&receipt).get("123").await?;
//! assert_eq!(row.map(|row| row.cents), Some(500));
//!
//! // The same, folded at this moment.
//! let rows = store.live::<Balance>().rows().await?;
//! assert_eq!(rows[0].cents, 500);
//! running.stop().await;
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
//! | declare work across aggregates, its commands and its timers | [`#[process]`](macro@process), [`#[derive(Command)]`](derive@Command), [`mod@process`] |
//! | see to instances of processes | [`process::operate`] |
//! | read rows, and wait for what was just stored | [`Store::read_model`], [`ReadRows`] |
//! | fold rows on demand | [`Store::live`], [`Live`] |
//! | write by yourself what follows from events | [`EventHandler`], [`App::handler`] |
//! | publish events to a message broker, and take commands from one | [`relay`], [`App::relay`], [`App::inbox`] |
//! | build a new version of a read model | [`migrate`] |
//! | see to events that could not be handled | [`projection::parked`] |
//! | open a store | [`Store::connect`], [`StoreOptions`] |
//! | send commands, load states, look into the past | [`Root`] |
//! | read the events of all streams, and follow them | [`Store::feed`], [`Feed`] |
//! | append without an aggregate | [`Store::append`], [`Append`] |
//! | store events together with your own tables | [`Store::append_in`], [`Tx`] |
//! | keep who did it, why, and entries of your own beside events | [`Execute`], [`Metadata`] |
//! | keep customers apart | [`Store::tenant`] |
//! | spare reading long streams | `snapshot(every = 100)` in [`#[derive(Aggregate)]`](derive@Aggregate) |
//! | say what the program consists of, and run it | [`App`], [`App::start`], [`Running`] |
//! | lock what is stored, and check it | [`schema`], [`testing::check_lock`], [`testing::check_samples`] |
//! | look at what is stored, and at the health of the store | [`inspect`] |
//! | write streams to a file, and read them into another store | [`transfer::export`], [`transfer::import`] |
//! | copy a whole store into another | [`transfer::replay`] |
//! | operate the program | [`cli`] |
//! | see what went wrong | [`Error`], [`ErrorKind`] |
//! | test a domain | [`testing::Scenario`], [`testing::ProcessScenario`] |
//!
//! # Features
//!
//! | feature | |
//! |---|---|
//! | `cli` (default) | [`cli`]: the command line of a program |
//! | `nats` | `relay::nats`: events go to NATS JetStream, and messages come from there |
//! | `jiff`, `time`, `rust_decimal` | types of these crates in events; those of chrono and uuid need no feature |

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
mod pause;
pub mod prelude;
pub mod process;
pub mod projection;
pub mod relay;
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
    Accepts, Aggregate, Apply, Command, Context, Emits, EventSet, Events, Handle, Refusal,
    SnapshotProgress, Snapshots,
};
/// Macros, beside the traits of the same names.
pub use annals_macros::{
    Aggregate, Command, Event, ReadModel, Schema, aggregate, past, process, projection,
};
pub use annals_schema::{Schema, Shape};
pub use app::{App, StoreSource};
pub use append::{Append, Appended, Expected, NewEvent, Receipt};
pub use clock::Clock;
pub use error::{Conflict, Error, ErrorKind};
pub use event::{Event, Misfit, Past, RawEvent, Recorded, RecordedEvent, Step};
pub use feed::{Feed, FeedEvent, FeedPage, Replay, Subscription};
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

/// The examples of the page on services, likewise.
#[cfg(doctest)]
#[doc = include_str!("../../docs/service.md")]
struct Service;
