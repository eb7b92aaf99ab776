//! What the tests do with a broker, and how they wait.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use annals_tests::relays::STREAM;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::{self, Context};
use futures_util::StreamExt;

/// A message as JetStream has it.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) subject: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) payload: String,
}

impl Stored {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// Its stream, and its place there.
    pub(crate) fn place(&self) -> (String, u64) {
        let version = self.header("Annals-Version");
        let version = version.parse().expect("a version");
        (self.header("Annals-Stream").to_owned(), version)
    }
}

pub(crate) async fn context(url: &str) -> Context {
    let client = async_nats::connect(url).await.expect("NATS is there");
    jetstream::new(client)
}

/// All messages of the relay's stream, in their order.
pub(crate) async fn stored(url: &str) -> Vec<Stored> {
    let context = context(url).await;
    let Ok(mut stream) = context.get_stream(STREAM).await else {
        return Vec::new();
    };
    let count = stream.info().await.expect("it can be asked").state.messages;
    let config = pull::Config {
        ack_policy: AckPolicy::None,
        ..pull::Config::default()
    };
    let consumer = stream.create_consumer(config).await.expect("a consumer");
    let messages = consumer.messages().await.expect("messages");
    let messages = messages.take(usize::try_from(count).expect("a number"));
    let messages = messages.map(|message| {
        let message = message.expect("a message");
        let headers = message.headers.iter().flat_map(|headers| headers.iter());
        Stored {
            subject: message.subject.to_string(),
            headers: headers
                .map(|(name, values)| (name.to_string(), values[0].to_string()))
                .collect(),
            payload: String::from_utf8(message.payload.to_vec()).expect("text"),
        }
    });
    messages.collect().await
}

/// How many messages the relay's stream has.
pub(crate) async fn count(url: &str) -> u64 {
    match context(url).await.get_stream(STREAM).await {
        Ok(mut stream) => stream.info().await.map_or(0, |info| info.state.messages),
        Err(_) => 0,
    }
}

/// Asks again until the answer is right.
pub(crate) async fn until<T: std::fmt::Debug, F: Future<Output = T>>(
    mut ask: impl FnMut() -> F,
    is_right: impl Fn(&T) -> bool,
) -> T {
    let begun = Instant::now();
    loop {
        let answer = ask().await;
        if is_right(&answer) {
            return answer;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "still {answer:?}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
