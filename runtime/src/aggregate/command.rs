//! Commands that come from elsewhere than a caller: from a process, or from a broker.

use std::pin::Pin;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Aggregate, Handle};
use crate::append::Receipt;
use crate::error::{Error, ErrorKind};
use crate::event::{Event, EventKind, Misfit, decode};
use crate::metadata::Metadata;
use crate::root::{CommandError, Root};
use crate::store::Store;
use crate::stream::StreamId;

/// A command as data: what is asked of an aggregate, in a form that can be stored and sent.
///
/// Write `#[derive(Command)]`. It has a name and a version like an event, and its shape is locked like one: what was sent by
/// yesterday's program is still understood.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a command that can be sent",
    label = "not a command as data",
    note = "add `#[derive(Command, Clone, Serialize, Deserialize)]` and `#[command(\"its.name\")]` to `{Self}`"
)]
pub trait Command: Event + Clone {}

/// An aggregate that takes the command `C` from processes and brokers.
///
/// Write `commands(..)` into `#[aggregate(..)]`: `#[aggregate(events(..), commands(Withdraw))]`. That the aggregate decides on
/// what it lists is asked for there.
#[diagnostic::on_unimplemented(
    message = "aggregate `{Self}` does not take command `{C}`",
    label = "not listed in `commands(..)` of `{Self}`",
    note = "write `commands({C})` in `#[aggregate(..)]` of `{Self}`, which has to decide on it"
)]
pub trait Accepts<C>: Aggregate {}

/// Why a command was refused, in a form that can be stored: the `Error` of the method that decides on it.
#[diagnostic::on_unimplemented(
    message = "a refusal of type `{Self}` cannot be stored",
    label = "the refusal of a command in `commands(..)` must be data",
    note = "add `#[derive(Serialize, Deserialize)]` to `{Self}`"
)]
pub trait Refusal: Serialize + DeserializeOwned + Send + Sync + 'static {}

#[diagnostic::do_not_recommend]
impl<E: Serialize + DeserializeOwned + Send + Sync + 'static> Refusal for E {}

/// One command that an aggregate takes.
#[doc(hidden)]
pub struct Accepted {
    pub(crate) kind: EventKind,
    pub(crate) deliver: &'static dyn Deliver,
}

impl Accepted {
    /// That of the command `C`. It alone mentions `Handle` and `Command`, so that a missing one is one error.
    #[must_use]
    pub const fn of<A, C>() -> Self
    where
        A: Handle<C>,
        C: Command,
        A::Error: Refusal,
    {
        Accepted {
            kind: EventKind::of::<C>(),
            deliver: &To(std::marker::PhantomData::<fn(A, C)>),
        }
    }
}

/// A stored command on its way to an instance of an aggregate.
pub(crate) struct Delivery<'a> {
    pub(crate) store: &'a Store,
    pub(crate) stream: &'a StreamId,
    /// What makes its effect happen once.
    pub(crate) key: &'a str,
    pub(crate) version: u32,
    pub(crate) payload: &'a [u8],
    pub(crate) metadata: Metadata,
}

/// What became of a command.
pub(crate) enum Delivered {
    Accepted(Receipt),
    /// With the refusal as JSON.
    Refused(String),
}

/// Why a command could not be delivered.
pub(crate) enum Undelivered {
    /// It cannot be read.
    Misfit(Misfit),
    /// It could not be decided on, or what followed could not be stored.
    Failed(Error),
}

pub(crate) type Delivering<'a> =
    Pin<Box<dyn Future<Output = Result<Delivered, Undelivered>> + Send + 'a>>;

/// Brings stored commands of one kind to an aggregate.
pub(crate) trait Deliver: Sync {
    fn deliver<'a>(&'a self, delivery: Delivery<'a>) -> Delivering<'a>;
}

struct To<A, C>(std::marker::PhantomData<fn(A, C)>);

impl<A, C> Deliver for To<A, C>
where
    A: Handle<C>,
    C: Command,
    A::Error: Refusal,
{
    fn deliver<'a>(&'a self, delivery: Delivery<'a>) -> Delivering<'a> {
        Box::pin(async move {
            let Delivery {
                version, payload, ..
            } = delivery;
            let command = decode::<C>(version, payload).map_err(Undelivered::Misfit)?;
            let root = Root::<A>::at(delivery.store.clone(), delivery.stream.clone());
            let executed = root
                .execute(command)
                .key(delivery.key)
                .metadata(delivery.metadata)
                .await;
            match executed {
                Ok(receipt) => Ok(Delivered::Accepted(receipt)),
                Err(CommandError::Rejected(refusal)) => {
                    // It was written under the key already.
                    let json = serde_json::to_string(&refusal);
                    let json = json.map_err(|error| unwritten(&error))?;
                    Ok(Delivered::Refused(json))
                }
                Err(CommandError::Store(error)) => Err(Undelivered::Failed(error)),
            }
        })
    }
}

fn unwritten(error: &serde_json::Error) -> Undelivered {
    let what = format!("a refusal cannot be written as JSON: {error}");
    Undelivered::Failed(Error::new(ErrorKind::Misfit, what))
}
