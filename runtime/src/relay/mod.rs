//! From the store to a message broker, for which the feed is the outbox; and from a broker into the store, by an [`inbox`].
//!
//! A [`Relay`] is a follower like a projection, whose target is a [`Broker`]: it has a checkpoint, a lease, and a place in
//! `projection status`, `pause` and `resume`; `outbox status` shows relays alone. There is no table of messages that are to be
//! sent, since all that is to be sent is stored already.
//!
//! # What is guaranteed
//!
//! - **Nothing is left out.** The checkpoint moves only after the broker has acknowledged what comes before it. While the broker
//!   cannot be reached, the relay tries again, with pauses of up to ten seconds, for as long as it takes. No transaction of the
//!   database is open meanwhile.
//! - **At least once.** Who is killed between the acknowledgement and the checkpoint publishes again. Each [`Message`] has an
//!   [id](Message::id) by which the broker, or whoever receives it, knows it again.
//! - **In order within each stream.** An event is published after the one before it in its stream was acknowledged. A relay that
//!   publishes again begins again with an earlier event, so that who sees no duplicates sees each stream in order.
//! - **What the broker will never take stops the relay**, at this event, as an event stops a projection that nobody can read:
//!   `outbox status` says why, and `projection resume` lets it go on when that is mended.
//!
//! Published is what is stored: the JSON of the event as it was written, with its own version, whatever the program reads it as
//! today. Events of all tenants are published, each with its tenant.
//!
//! ```
//! use annals::relay::{Broker, BrokerError, Message, Relay};
//!
//! /// Says what it is given, and takes everything.
//! struct Printer;
//!
//! impl Broker for Printer {
//!     async fn publish(&self, messages: &[Message]) -> Result<(), BrokerError> {
//!         for message in messages {
//!             println!("{} of {}", message.event_type(), message.stream());
//!         }
//!         Ok(())
//!     }
//! }
//!
//! # #[tokio::main] async fn main() -> Result<(), annals::Error> {
//! let app = annals::App::new("sqlite::memory:")
//!     .relay(Relay::new("orders", Printer).categories(["order"]).from_now());
//! let running = app.start().await?;
//! running.stop().await;
//! # Ok(()) }
//! ```

mod broker;
mod engine;
pub mod inbox;
mod message;
#[cfg(feature = "nats")]
pub mod nats;
mod outlet;
mod start;

pub use broker::{Broker, BrokerError};
pub use message::Message;
pub use outlet::Relay;

pub(crate) use engine::{Forwarder, Outlet};
pub(crate) use start::MODE;
