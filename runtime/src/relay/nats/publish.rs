//! Publishes messages: each stream in order, and many streams side by side.

use std::collections::HashMap;
use std::error::Error as _;

use async_nats::HeaderMap;
use async_nats::HeaderValue;
use async_nats::jetstream::context::{PublishError, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::{self, Context, ErrorCode};
use futures_util::{StreamExt, stream};

use super::connection::told;
use super::{Nats, subject};
use crate::relay::{BrokerError, Message};
use crate::telemetry;

/// How many streams have a message on its way at once.
const SIDE_BY_SIDE: usize = 256;

/// Publishes all messages. Of each stream one is on its way at a time: where a connection is lost, what was sent before may be
/// lost, and what was sent after may arrive by the next one.
pub(super) async fn all(
    nats: &Nats,
    context: &Context,
    messages: &[Message],
) -> Result<(), BrokerError> {
    let mut places = HashMap::new();
    let mut of_streams: Vec<Vec<&Message>> = Vec::new();
    for message in messages {
        let stream = (message.tenant(), message.stream().as_str());
        let place = *places.entry(stream).or_insert(of_streams.len());
        match of_streams.get_mut(place) {
            Some(of_stream) => of_stream.push(message),
            None => of_streams.push(vec![message]),
        }
    }
    let mut published = Vec::with_capacity(of_streams.len());
    for of_stream in of_streams {
        published.push(in_order(nats, context, of_stream));
    }
    let mut published = stream::iter(published).buffer_unordered(SIDE_BY_SIDE);
    while let Some(done) = published.next().await {
        done?;
    }
    Ok(())
}

async fn in_order(
    nats: &Nats,
    context: &Context,
    messages: Vec<&Message>,
) -> Result<(), BrokerError> {
    for message in messages {
        one(nats, context, message).await?;
    }
    Ok(())
}

async fn one(nats: &Nats, context: &Context, message: &Message) -> Result<(), BrokerError> {
    let subject = (nats.subject)(message);
    if let Some(mistake) = subject::mistake(&subject) {
        let what = format!("NATS takes no subject {subject:?}: {mistake}");
        return Err(BrokerError::refused(message, what)
            .with_hint("mend the function that is given to `Nats::subject`: write names by `annals::relay::nats::token`"));
    }
    let mut publish = PublishMessage::build()
        .payload(message.payload().to_vec().into())
        .headers(headers(message))
        .message_id(message.id());
    if let Some(stream) = &nats.stream {
        publish = publish.expected_stream(stream.name());
    }
    let refuse = |error| refused(nats, context, message, &subject, &error);
    let sent = context.send_publish(subject.clone(), publish).await;
    let stored = sent.map_err(refuse)?.await.map_err(refuse)?;
    if stored.duplicate {
        telemetry::relayed_again();
    }
    Ok(())
}

fn headers(message: &Message) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in message.headers() {
        headers.insert(name, one_line(&value));
    }
    headers
}

/// A value without line breaks, of which no header has any.
fn one_line(value: &str) -> HeaderValue {
    let value = value.replace('\r', "%0D").replace('\n', "%0A");
    HeaderValue::from(value)
}

/// What to make of a message that was not stored.
fn refused(
    nats: &Nats,
    context: &Context,
    message: &Message,
    subject: &str,
    error: &PublishError,
) -> BrokerError {
    let server = error.source().and_then(|source| source.downcast_ref());
    let code = server.map(jetstream::Error::error_code);
    let what = told(error);
    match (error.kind(), code) {
        (PublishErrorKind::MaxPayloadExceeded, _) => {
            let limit = context.client().max_payload();
            BrokerError::refused(message, format!("the server takes messages of up to {limit} bytes: {what}"))
                .with_hint("raise `max_payload` of the server, and then let the relay go on: `projection resume <relay>`")
        }
        (_, Some(ErrorCode::STREAM_MESSAGE_EXCEEDS_MAXIMUM | ErrorCode::STREAM_HEADER_EXCEEDS_MAXIMUM)) => {
            BrokerError::refused(message, format!("the JetStream stream of `{subject}` takes no message of this size: {what}"))
                .with_hint("raise `max_msg_size` of the stream, and then let the relay go on: `projection resume <relay>`")
        }
        (_, Some(ErrorCode::STREAM_NOT_MATCH)) => {
            let expected = nats.stream.as_ref().map_or("", |stream| stream.name());
            BrokerError::misconfigured(format!("subject `{subject}` belongs to another JetStream stream than `{expected}`: {what}"))
                .with_hint("mend the subjects of the streams, or the name of the stream")
        }
        (PublishErrorKind::StreamNotFound, _) => {
            BrokerError::misconfigured(format!("no JetStream stream takes subject `{subject}`, or JetStream is not ready: {what}"))
                .with_hint("make one: `nats stream add EVENTS --subjects 'annals.>'`, or by `.create_stream(..)`")
        }
        _ => BrokerError::unreachable(format!("an event could not be published to subject `{subject}`: {what}"))
            .with_hint("see that the server runs and has room: `nats stream report`"),
    }
}
