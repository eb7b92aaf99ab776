//! Sees that the database holds what is declared, before anybody follows with it.

use std::sync::Arc;

use super::Mode;
use super::definition::Definition;
use super::engine::Engine;
use crate::error::{Error, ErrorKind};
use crate::store::projections::{Build, BuildChange, FoundColumn, NewBuild, Status};
use crate::store::{Backend, Store, Tx};

/// What to run where the declared version of a projection is not there yet.
pub(crate) const MIGRATE_HINT: &str = "run `migrate run` of this program (`cargo run -- migrate run`): it builds the new version beside the old one";

/// Makes what no version of is there yet, and checks the rest.
///
/// # Errors
/// Where the database holds another version, half of this one, other columns, or rows that were made by other rules.
pub(crate) async fn prepare(store: &Store, engines: &[Arc<dyn Engine>]) -> Result<(), Error> {
    let backend = &store.inner.backend;
    let builds = backend.builds().await?;
    for engine in engines {
        let definition = engine.definition();
        if definition.mode == Mode::Live {
            continue;
        }
        let mut known = builds.iter().filter(|build| build.name == *definition.name);
        match known.find(|build| build.version == definition.version) {
            Some(build) => {
                check(backend, definition, build).await?;
                if build.status == Status::Building {
                    return Err(unfinished(definition));
                }
            }
            None => match builds.iter().find(|build| build.name == *definition.name) {
                Some(other) => return Err(missing(definition, other)),
                None => create(store, definition).await?,
            },
        }
    }
    Ok(())
}

/// Keeps track of a projection from its first event on, with an empty table that is shown at once.
async fn create(store: &Store, definition: &Definition) -> Result<(), Error> {
    let backend = &store.inner.backend;
    // What happened before is handled, but nothing is done about it any more.
    let effects_after = match definition.has_effects() {
        true => backend.end().await?,
        false => 0,
    };
    let mut tx = backend.begin().await?;
    backend.lock_build(&mut tx, &definition.name).await?;
    let new = NewBuild {
        effects_after,
        ..definition.new_build(definition.mode.word(), Status::Following)
    };
    if !add_current(backend, &mut tx, &new).await? {
        // Another program was faster.
        return tx.rollback().await;
    }
    if let Some(table) = definition.table() {
        backend.create_table(&mut tx, &table).await?;
        backend.create_indexes(&mut tx, &table).await?;
        backend
            .point_view(&mut tx, &definition.name, &table)
            .await?;
    }
    tx.commit().await
}

/// Keeps track of something as the version that is shown. Answers whether it was not there.
pub(crate) async fn add_current(
    backend: &Backend,
    tx: &mut Tx,
    new: &NewBuild<'_>,
) -> Result<bool, Error> {
    let is_new = backend.add_build(tx, new).await?;
    let shown = BuildChange {
        is_current: Some(true),
        ..BuildChange::default()
    };
    backend
        .change_build(tx, new.name, new.version, shown)
        .await?;
    Ok(is_new)
}

/// # Errors
/// Where what is there is not what is declared.
pub(crate) async fn check(
    backend: &Backend,
    definition: &Definition,
    build: &Build,
) -> Result<(), Error> {
    let Definition { name, version, .. } = definition;
    let refuse = |what: String, hint: String| {
        Err(Error::new(
            ErrorKind::ReadModel,
            format!(
                "projection `{name}` version {version} is not the one that the database has: {what}"
            ),
        )
        .with_hint(hint))
    };
    let next = version + 1;
    let bump = format!(
        "make it `version = {next}` and run `migrate run`, which builds the new rows beside the old ones"
    );
    if let Some(table) = definition.table() {
        let found = backend.describe_table(&table.name).await?;
        let expected = backend.expected_columns(&table);
        if let Some(difference) = difference(&expected, found.as_deref()) {
            let what = format!("table `{}` {difference}", table.name);
            return refuse(what, bump);
        }
    }
    if build.partitions != definition.partitions {
        let what = format!(
            "it has {} partitions, and {} are declared",
            build.partitions, definition.partitions
        );
        return refuse(what, bump);
    }
    if build.mode != definition.mode.word() {
        let what = format!(
            "it is {}, and declared to be {}",
            build.mode,
            definition.mode.word()
        );
        return refuse(what, bump);
    }
    if build.fingerprint != definition.fingerprint {
        let what = "its handlers changed, so that its rows may be other ones".to_owned();
        return refuse(
            what,
            format!(
                "{bump}; where the rows stay the same, run `projection accept {name}`; where they may be gone for a while, run \
                 `projection rebuild {name}`"
            ),
        );
    }
    Ok(())
}

/// What tells the columns apart, in words that go on after "table `x`".
fn difference(expected: &[FoundColumn], found: Option<&[FoundColumn]>) -> Option<String> {
    let Some(found) = found else {
        return Some("is missing".to_owned());
    };
    for column in expected {
        let Some(other) = found.iter().find(|other| other.name == column.name) else {
            return Some(format!("lacks column `{}`", column.name));
        };
        if other != column {
            return Some(format!(
                "has column `{}` as {}, and it is declared as {}",
                column.name,
                described(other),
                described(column)
            ));
        }
    }
    let mut others = found.iter();
    let other = others.find(|other| expected.iter().all(|column| column.name != other.name))?;
    Some(format!(
        "has a column `{}` that is not declared",
        other.name
    ))
}

fn described(column: &FoundColumn) -> String {
    let null = if column.nullable { "" } else { " not null" };
    let key = match column.key {
        Some(place) => format!(", part {place} of the key"),
        None => String::new(),
    };
    format!("`{}{null}`{key}", column.kind)
}

/// Who started with it would read rows that are not all there.
fn unfinished(definition: &Definition) -> Error {
    let Definition { name, version, .. } = definition;
    Error::new(
        ErrorKind::ReadModel,
        format!("version {version} of projection `{name}` is being built, and is not shown yet"),
    )
    .with_hint(format!(
        "wait until `migrate run` of this program is done, or run it again: it goes on where it was; after one with \
         `--no-switch`, run `projection promote {name}`"
    ))
}

fn missing(definition: &Definition, other: &Build) -> Error {
    Error::new(
        ErrorKind::ReadModel,
        format!(
            "projection `{}` is declared as version {}, which is not built yet: the database has version {}",
            definition.name, definition.version, other.version
        ),
    )
    .with_hint(MIGRATE_HINT)
}
