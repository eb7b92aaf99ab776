use std::time::Instant;

use super::build::Report;
use super::kind::check_projection;
use super::run::{Progress, Stage};
use super::switch::declared;
use crate::app::App;
use crate::error::{Error, ErrorKind};
use crate::feed::Feed;
use crate::projection::{Definition, Engine, Halt};
use crate::store::Store;
use crate::store::projections::BuildChange;
use crate::stream::Position;

const PAGE: u32 = 10_000;

/// Makes the rows of the declared version anew, in place: for a version that is in development, or whose table was damaged.
/// Answers how many rows there are.
///
/// All events are folded in memory first; then the rows are replaced in one transaction, before which readers see the old ones
/// and after which they see the new ones. Parked events are handled like all others. It takes the memory of all rows: to build
/// more than fit, raise the version and run a migration.
///
/// # Errors
/// Where the projection has no table of its own or is inline, an event cannot be read or handled, or the database fails.
/// Nothing is changed then.
pub async fn rebuild(app: &App, projection: &str, report: Report<'_>) -> Result<u64, Error> {
    let store = app.connect_for_migration().await?;
    check_projection(&store, projection).await?;
    let engine = declared(&store, projection)?;
    let definition = engine.definition();
    let (Some(mut bulk), Some(table)) = (engine.bulk(true), definition.table()) else {
        return Err(refused(definition));
    };
    super::switch::builds(&store, projection)
        .await?
        .iter()
        .find(|build| build.version == definition.version)
        .ok_or_else(|| super::switch::not_built(&definition.name, definition.version))?;
    let reader = bulk.reader();
    let (begun, mut events) = (Instant::now(), 0);
    // The rows that are there must not be replaced by fewer, since somebody was just storing something.
    let end = store.end().await?;
    let mut at = Position::new(0);
    loop {
        let page = feed(&store, &*engine, at).read().await?;
        let (frontier, is_end) = (page.frontier(), page.is_end());
        at = page.checkpoint();
        let list = page.into_events();
        events += list.len() as u64;
        let read = reader(list);
        if let Some(halt) = bulk.fold(&store.inner.backend, read).await? {
            return Err(stumbled(definition, halt));
        }
        report(&Progress {
            projection: definition.name.to_string(),
            version: definition.version,
            stage: Stage::Building,
            from: 0,
            position: at.get(),
            target: frontier.get(),
            events,
            elapsed: begun.elapsed(),
        });
        if is_end {
            if at >= end {
                break;
            }
            store.end().await?;
        }
    }
    let backend = &store.inner.backend;
    let mut tx = backend.begin().await?;
    backend.lock_build(&mut tx, projection).await?;
    for part in definition.parts() {
        backend.lock_partition(&mut tx, &part).await?;
        // A worker that is further than this goes back to where the rows are.
        backend.move_partition(&mut tx, &part, at.to_i64()).await?;
    }
    backend
        .unpark_all(&mut tx, projection, definition.version)
        .await?;
    backend.clear_table(&mut tx, &table).await?;
    bulk.write(backend, &mut tx, usize::MAX).await?;
    let same = BuildChange {
        fingerprint: Some(&definition.fingerprint),
        ..BuildChange::default()
    };
    backend
        .change_build(&mut tx, projection, definition.version, same)
        .await?;
    tx.commit().await?;
    store.inner.news.projected();
    Ok(bulk.rows().unwrap_or_default())
}

fn feed(store: &Store, engine: &dyn Engine, after: Position) -> Feed {
    Feed::of_all_tenants(store)
        .events(engine.routes().names())
        .after(after)
        .page(PAGE)
}

fn refused(definition: &Definition) -> Error {
    let Definition { name, version, .. } = definition;
    Error::new(
        ErrorKind::Declaration,
        format!("projection `{name}` cannot be built anew in place"),
    )
    .with_hint(format!(
        "raise it to `version = {}` and run `migrate run`, which builds it beside the one that is in use",
        version + 1
    ))
}

fn stumbled(definition: &Definition, halt: Halt) -> Error {
    let error = halt.into_error();
    if error.kind() != ErrorKind::Unhandled {
        return error;
    }
    error.with_hint(format!(
        "mend the handler; or raise it to `version = {}` and run `migrate run`, which parks what cannot be handled",
        definition.version + 1
    ))
}
