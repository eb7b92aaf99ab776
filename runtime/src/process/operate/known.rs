use crate::app::App;
use crate::error::{Error, ErrorKind};
use crate::process::MODE;
use crate::store::Store;

/// # Errors
/// Where neither the program nor the database knows a process by this name.
pub(super) async fn check_known(app: &App, store: &Store, process: &str) -> Result<(), Error> {
    let at_work = at_work(store).await?.into_iter();
    let mut known: Vec<_> = at_work.map(|(name, _)| name).collect();
    let declared = app.declared()?.processes.iter();
    known.extend(declared.map(|declared| declared.definition.name.to_string()));
    if known.iter().any(|name| name == process) {
        return Ok(());
    }
    known.sort_unstable();
    known.dedup();
    let known: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
    Err(Error::new(
        ErrorKind::NotFound,
        format!("neither the program nor the database knows a process `{process}`"),
    )
    .with_hint(match known.is_empty() {
        true => "add it to the app: `.process::<..>()`".to_owned(),
        false => format!("they know {}", known.join(", ")),
    }))
}

/// # Errors
/// Where the program does not declare the process.
pub(super) fn check_declared(store: &Store, process: &str) -> Result<(), Error> {
    let registered = store.registered();
    let mut declared = registered.processes.iter();
    if declared.any(|engine| *engine.definition().name == *process) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Declaration,
        format!(
            "the program does not declare process `{process}`, whose methods are to try parked events again"
        ),
    )
    .with_hint("add it to the app, `.process::<..>()`, or run the program that declares it"))
}

/// The processes of which the database keeps track, each with the version that is at work.
pub(crate) async fn at_work(store: &Store) -> Result<Vec<(String, u32)>, Error> {
    let mut builds = store.inner.backend.builds().await?;
    builds.retain(|build| build.mode == MODE && build.is_current);
    Ok(builds
        .into_iter()
        .map(|build| (build.name, build.version))
        .collect())
}
