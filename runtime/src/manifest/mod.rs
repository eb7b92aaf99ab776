//! What this program stores events with, held against what others stored in the same database.
//!
//! The compiler holds a program against its lock; which programs wrote to a database it cannot know. The database can: it
//! keeps every shape in which a release stored a version of an event. A program that would misread one of them, or would be
//! misread by a release that may run beside it, is refused when it starts.

mod difference;
mod judge;
mod known;
mod refusal;

use crate::error::Error;
use crate::event::Lineage;
use crate::store::Store;
use judge::{Judge, Judged};

/// Whether releases with an older shape of a version may run beside this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Older {
    /// They may.
    MayRun,
    /// They were taken out of service.
    AreGone,
}

/// Holds the released versions that a program knows against the shapes in the database, and keeps those that are new. Drafts
/// are passed over.
///
/// All that is new is kept, or nothing of it. Programs that do so at the same moment wait for each other; where nothing is
/// new, nothing is written and nobody is waited for.
///
/// A store that was opened for reading alone is only compared, by what it reads: it writes nothing that others could
/// misread.
///
/// # Errors
/// [`ErrorKind::Schema`](crate::ErrorKind::Schema), which names every event that is concerned, where the program
/// - could not read what was stored in one of the shapes,
/// - would store what a release that may run could not read,
/// - is older than another release here, and could not read what that one stores,
/// - or has two types for one version that are stored differently.
///
/// Otherwise where the database fails.
pub async fn register(
    store: &Store,
    lineages: impl IntoIterator<Item = &'static Lineage>,
    older: Older,
) -> Result<(), Error> {
    run(store, lineages, older).await.map(|_| ())
}

/// [`register`], after older releases were taken out of service: this program may store what they could not read. Answers
/// what of it they could not, a line for each change.
///
/// Such a release that is started again all the same is refused.
///
/// # Errors
/// Those of [`register`]; [`ErrorKind::ReadOnly`](crate::ErrorKind::ReadOnly) where the store was opened for reading alone.
pub async fn accept(
    store: &Store,
    lineages: impl IntoIterator<Item = &'static Lineage>,
) -> Result<Vec<String>, Error> {
    store.check_writable()?;
    run(store, lineages, Older::AreGone).await
}

/// As [`register`] at the start of a program that writes, but that nothing is kept. Answers how many versions would be.
///
/// # Errors
/// Those of [`register`].
pub(crate) async fn compare(
    store: &Store,
    lineages: impl IntoIterator<Item = &'static Lineage>,
) -> Result<usize, Error> {
    let judge = Judge {
        known: known::known(lineages)?,
        older: Older::MayRun,
        writes: true,
    };
    let judged = judge.judge(&store.inner.backend.schemas().await?)?;
    Ok(judged.fresh.len())
}

async fn run(
    store: &Store,
    lineages: impl IntoIterator<Item = &'static Lineage>,
    older: Older,
) -> Result<Vec<String>, Error> {
    let backend = &store.inner.backend;
    let judge = Judge {
        known: known::known(lineages)?,
        older,
        writes: store.check_writable().is_ok(),
    };
    let Judged { fresh, .. } = judge.judge(&backend.schemas().await?)?;
    if fresh.is_empty() {
        return Ok(Vec::new());
    }
    // Others may have added to what was read.
    let mut accepted = Vec::new();
    backend
        .add_schemas(&mut |rows| {
            let judged = judge.judge(&rows)?;
            accepted = judged.accepted;
            Ok(judged.fresh)
        })
        .await?;
    Ok(accepted)
}
