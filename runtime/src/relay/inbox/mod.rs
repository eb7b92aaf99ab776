//! From a message broker into the store: each message becomes a command that takes effect once.
//!
//! An [`Inbox`] takes messages from a [`Source`], and a function of yours says what each of them asks of which aggregate. The command
//! has the key `<inbox>/<message id>`, so that a message that is delivered again, to this process or to another, gets the answer that
//! it got before. It is acknowledged after that.
//!
//! - **A refusal is an answer.** It is kept under the key, and the message is done.
//! - **What cannot be stored for the moment** is given back to the broker, which delivers it again after a pause.
//! - **What is no command** (the function fails or panics, or the aggregate's id or the metadata cannot be stored) is neither lost nor in
//!   the way: it is recorded, once, as an event [`Unusable`] in stream `inbox-<inbox>`, and acknowledged: see
//!   `stream events inbox-<inbox>`.
//!
//! Events that follow have the message's `Annals-Correlation` and `Annals-Actor` for theirs, its `traceparent` and `tracestate` among their
//! metadata, and as their causation `Annals-Event-Id`, which is where a relay says what a message is about, or else the message's
//! own id.
//!
//! Messages are taken one after another, and several processes share those of one inbox: [`App::inbox`](crate::App::inbox) runs it
//! with the app, [`Inbox::run`] by itself.

mod request;
mod source;
mod unusable;
mod work;

use std::fmt;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

pub use request::Request;
pub use source::{Delivery, Incoming, Source};
pub use unusable::Unusable;

use crate::error::{Error, ErrorKind};
use crate::projection::{Beside, Failure};
use crate::store::Store;

/// Turns messages into commands.
#[must_use = "an inbox does nothing until it is run"]
pub struct Inbox<S> {
    name: String,
    source: S,
    request: Arc<RequestOf>,
}

type RequestOf = dyn Fn(&Incoming) -> Result<Request, Failure> + Send + Sync;

impl<S: Source> Inbox<S> {
    /// An inbox of this name, which must stay: it is part of the key of every command. The function is given each message.
    ///
    /// ```
    /// use annals::prelude::*;
    /// use annals::relay::inbox::{Inbox, Request, Source};
    /// # #[derive(Event, Serialize, Deserialize)] #[event("order.paid")] struct Paid { cents: u64 }
    /// # #[derive(Aggregate, Default)] #[aggregate(name = "order", events(Paid))] struct Order;
    /// # #[aggregate] impl Order {
    /// #     fn paid(&mut self, _: Paid) {}
    /// #     fn pay(&self, command: Pay) -> Result<Paid, String> { Ok(Paid { cents: command.cents }) }
    /// # }
    ///
    /// #[derive(Clone, Deserialize)]
    /// struct Pay { order: String, cents: u64 }
    ///
    /// # fn doc(source: impl Source) {
    /// let inbox = Inbox::new("payments", source, |message| {
    ///     let pay: Pay = message.json()?;
    ///     Ok::<_, serde_json::Error>(Request::to::<Order, _>(pay.order.clone(), pay))
    /// });
    /// # let _ = inbox; }
    /// ```
    pub fn new<E: fmt::Display>(
        name: impl Into<String>,
        source: S,
        request: impl Fn(&Incoming) -> Result<Request, E> + Send + Sync + 'static,
    ) -> Self {
        Inbox {
            name: name.into(),
            source,
            request: Arc::new(move |message| request(message).map_err(Failure::new)),
        }
    }

    /// Takes messages until a future ends; then finishes the one at hand.
    ///
    /// # Errors
    /// Where no stream can have its name, or the store cannot be written. What goes wrong later is tried again.
    pub async fn run(
        &self,
        store: &Store,
        until: impl Future<Output = ()> + Send,
    ) -> Result<(), Error> {
        self.check()?;
        store.check_writable()?;
        let stop = CancellationToken::new();
        let work = self.work(store, &stop);
        tokio::pin!(work);
        tokio::select! {
            () = &mut work => return Ok(()),
            () = until => stop.cancel(),
        }
        work.await;
        Ok(())
    }

    /// # Errors
    /// Where no stream can have its name.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let name = &self.name;
        if (1..=NAME_BYTES).contains(&name.len()) && !name.contains('\0') {
            return Ok(());
        }
        let what = format!("no inbox can be named {name:?}");
        Err(Error::new(ErrorKind::Declaration, what).with_hint(format!(
            "name it by a word of at most {NAME_BYTES} bytes, like `payments`"
        )))
    }
}

/// So that there is room for an id behind it in a key.
const NAME_BYTES: usize = 200;

/// An inbox of whatever broker.
pub(crate) trait Port: Send + Sync {
    /// As [`Inbox::check`].
    fn check(&self) -> Result<(), Error>;

    fn name(&self) -> &str;

    /// Takes messages until it is told to stop.
    fn follow(self: Arc<Self>, store: Store, stop: CancellationToken) -> Beside;
}

impl<S: Source> Port for Inbox<S> {
    fn check(&self) -> Result<(), Error> {
        Inbox::check(self)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn follow(self: Arc<Self>, store: Store, stop: CancellationToken) -> Beside {
        Box::pin(async move { self.work(&store, &stop).await })
    }
}

impl fmt::Debug for dyn Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl<S> fmt::Debug for Inbox<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
