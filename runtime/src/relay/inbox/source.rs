//! What an inbox needs of a broker.

use std::fmt;
use std::time::Duration;

use serde::de::DeserializeOwned;

use crate::event::without_payload;
use crate::relay::BrokerError;

/// Where messages come from: a queue that keeps a message until it is acknowledged, and delivers it again otherwise.
///
/// On Kafka, where a consumer acknowledges by a position and not by message, a source delivers the messages of a partition one after
/// another, commits the position of one that is acknowledged, and delivers one again itself that is given back.
pub trait Source: Send + Sync + 'static {
    /// A message on loan.
    type Delivery: Delivery;

    /// Waits for a message. Dropped while it waits, it loses none.
    ///
    /// # Errors
    /// Where the broker cannot be reached, or is not set up for it: it is tried again, with pauses.
    fn receive(&self) -> impl Future<Output = Result<Self::Delivery, BrokerError>> + Send;
}

/// A message that the broker delivers again unless it is acknowledged.
pub trait Delivery: Send + Sync {
    /// The message.
    fn incoming(&self) -> &Incoming;

    /// Says that the message is done.
    ///
    /// # Errors
    /// Where the broker could not be told: it delivers the message again.
    fn acknowledge(self) -> impl Future<Output = Result<(), BrokerError>> + Send;

    /// Asks for the message again, after a pause.
    ///
    /// # Errors
    /// Where the broker could not be told: it delivers the message again when it likes.
    fn give_back(self, pause: Duration) -> impl Future<Output = Result<(), BrokerError>> + Send;
}

/// A message that came from a broker.
#[derive(Clone, PartialEq, Eq)]
pub struct Incoming {
    id: String,
    subject: String,
    headers: Vec<(String, String)>,
    payload: Vec<u8>,
}

impl Incoming {
    /// A message with the id by which it is known again, and with the name of where it was sent to.
    #[must_use]
    pub fn new(
        id: impl Into<String>,
        subject: impl Into<String>,
        payload: impl Into<Vec<u8>>,
    ) -> Self {
        Incoming {
            id: id.into(),
            subject: subject.into(),
            headers: Vec::new(),
            payload: payload.into(),
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// What the message is known again by when it is delivered again.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Where it was sent to: the subject, or the topic.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The value of a header, whose name is matched without regard to case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let header = headers.find(|(other, _)| other.eq_ignore_ascii_case(name));
        header.map(|(_, value)| value.as_str())
    }

    /// What was sent.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// What was sent, as JSON.
    ///
    /// # Errors
    /// Where it is none, or does not fit `T`. The error says so without the values of the JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.payload).map_err(|error| without_payload(&error))
    }
}

/// Without the payload: what is debugged ends in logs.
impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming")
            .field("id", &self.id)
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}
