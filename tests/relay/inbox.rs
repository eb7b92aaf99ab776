//! What a test sends to an inbox.

use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::{AckPolicy, pull};
use async_nats::jetstream::stream::Config;

use crate::broker::context;

/// The stream of orders, with a consumer to which a message is delivered again within a second.
pub(crate) async fn orders(url: &str) -> Context {
    let context = context(url).await;
    let config = Config {
        name: "ORDERS".to_owned(),
        subjects: vec!["orders.>".to_owned()],
        // So short that the server stores what is sent twice.
        duplicate_window: Duration::from_millis(100),
        ..Config::default()
    };
    let stream = context.create_stream(config).await.expect("a stream");
    let consumer = pull::Config {
        durable_name: Some("orders".to_owned()),
        ack_policy: AckPolicy::Explicit,
        ack_wait: Duration::from_secs(1),
        ..pull::Config::default()
    };
    stream.create_consumer(consumer).await.expect("a consumer");
    context
}

/// Sends a message with an id of its own.
pub(crate) async fn send(context: &Context, id: &str, payload: impl Into<Vec<u8>>) {
    let mut headers = HeaderMap::new();
    headers.insert("Nats-Msg-Id", id);
    headers.insert("annals-correlation", "talk");
    headers.insert("Annals-Event-Id", "cause");
    headers.insert("traceparent", "trace");
    let sent = context.publish_with_headers("orders.new", headers, payload.into().into());
    sent.await.expect("it is sent").await.expect("it is stored");
}

/// How many messages nobody has acknowledged.
pub(crate) async fn left(context: &Context) -> u64 {
    let stream = context.get_stream("ORDERS").await.expect("the stream");
    let mut consumer = stream
        .get_consumer::<pull::Config>("orders")
        .await
        .expect("the consumer");
    let info = consumer.info().await.expect("it can be asked");
    info.num_pending + info.num_ack_pending as u64
}
