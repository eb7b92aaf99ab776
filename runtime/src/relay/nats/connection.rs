//! The connection to the server, and the stream that has to be there.

use std::time::Duration;

use async_nats::ConnectErrorKind;
use async_nats::jetstream::context::{ContextBuilder, CreateStreamErrorKind, GetStreamErrorKind};
use async_nats::jetstream::stream::Config;
use async_nats::jetstream::{Context, ErrorCode};

use super::{Nats, NewStream};
use crate::relay::BrokerError;

/// How long to wait for a connection, and for an answer about a stream.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Clone)]
pub(super) enum Address {
    Text(String),
    Client(async_nats::Client),
}

/// The stream into which is published.
#[derive(Debug, Clone)]
pub(super) enum Expected {
    Present(String),
    Made(NewStream),
}

impl Expected {
    pub(super) fn name(&self) -> &str {
        match self {
            Expected::Present(name) => name,
            Expected::Made(stream) => &stream.name,
        }
    }
}

impl Address {
    /// # Errors
    /// Where nobody answers there, or lets us in.
    pub(super) async fn connect(&self) -> Result<async_nats::Client, BrokerError> {
        let address = match self {
            Address::Client(client) => return Ok(client.clone()),
            Address::Text(address) => address,
        };
        let addresses: Vec<_> = address.split(',').map(str::trim).collect();
        let options = async_nats::ConnectOptions::new()
            .name("annals")
            .connection_timeout(PATIENCE);
        options.connect(addresses).await.map_err(|error| {
            let at = without_passwords(address);
            let what = format!("could not connect to NATS at `{at}`: {}", told(&error));
            match error.kind() {
                ConnectErrorKind::ServerParse => BrokerError::misconfigured(what)
                    .with_hint("an address looks like `nats://host:4222`; several have commas between them"),
                ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => {
                    BrokerError::misconfigured(what).with_hint(
                        "write `nats://user:password@host`, or connect with credentials and hand the client to `Nats::with_client`",
                    )
                }
                _ => BrokerError::unreachable(what).with_hint("start the server (`nats-server -js`), or mend the address"),
            }
        })
    }
}

impl Nats {
    /// The connection, on which the stream was seen to be there.
    pub(super) async fn context(&self) -> Result<&Context, BrokerError> {
        let made = self.context.get_or_try_init(|| async {
            let client = self.address.connect().await?;
            let mut context = ContextBuilder::new()
                .timeout(PATIENCE)
                .ack_timeout(self.ack_timeout)
                .build(client);
            match &self.stream {
                Some(Expected::Present(name)) => find(&context, name).await?,
                Some(Expected::Made(stream)) => make(&context, stream).await?,
                None => {}
            }
            // What its `ack_timeout` bounds is how long it counts a message as on its way; who waits for one is bounded by this.
            context.set_timeout(self.ack_timeout);
            Ok(context)
        });
        made.await
    }
}

async fn find(context: &Context, name: &str) -> Result<(), BrokerError> {
    let found = context.get_stream(name).await;
    found.map(drop).map_err(|error| {
        let what = format!("could not find JetStream stream `{name}`: {}", told(&error));
        match error.kind() {
            GetStreamErrorKind::JetStream(of) if of.error_code() == ErrorCode::STREAM_NOT_FOUND => {
                BrokerError::misconfigured(what).with_hint(format!(
                    "make it: `nats stream add {name} --subjects 'annals.>'`, or by `.create_stream(NewStream::new({name:?}, \
                     [\"annals.>\"]))`"
                ))
            }
            GetStreamErrorKind::EmptyName | GetStreamErrorKind::InvalidStreamName => {
                BrokerError::misconfigured(what).with_hint("a name has no spaces and no dots, like `EVENTS`")
            }
            _ => BrokerError::unreachable(what).with_hint(JETSTREAM),
        }
    })
}

async fn make(context: &Context, stream: &NewStream) -> Result<(), BrokerError> {
    let config = Config {
        name: stream.name.clone(),
        subjects: stream.subjects.clone(),
        duplicate_window: stream.duplicate_window,
        num_replicas: stream.replicas,
        ..Config::default()
    };
    let made = context.get_or_create_stream(config).await;
    made.map(drop).map_err(|error| {
        let name = &stream.name;
        let what = format!("could not make JetStream stream `{name}`: {}", told(&error));
        match error.kind() {
            // The server says what is wrong with it, unless it is not ready itself.
            CreateStreamErrorKind::JetStream(of) if of.code() < 500 => BrokerError::misconfigured(
                what,
            )
            .with_hint("see `nats stream ls` for the streams that there are, and their subjects"),
            CreateStreamErrorKind::EmptyStreamName | CreateStreamErrorKind::InvalidStreamName => {
                BrokerError::misconfigured(what)
                    .with_hint("a name has no spaces and no dots, like `EVENTS`")
            }
            _ => BrokerError::unreachable(what).with_hint(JETSTREAM),
        }
    })
}

const JETSTREAM: &str =
    "see that the server runs with JetStream (`nats-server -js`), and that this account may use it";

/// An error with its causes.
pub(super) fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}

/// Addresses as they may be shown.
fn without_passwords(addresses: &str) -> String {
    let shown = addresses
        .split(',')
        .map(|address| match address.rsplit_once('@') {
            Some((before, host)) => match before.split_once("://") {
                Some((scheme, _)) => format!("{scheme}://...@{host}"),
                None => format!("...@{host}"),
            },
            None => address.to_owned(),
        });
    shown.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::without_passwords;

    #[test]
    fn passwords_are_not_shown() {
        let shown = without_passwords("nats://me:se@cret@one:4222,two:4222,me:secret@three");
        assert_eq!(shown, "nats://...@one:4222,two:4222,...@three");
    }
}
