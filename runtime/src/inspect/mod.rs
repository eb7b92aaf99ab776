//! Looks at what is stored, as functions. The command line (`stream show`, `event show`, ..; see [`cli`](crate::cli)) prints
//! what they answer.
//!
//! Every function takes an [`App`] and opens its store by itself, for reading alone: an address at which there is
//! nothing stays empty. None of them holds the program against what other releases stored, so they also look where
//! [`App::open`] refuses. What is stored is shown as it lies there; what the app knows of events and aggregates is told
//! beside it.
//!
//! An empty name of a tenant is that of the tenant to which a store belongs from the start.

mod doctor;
mod event;
mod stats;
mod stream;
mod tail;
mod trace;

pub use crate::app::CurrentEvent;
pub use crate::store::finding::{Finding, Severity};
pub use crate::store::stream_row::EventCount;
pub use crate::store::survey::Size;
pub use doctor::{Checkup, doctor};
pub use event::{EventRef, EventStory, event};
pub use stats::{Recent, Stats, StreamCount, stats};
pub use stream::{SnapshotStory, StreamStory, stream};
pub use tail::{StreamTail, events, follow};
pub use trace::{Traced, trace};

use crate::app::App;
use crate::append::{check_name, check_tenant};
use crate::error::{Error, ErrorKind};
use crate::store::Store;
use crate::stream::StreamId;

/// The store of a tenant.
async fn open(app: &App, tenant: &str) -> Result<Store, Error> {
    check_tenant(tenant)?;
    Ok(app.open_to_look().await?.tenant(tenant))
}

/// # Errors
/// Where no stream can have the name.
fn check_stream(name: &str) -> Result<(), Error> {
    let Some((category, id)) = name.split_once('-') else {
        return Err(
            Error::new(ErrorKind::Name, format!("{name:?} is no name of a stream")).with_hint(
                "write the name of an aggregate and the id of an instance, like `account-123`",
            ),
        );
    };
    check_name(&StreamId::new(category, id))
}

/// The stream of this name: where the name of its aggregate ends, only its row tells.
///
/// # Errors
/// Where it is not stored.
async fn stream_id(store: &Store, name: &str) -> Result<StreamId, Error> {
    check_stream(name)?;
    let tenant = store.tenant_name();
    match store.inner.backend.aggregate_of(tenant, name).await? {
        Some(aggregate) => Ok(named(name, &aggregate)),
        None => Err(no_stream(tenant, name)),
    }
}

fn named(name: &str, aggregate: &str) -> StreamId {
    let id = name
        .strip_prefix(aggregate)
        .and_then(|rest| rest.strip_prefix('-'));
    StreamId::new(aggregate, id.unwrap_or(name))
}

fn no_stream(tenant: &str, name: &str) -> Error {
    not_found(tenant, &format!("no stream is called `{name}`"))
        .with_hint("look for it with the id and the tenant that it was stored with; `stats` tells the aggregates")
}

fn not_found(tenant: &str, what: &str) -> Error {
    let found = match tenant {
        "" => what.to_owned(),
        tenant => format!("{what} in tenant `{tenant}`"),
    };
    Error::new(ErrorKind::NotFound, found)
}
