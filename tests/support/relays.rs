//! A relay and an inbox, for tests in which they are killed.

use std::time::Duration;

use annals::relay::BrokerError;
use annals::relay::Relay;
use annals::relay::inbox::{Delivery, Inbox, Incoming, Request, Source};
use annals::relay::nats::{Nats, NewStream};
use annals::{App, Append, Expected, Store};
use serde::Deserialize;

use crate::domain::{Account, Deposit, Withdraw, account, deposited};

/// The JetStream stream into which the relay publishes.
pub const STREAM: &str = "EVENTS";

/// The server, with that stream.
pub fn nats(url: &str) -> Nats {
    let stream = NewStream::new(STREAM, ["annals.>"]).duplicate_window(Duration::from_secs(600));
    Nats::new(url)
        .ack_timeout(Duration::from_secs(1))
        .create_stream(stream)
}

/// An app whose relay `events` publishes all that happens to accounts.
pub fn app(store: Store, url: &str) -> App {
    let relay = Relay::new("events", nats(url)).categories(["account"]);
    App::new(store)
        .aggregate::<Account>()
        .relay(relay)
        .lease(Duration::from_millis(500))
}

/// Appends so many events to an account.
pub async fn deposits(store: &Store, id: &str, count: i64) {
    for cents in 0..count {
        let append = Append::to(&account(id), Expected::Any, [deposited(cents)]);
        store.append(append).await.expect("it is stored");
    }
}

/// What a message says.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Order {
    Deposit { account: String, cents: i64 },
    Withdraw { account: String, cents: i64 },
}

/// An inbox `orders` that moves money.
pub fn inbox<S: Source>(source: S) -> Inbox<S> {
    Inbox::new("orders", source, |message| {
        Ok::<_, serde_json::Error>(match message.json()? {
            Order::Deposit { account, cents } => Request::to::<Account, _>(account, Deposit(cents)),
            Order::Withdraw { account, cents } => {
                Request::to::<Account, _>(account, Withdraw(cents))
            }
        })
    })
}

/// Ends the process where a message would be acknowledged.
#[derive(Debug)]
pub struct Dying<S>(pub S);

/// A message in whose place the process ends.
#[derive(Debug)]
pub struct Last<D>(D);

impl<S: Source> Source for Dying<S> {
    type Delivery = Last<S::Delivery>;

    async fn receive(&self) -> Result<Self::Delivery, BrokerError> {
        self.0.receive().await.map(Last)
    }
}

impl<D: Delivery> Delivery for Last<D> {
    fn incoming(&self) -> &Incoming {
        self.0.incoming()
    }

    async fn acknowledge(self) -> Result<(), BrokerError> {
        std::process::abort()
    }

    async fn give_back(self, _: Duration) -> Result<(), BrokerError> {
        std::process::abort()
    }
}
