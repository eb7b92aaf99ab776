//! Messages of a JetStream stream, by a durable consumer that several processes share.

use std::fmt;
use std::time::Duration;

use async_nats::header::NATS_MESSAGE_ID;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::{self, AckKind};
use futures_util::StreamExt;
use tokio::sync::Mutex;

use super::Nats;
use super::connection::told;
use crate::relay::BrokerError;
use crate::relay::inbox::{Delivery, Incoming, Source};

/// How many messages are asked for at once. They wait here for their turn, and are delivered again where it comes too late.
const AT_ONCE: usize = 64;

/// A durable consumer of a JetStream stream, as the source of an inbox. It is made where it is missing, and has all messages of the
/// stream from the first one on.
///
/// A message is known by its `Nats-Msg-Id`, and without one by the name of the JetStream stream and its number there.
#[must_use = "a source does nothing until an inbox takes messages from it"]
pub struct Consumer {
    nats: Nats,
    stream: String,
    name: String,
    subject: Option<String>,
    messages: Mutex<Option<pull::Stream>>,
}

impl Nats {
    /// The durable consumer of this name of a JetStream stream.
    pub fn consumer(&self, stream: impl Into<String>, name: impl Into<String>) -> Consumer {
        Consumer {
            nats: self.clone(),
            stream: stream.into(),
            name: name.into(),
            subject: None,
            messages: Mutex::default(),
        }
    }
}

impl Consumer {
    /// Only messages of this subject, or of this pattern of subjects. A consumer that is there already is left as
    /// it is.
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    async fn open(&self) -> Result<pull::Stream, BrokerError> {
        let Consumer { stream, name, .. } = self;
        let context = self.nats.context().await?;
        let config = pull::Config {
            durable_name: Some(name.clone()),
            ack_policy: AckPolicy::Explicit,
            filter_subject: self.subject.clone().unwrap_or_default(),
            ..pull::Config::default()
        };
        let failed = |error: &dyn std::error::Error| {
            let what = format!(
                "could not take messages from JetStream stream `{stream}` as consumer `{name}`: {}",
                told(error)
            );
            BrokerError::unreachable(what).with_hint(
                "see that the server runs with JetStream, and has the stream: `nats stream info`, `nats consumer info`",
            )
        };
        let found = context
            .get_stream(stream)
            .await
            .map_err(|error| failed(&error))?;
        let consumer = found.get_or_create_consumer(name, config).await;
        let consumer = consumer.map_err(|error| failed(&error))?;
        let messages = consumer
            .stream()
            .max_messages_per_batch(AT_ONCE)
            .messages()
            .await;
        messages.map_err(|error| failed(&error))
    }
}

impl fmt::Debug for Consumer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Consumer")
            .field("stream", &self.stream)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Source for Consumer {
    type Delivery = Delivered;

    async fn receive(&self) -> Result<Delivered, BrokerError> {
        let mut messages = self.messages.lock().await;
        let open = match messages.take() {
            Some(open) => open,
            None => self.open().await?,
        };
        let next = messages.insert(open).next().await;
        let why = match next {
            Some(Ok(message)) => return Delivered::of(message, &self.stream),
            Some(Err(error)) => told(&error),
            None => "the consumer has ended".to_owned(),
        };
        *messages = None;
        Err(BrokerError::unreachable(format!(
            "no message could be received from JetStream stream `{}`: {why}",
            self.stream
        )))
    }
}

/// A message of JetStream that is not acknowledged yet.
#[derive(Debug)]
pub struct Delivered {
    incoming: Incoming,
    message: jetstream::Message,
}

impl Delivered {
    fn of(message: jetstream::Message, stream: &str) -> Result<Self, BrokerError> {
        let headers = message.headers.as_ref();
        let id = match headers.and_then(|headers| headers.get(NATS_MESSAGE_ID)) {
            Some(id) => id.to_string(),
            None => {
                let info = message.info();
                let info = info.map_err(|error| {
                    BrokerError::unreachable(format!(
                        "a message of JetStream stream `{stream}` does not say which it is: {error}"
                    ))
                })?;
                format!("{stream}-{}", info.stream_sequence)
            }
        };
        let mut incoming = Incoming::new(id, message.subject.to_string(), message.payload.to_vec());
        for (name, values) in headers.into_iter().flat_map(|headers| headers.iter()) {
            for value in values {
                incoming = incoming.with_header(name.to_string(), value.to_string());
            }
        }
        Ok(Delivered { incoming, message })
    }

    async fn answer(&self, kind: AckKind) -> Result<(), BrokerError> {
        let answered = self.message.ack_with(kind).await;
        answered.map_err(|error| {
            BrokerError::unreachable(format!("a message could not be answered: {error}"))
        })
    }
}

impl Delivery for Delivered {
    fn incoming(&self) -> &Incoming {
        &self.incoming
    }

    async fn acknowledge(self) -> Result<(), BrokerError> {
        self.answer(AckKind::Ack).await
    }

    async fn give_back(self, pause: Duration) -> Result<(), BrokerError> {
        self.answer(AckKind::Nak(Some(pause))).await
    }
}
