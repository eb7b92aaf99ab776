use std::sync::Arc;

use super::find::{find, parked_of};
use super::known::check_declared;
use crate::app::App;
use crate::append::check_tenant;
use crate::error::Error;
use crate::projection::parked;

/// What is tried again of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Retried {
    /// Commands and timers: workers try them again at once.
    pub scheduled: u64,
    /// What became of the events that were parked.
    pub events: parked::Retried,
}

/// Tries again what waits for an operator: parked events at once and in their order, parked commands and timers as soon
/// as a worker comes to them.
///
/// # Errors
/// Where there is no such instance, the program does not declare the process and events of it are parked, or the database
/// fails.
pub async fn retry(app: &App, process: &str, tenant: &str, id: &str) -> Result<Retried, Error> {
    check_tenant(tenant)?;
    let store = app.connect_for_migration().await?.tenant(tenant);
    let mut events = parked::Retried::default();
    if parked_of(&store, process, id).await?.is_empty() {
        find(app, &store, process, id).await?;
    } else {
        check_declared(&store, process)?;
        events = parked::retry_those(&store, process, |one| {
            *one.tenant == *tenant && one.key == id
        })
        .await?;
        // Those of another version than the declared one, too.
        events.parked = parked_of(&store, process, id).await?.len() as u64;
    }
    let place = (Arc::from(tenant), id.to_owned());
    let scheduled = store.inner.backend.retry_instance(process, &place).await?;
    Ok(Retried { scheduled, events })
}
