use super::ListedInstance;
use super::known::check_known;
use crate::app::App;
use crate::error::{Error, ErrorKind};
use crate::store::Store;
use crate::store::processes::InstanceFilter;
use crate::store::projections::Parked;

/// Where an instance of the store's tenant stands.
///
/// # Errors
/// Where there is none.
pub(super) async fn find(
    app: &App,
    store: &Store,
    process: &str,
    id: &str,
) -> Result<ListedInstance, Error> {
    let filter = InstanceFilter {
        process: Some(process),
        id: Some(id),
        ..InstanceFilter::default()
    };
    let found = store.inner.backend.list_instances(filter, u32::MAX).await?;
    let mut found = found.into_iter();
    if let Some(row) = found.find(|row| row.tenant == store.tenant_name()) {
        return Ok(row.into());
    }
    check_known(app, store, process).await?;
    let parked = parked_of(store, process, id).await?;
    Err(match parked.len() {
        0 => no_instance(store.tenant_name(), process, id),
        parked => not_begun(store.tenant_name(), process, id, parked),
    })
}

/// The events that concern an instance of the store's tenant and are parked.
pub(super) async fn parked_of(
    store: &Store,
    process: &str,
    id: &str,
) -> Result<Vec<Parked>, Error> {
    let mut parked = store.inner.backend.parked(Some(process), u32::MAX).await?;
    parked.retain(|one| *one.tenant == *store.tenant_name() && one.key == id);
    Ok(parked)
}

/// How an instance is named to a command.
pub(crate) fn words(process: &str, tenant: &str, id: &str) -> String {
    match tenant {
        "" => format!("{process} {id}"),
        tenant => format!("{process} {id} --tenant {tenant}"),
    }
}

fn no_instance(tenant: &str, process: &str, id: &str) -> Error {
    let what = format!("process `{process}` has no instance `{id}`");
    let (what, hint) = match tenant {
        "" => (
            what,
            format!(
                "see `process list {process}`; an instance of a tenant is found with `--tenant`"
            ),
        ),
        tenant => (
            format!("{what} in tenant `{tenant}`"),
            format!("see `process list {process}`"),
        ),
    };
    Error::new(ErrorKind::NotFound, what).with_hint(hint)
}

fn not_begun(tenant: &str, process: &str, id: &str, parked: usize) -> Error {
    let events = match parked {
        1 => "the one event that concerns it is parked".to_owned(),
        several => format!("the {several} events that concern it are parked"),
    };
    Error::new(
        ErrorKind::NotFound,
        format!("instance `{id}` of process `{process}` has not begun: {events}"),
    )
    .with_hint(format!(
        "see `parked list {process}`; mend the method, then run `process retry {}`, or give the events up with \
         `parked discard`",
        words(process, tenant, id)
    ))
}
