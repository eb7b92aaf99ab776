//! Sees that the database keeps track of each relay, before anybody follows with it.

use super::{Broker, Relay};
use crate::error::{Error, ErrorKind};
use crate::projection::{Definition, add_current};
use crate::store::Store;
use crate::store::projections::{NewBuild, Status};

/// As which relays stand among projections.
pub(crate) const MODE: &str = "relay";

/// Begins with a relay that the database does not know yet, and sees that its broker is ready.
///
/// # Errors
/// Where its name is that of something else, the broker is not set up for it, or the database fails.
pub(super) async fn prepare<B: Broker>(
    store: &Store,
    definition: &Definition,
    relay: &Relay<B>,
) -> Result<(), Error> {
    check_name(store, &relay.name).await?;
    begin(store, definition, relay.begins_now).await?;
    // Something else may have taken the name meanwhile.
    check_name(store, &relay.name).await?;
    match relay.broker.prepare().await {
        Err(error) if error.is_unreachable() => {
            tracing::warn!(relay = relay.name, %error, "nothing is published until the broker can be reached");
            Ok(())
        }
        done => done.map_err(Error::from),
    }
}

async fn begin(store: &Store, definition: &Definition, begins_now: bool) -> Result<(), Error> {
    let backend = &store.inner.backend;
    let mut begins_after = (!begins_now).then_some(0);
    loop {
        let mut tx = backend.begin().await?;
        let is_there = backend.lock_build(&mut tx, &definition.name).await?;
        if is_there.is_some() {
            return tx.rollback().await;
        }
        let Some(checkpoint) = begins_after else {
            tx.rollback().await?;
            begins_after = Some(backend.end().await?);
            continue;
        };
        let new = NewBuild {
            checkpoint,
            ..definition.new_build(MODE, Status::Following)
        };
        add_current(backend, &mut tx, &new).await?;
        return tx.commit().await;
    }
}

/// # Errors
/// Where something that is no relay has the name.
async fn check_name(store: &Store, name: &str) -> Result<(), Error> {
    let builds = store.inner.backend.builds().await?;
    let mut of_name = builds.iter().filter(|build| build.name == name);
    match of_name.find(|build| build.mode != MODE) {
        None => Ok(()),
        Some(other) => Err(of_other_kind(name, &other.mode)),
    }
}

fn of_other_kind(name: &str, mode: &str) -> Error {
    Error::new(
        ErrorKind::Declaration,
        format!(
            "relay `{name}` has the name of something else in the database: of a projection or a process, which is {mode}"
        ),
    )
    .with_hint("give the relay another name")
}
