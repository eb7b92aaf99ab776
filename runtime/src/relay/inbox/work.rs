//! Takes messages, one after another.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::request::Answer;
use super::{Delivery, Inbox, Incoming, Request, Source, unusable};
use crate::error::{Error, ErrorKind};
use crate::metadata::Metadata;
use crate::projection::{Failure, guard};
use crate::relay::message::{ACTOR, CORRELATION, EVENT_ID, TRACEPARENT, TRACESTATE};
use crate::store::Store;
use crate::telemetry;

/// The shortest and the longest pause before the broker is asked again.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(10));

/// How long the broker keeps a message that could not be handled for the moment.
const GIVEN_BACK: Duration = Duration::from_secs(2);

impl<S: Source> Inbox<S> {
    /// Takes messages until it is told to stop; then finishes the one at hand.
    pub(super) async fn work(&self, store: &Store, stop: &CancellationToken) {
        let mut pause = PAUSES.0;
        loop {
            let received = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                received = self.source.receive() => received,
            };
            match received {
                Ok(delivery) => {
                    pause = PAUSES.0;
                    self.handle(store, delivery).await;
                }
                Err(error) => {
                    let hint = Error::from(error);
                    tracing::warn!(inbox = self.name, error = ?hint, "no message can be received; trying again");
                    tokio::select! {
                        () = stop.cancelled() => return,
                        () = tokio::time::sleep(pause) => {}
                    }
                    pause = (pause * 2).min(PAUSES.1);
                }
            }
        }
    }

    async fn handle(&self, store: &Store, delivery: S::Delivery) {
        let message = delivery.incoming();
        let answered = match self.take(store, message).await {
            Ok(outcome) => {
                telemetry::received(&self.name, outcome);
                delivery.acknowledge().await
            }
            Err(error) => {
                telemetry::received(&self.name, "given_back");
                tracing::warn!(inbox = self.name, message = message.id(), %error, "a message is given back, to be tried again");
                delivery.give_back(GIVEN_BACK).await
            }
        };
        if let Err(error) = answered {
            tracing::warn!(inbox = self.name, %error, "the broker delivers a message again");
        }
    }

    /// Sees that what a message asks for is done, and answers in a word what became of it.
    async fn take(&self, store: &Store, message: &Incoming) -> Result<&'static str, Error> {
        let why = match self.request_of(message) {
            Ok(request) => {
                let key = format!("{}/{}", self.name, message.id());
                match request.carry_out(store, key, metadata_of(message)).await {
                    Ok(Answer::Done) => return Ok("done"),
                    Ok(Answer::Refused) => return Ok("refused"),
                    // Tried again, it would be the same.
                    Err(error) if is_of_the_message(&error) => error.to_string(),
                    Err(error) => return Err(error),
                }
            }
            Err(failure) => failure.to_string(),
        };
        tracing::error!(
            inbox = self.name,
            message = message.id(),
            why,
            "a message is no command, and is recorded"
        );
        unusable::record(store, &self.name, message, why).await?;
        Ok("unusable")
    }

    fn request_of(&self, message: &Incoming) -> Result<Request, Failure> {
        guard(AssertUnwindSafe(|| (self.request)(message)))
    }
}

/// Whether the store can keep nothing of what the message says.
fn is_of_the_message(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Name | ErrorKind::Unstorable)
}

fn metadata_of(message: &Incoming) -> Metadata {
    let causation = message.header(EVENT_ID).unwrap_or(message.id());
    let mut metadata = Metadata::new().with_causation(causation);
    if let Some(correlation) = message.header(CORRELATION) {
        metadata = metadata.with_correlation(correlation);
    }
    if let Some(actor) = message.header(ACTOR) {
        metadata = metadata.with_actor(actor);
    }
    for name in [TRACEPARENT, TRACESTATE] {
        if let Some(value) = message.header(name) {
            metadata = metadata.with(name, value);
        }
    }
    metadata
}
