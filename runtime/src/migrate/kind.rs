//! What is done to the rows of a projection is done to nothing else that follows the feed.

use std::sync::Arc;

use crate::error::{Error, ErrorKind};
use crate::process;
use crate::projection::{Engine, Mode};
use crate::relay;
use crate::store::Store;
use crate::store::projections::Build;

/// What a name stands for that is not a projection's, like `process`.
pub(super) fn other_kind<'a>(builds: &'a [Build], name: &str) -> Option<&'a str> {
    let projections = [Mode::Following, Mode::Inline, Mode::Live].map(Mode::word);
    let mut of_name = builds.iter().filter(|build| build.name == name);
    let other = of_name.find(|build| !projections.contains(&&*build.mode));
    other.map(|build| &*build.mode)
}

/// # Errors
/// Where something else than a projection is called so, which has no rows to build or to show: a process, for example.
pub(super) async fn check_projection(store: &Store, name: &str) -> Result<(), Error> {
    let builds = store.inner.backend.builds().await?;
    let registered = store.registered();
    let is_declared = |engines: &[Arc<dyn Engine>]| {
        let mut engines = engines.iter();
        engines.any(|engine| *engine.definition().name == *name)
    };
    let kind = match other_kind(&builds, name) {
        Some(kind) => kind,
        None if is_declared(&registered.processes) => process::MODE,
        None if is_declared(&registered.relays) => relay::MODE,
        None => return Ok(()),
    };
    let error = Error::new(
        ErrorKind::Declaration,
        format!(
            "`{name}` is a {kind} and no projection: it has no rows that could be built or shown"
        ),
    );
    Err(error.with_hint(match kind {
        process::MODE => format!(
            "see `process list {name}`; a new version of a process takes over where the one before it stands, as \
             soon as it is served"
        ),
        relay::MODE => "see `outbox status`".to_owned(),
        _ => "see `projection list`".to_owned(),
    }))
}
