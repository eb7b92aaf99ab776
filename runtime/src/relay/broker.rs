//! What a relay needs of a broker.

use std::fmt;

use super::Message;
use crate::error::{Error, ErrorKind};
use crate::stream::Position;

/// Where a relay publishes.
///
/// It is small so that other brokers follow. On Kafka, a message's key is its tenant and its stream, so that a stream stays in
/// one partition and in order; the producer is idempotent (`enable.idempotence`) and waits for all replicas (`acks=all`);
/// [`Broker::publish`] awaits the delivery reports of all messages; and whoever consumes knows a message again by its
/// [id](Message::id), which goes into a header, since Kafka removes no duplicates across restarts of a producer.
pub trait Broker: Send + Sync + 'static {
    /// Publishes some messages. Where it answers `Ok`, the broker has stored all of them, those of each stream in their order.
    ///
    /// It may be called again with the same messages, after an error or in another process: what the broker has stored
    /// already, it should know by [`Message::id`].
    ///
    /// A message may be sent only after the one before it of the same tenant and stream is known to be stored; otherwise an
    /// error in between turns their order around. Those of different streams may be on their way side by side.
    ///
    /// # Errors
    /// [`BrokerError::unreachable`] where it may be tried again: the relay does, with pauses. [`BrokerError::refused`] where the
    /// broker will never take a message: the relay stops before it.
    fn publish(&self, messages: &[Message])
    -> impl Future<Output = Result<(), BrokerError>> + Send;

    /// Sees that messages can be published, when the program starts. Does nothing by default.
    ///
    /// # Errors
    /// [`BrokerError::unreachable`] is told to operators, and the program starts: it publishes when the broker is there. Any other
    /// error keeps the program from starting.
    fn prepare(&self) -> impl Future<Output = Result<(), BrokerError>> + Send {
        std::future::ready(Ok(()))
    }
}

/// Why a broker did not take what it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokerError {
    what: String,
    hint: Option<String>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Unreachable,
    Refused(Position),
    Misconfigured,
}

impl BrokerError {
    /// It may be taken when it is tried again: the broker cannot be reached, does not answer, or has no room for the moment.
    #[must_use]
    pub fn unreachable(what: impl Into<String>) -> Self {
        BrokerError::new(what.into(), Kind::Unreachable)
    }

    /// The broker will never take this message as it is.
    #[must_use]
    pub fn refused(message: &Message, what: impl Into<String>) -> Self {
        let (stream, event_type) = (message.stream(), message.event_type());
        let what = format!(
            "event `{event_type}` of stream `{stream}` cannot be published: {}",
            what.into()
        );
        BrokerError::new(what, Kind::Refused(message.position()))
    }

    /// The broker is not set up for what is to be published. When it happens while publishing, it is tried again.
    #[must_use]
    pub fn misconfigured(what: impl Into<String>) -> Self {
        BrokerError::new(what.into(), Kind::Misconfigured)
    }

    /// Says how to mend it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    fn new(what: String, kind: Kind) -> Self {
        BrokerError {
            what,
            hint: None,
            kind,
        }
    }

    /// The position of the message that will never be taken.
    pub(super) fn refused_at(&self) -> Option<Position> {
        match self.kind {
            Kind::Refused(position) => Some(position),
            Kind::Unreachable | Kind::Misconfigured => None,
        }
    }

    pub(super) fn is_unreachable(&self) -> bool {
        self.kind == Kind::Unreachable
    }
}

impl fmt::Display for BrokerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for BrokerError {}

impl From<BrokerError> for Error {
    fn from(error: BrokerError) -> Self {
        let of = Error::new(ErrorKind::Broker, error.what);
        match error.hint {
            Some(hint) => of.with_hint(hint),
            None => of,
        }
    }
}
