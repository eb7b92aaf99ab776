//! Which server it is.

use sqlx::Row;

use super::{DOING, Patient, during};
use crate::error::Error;
use crate::store::finding::Finding;

/// The oldest version that the tests run on.
const OLDEST: i32 = 150_000;

const SERVER: &str = "
select current_setting('server_version') as version, current_setting('server_version_num')::integer as number,
       pg_is_in_recovery() as is_standby
";

pub(super) async fn check(patient: &mut Patient) -> Result<Vec<Finding>, Error> {
    let during = during(DOING);
    let row = sqlx::query(SERVER)
        .fetch_one(&mut patient.connection)
        .await
        .map_err(&during)?;
    let version: String = row.try_get("version").map_err(&during)?;
    let number: i32 = row.try_get("number").map_err(&during)?;
    let what = format!("PostgreSQL {version}");
    let finding = if row.try_get("is_standby").map_err(&during)? {
        Finding::warning(
            format!("{what}, a standby: it can be read, but for the feed, and not be written"),
            "connect to the primary server",
        )
    } else if number < OLDEST {
        Finding::warning(
            format!("{what}, which annals is not tested on"),
            "move to PostgreSQL 15 or newer",
        )
    } else {
        Finding::ok(what)
    };
    Ok(vec![finding.with("version", version)])
}
