//! Which SQLite it is.

use super::{DOING, Patient, during};
use crate::error::Error;
use crate::store::finding::Finding;

pub(super) async fn check(patient: &mut Patient) -> Result<Vec<Finding>, Error> {
    let version: String = sqlx::query_scalar("select sqlite_version()")
        .fetch_one(&mut *patient.connection)
        .await
        .map_err(during(DOING))?;
    Ok(vec![
        Finding::ok(format!("SQLite {version}")).with("version", version),
    ])
}
