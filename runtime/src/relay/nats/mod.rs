//! NATS JetStream: a broker for relays, and a source for inboxes.
//!
//! ```
//! use std::time::Duration;
//!
//! use annals::relay::Relay;
//! use annals::relay::nats::{Nats, NewStream};
//!
//! # async fn doc(app: annals::App) -> Result<(), annals::Error> {
//! let stream = NewStream::new("EVENTS", ["annals.>"]).duplicate_window(Duration::from_secs(600));
//! let nats = Nats::new("nats://localhost:4222").create_stream(stream);
//! let app = app.relay(Relay::new("events", nats));
//! app.start().await?.stop().await;
//! # Ok(()) }
//! ```
//!
//! # Subjects
//!
//! `annals.<aggregate>.<event type>`, like `annals.account.money.deposited`, or what [`Nats::subject`] says. The dots of an event's
//! name part it into tokens, by which consumers can choose; whatever else no subject may hold is written as [`token`] does.
//!
//! # Duplicates
//!
//! [`Message::id`] is sent as `Nats-Msg-Id`: JetStream stores a message once that comes again within the *duplicate window* of its
//! stream, two minutes unless it is set up otherwise. A relay that publishes again does so within seconds, or when another process
//! takes over its lease. Where nobody takes over within the window, or the checkpoint was put back by hand or with a backup, the same
//! events are stored a second time, in order again from where it began: who consumes knows them by `Annals-Stream` and
//! `Annals-Version`, or by `Nats-Msg-Id`. The window is of the JetStream stream, whatever the subject: of two relays that publish the
//! same event of a store into one JetStream stream, the second one is taken for a duplicate. Give each a stream of its own.
//!
//! # Acknowledgements
//!
//! A message counts as published when JetStream has acknowledged it. What that is worth in a loss of power is up to the server:
//! one server alone writes to its disk first and waits for the disk later (`sync_interval`); with three replicas, two of them have it.

mod connection;
mod consumer;
mod publish;
mod subject;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::Context;
use tokio::sync::OnceCell;

pub use consumer::{Consumer, Delivered};
pub use subject::token;

use self::connection::{Address, Expected};
use super::{Broker, BrokerError, Message};

/// A JetStream of NATS, as a broker.
///
/// It connects when it is first needed, and again whenever the connection is lost.
#[derive(Clone)]
#[must_use = "a broker does nothing until a relay publishes to it"]
pub struct Nats {
    address: Address,
    subject: Arc<SubjectOf>,
    stream: Option<Expected>,
    ack_timeout: Duration,
    context: Arc<OnceCell<Context>>,
}

type SubjectOf = dyn Fn(&Message) -> String + Send + Sync;

impl Nats {
    /// The server at an address, or several of a cluster with commas between them: `nats://user:password@host:4222`.
    pub fn new(address: impl Into<String>) -> Self {
        Nats::at(Address::Text(address.into()))
    }

    /// A connection that is there already: for credentials, certificates, and whatever else the options of
    /// [`async_nats::ConnectOptions`] say.
    pub fn with_client(client: async_nats::Client) -> Self {
        Nats::at(Address::Client(client))
    }

    fn at(address: Address) -> Self {
        Nats {
            address,
            subject: Arc::new(subject::of_message),
            stream: None,
            ack_timeout: Duration::from_secs(5),
            context: Arc::default(),
        }
    }

    /// Says to which subject a message is published. Put names into it by [`token`].
    ///
    /// A subject that NATS does not take stops the relay.
    pub fn subject(mut self, subject: impl Fn(&Message) -> String + Send + Sync + 'static) -> Self {
        self.subject = Arc::new(subject);
        self
    }

    /// Publishes into this JetStream stream alone. It has to be there when the program starts, and to take the subjects.
    pub fn stream(mut self, name: impl Into<String>) -> Self {
        self.stream = Some(Expected::Present(name.into()));
        self.context = Arc::default();
        self
    }

    /// As [`Nats::stream`], and makes the JetStream stream where it is missing. One that is there is left as it is.
    pub fn create_stream(mut self, stream: NewStream) -> Self {
        self.stream = Some(Expected::Made(stream));
        self.context = Arc::default();
        self
    }

    /// How long to wait for the server's acknowledgement, before the message is published again. Default: five seconds.
    pub fn ack_timeout(mut self, timeout: Duration) -> Self {
        self.ack_timeout = timeout;
        self.context = Arc::default();
        self
    }
}

impl Broker for Nats {
    async fn publish(&self, messages: &[Message]) -> Result<(), BrokerError> {
        let context = self.context().await?;
        publish::all(self, context, messages).await
    }

    async fn prepare(&self) -> Result<(), BrokerError> {
        self.context().await.map(drop)
    }
}

impl fmt::Debug for Nats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the address, which can hold a password.
        f.debug_struct("Nats")
            .field("stream", &self.stream)
            .field("ack_timeout", &self.ack_timeout)
            .finish_non_exhaustive()
    }
}

/// A JetStream stream that is made where it is missing: kept in files, without limits of age or size.
#[derive(Debug, Clone)]
#[must_use = "it is made by a broker"]
pub struct NewStream {
    name: String,
    subjects: Vec<String>,
    duplicate_window: Duration,
    replicas: usize,
}

impl NewStream {
    /// A stream of this name that takes these subjects, with a duplicate window of two minutes and without replicas.
    pub fn new<S: Into<String>>(
        name: impl Into<String>,
        subjects: impl IntoIterator<Item = S>,
    ) -> Self {
        NewStream {
            name: name.into(),
            subjects: subjects.into_iter().map(Into::into).collect(),
            duplicate_window: Duration::from_secs(120),
            replicas: 1,
        }
    }

    /// For how long a message is known again that was published before. The server keeps the ids of that time in memory.
    pub fn duplicate_window(mut self, window: Duration) -> Self {
        self.duplicate_window = window;
        self
    }

    /// On how many servers of a cluster it is kept.
    pub fn replicas(mut self, replicas: usize) -> Self {
        self.replicas = replicas;
        self
    }
}
