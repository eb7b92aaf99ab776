//! What a message asks for.

use std::fmt;
use std::pin::Pin;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::aggregate::{Aggregate, Handle};
use crate::error::Error;
use crate::metadata::Metadata;
use crate::root::{CommandError, Root};
use crate::store::Store;
use crate::stream::StreamId;

/// What a message asks of whom.
#[must_use = "it is for the inbox to carry out"]
pub struct Request {
    tenant: String,
    /// The stream of the aggregate, where anything is asked for.
    stream: Option<StreamId>,
    send: Box<Send>,
}

type Send = dyn FnOnce(Store, String, Metadata) -> Sending + std::marker::Send + Sync;
type Sending = Pin<Box<dyn Future<Output = Result<Answer, Error>> + std::marker::Send>>;

/// What became of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Done,
    Refused,
}

impl Request {
    /// A command for the instance `id` of the aggregate `A`.
    pub fn to<A, C>(id: impl Into<A::Id>, command: C) -> Self
    where
        A: Handle<C> + Aggregate,
        A::Error: Serialize + DeserializeOwned + std::marker::Send + 'static,
        C: Clone + std::marker::Send + Sync + 'static,
    {
        let stream = StreamId::new(A::NAME, id.into());
        Request {
            tenant: String::new(),
            stream: Some(stream.clone()),
            send: Box::new(move |store, key, metadata| {
                Box::pin(async move {
                    let root = Root::<A>::at(store, stream);
                    match root.execute(command).key(key).metadata(metadata).await {
                        Ok(_) => Ok(Answer::Done),
                        Err(CommandError::Rejected(_)) => Ok(Answer::Refused),
                        Err(CommandError::Store(error)) => Err(error),
                    }
                })
            }),
        }
    }

    /// Nothing: the message is of no concern, and is acknowledged.
    pub fn nothing() -> Self {
        Request {
            tenant: String::new(),
            stream: None,
            send: Box::new(|_, _, _| Box::pin(std::future::ready(Ok(Answer::Done)))),
        }
    }

    /// The tenant to whose aggregate the command goes. Otherwise that of the store on which the inbox runs.
    pub fn of_tenant(mut self, tenant: impl Into<String>) -> Self {
        self.tenant = tenant.into();
        self
    }

    pub(super) async fn carry_out(
        self,
        store: &Store,
        key: String,
        metadata: Metadata,
    ) -> Result<Answer, Error> {
        let store = match self.tenant.as_str() {
            "" => store.clone(),
            tenant => store.tenant(tenant),
        };
        (self.send)(store, key, metadata).await
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("stream", &self.stream)
            .finish_non_exhaustive()
    }
}
