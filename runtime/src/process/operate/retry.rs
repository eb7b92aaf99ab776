use std::sync::Arc;

use super::show::find;
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

/// Tries again what waits for an operator: parked events at once and in their order, parked commands and timers as soon as a
/// worker comes to them.
///
/// # Errors
/// Where there is no such instance, the program does not declare the process and events of it are parked, or the database fails.
pub async fn retry(app: &App, process: &str, tenant: &str, id: &str) -> Result<Retried, Error> {
    check_tenant(tenant)?;
    let store = app.connect_for_migration().await?.tenant(tenant);
    let backend = &store.inner.backend;
    let place = (Arc::from(tenant), id.to_owned());
    let all = backend.parked(Some(process), u32::MAX).await?;
    let has_parked = all
        .iter()
        .any(|one| *one.tenant == *tenant && one.key == id);
    if !has_parked {
        find(&store, process, id).await?;
    }
    let events = match has_parked {
        true => parked::retry(app, process, Some(id)).await?,
        false => parked::Retried::default(),
    };
    let scheduled = backend.retry_instance(process, &place).await?;
    Ok(Retried { scheduled, events })
}
