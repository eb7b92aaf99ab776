//! Whether the file is damaged, unless it is too large to be read on the side.

use super::{DOING, Patient, during};
use crate::error::Error;
use crate::store::finding::Finding;

/// So much is read in a few seconds.
const LARGEST: i64 = 1 << 30;

const BYTES: &str = "select page_count * page_size from pragma_page_count, pragma_page_size";

pub(super) async fn check(patient: &mut Patient) -> Result<Vec<Finding>, Error> {
    let bytes: i64 = sqlx::query_scalar(BYTES)
        .fetch_one(&mut *patient.connection)
        .await
        .map_err(during(DOING))?;
    if bytes > LARGEST {
        return Ok(vec![
            Finding::ok(format!(
                "not looked at, since it takes long for {bytes} bytes: run `pragma quick_check` by hand"
            ))
            .with("bytes", bytes),
        ]);
    }
    let answers: Vec<String> = sqlx::query_scalar("pragma quick_check(10)")
        .fetch_all(&mut *patient.connection)
        .await
        .map_err(during(DOING))?;
    if answers == ["ok"] {
        return Ok(vec![Finding::ok("`pragma quick_check` finds no damage")]);
    }
    let damage = answers.into_iter().map(|answer| {
        Finding::error(
            format!("the file is damaged: {answer}"),
            "restore the file from a backup; `pragma integrity_check` says all that is damaged",
        )
    });
    Ok(damage.collect())
}
