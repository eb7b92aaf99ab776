//! How large the file is, and how much of it is free.

use sqlx::Row;

use super::{DOING, Patient, during};
use crate::error::Error;
use crate::store::finding::Finding;

/// So much room does no harm, in bytes.
const LITTLE: i64 = 64 << 20;

const SIZE: &str = "
select page_count * page_size, freelist_count * page_size
from pragma_page_count, pragma_page_size, pragma_freelist_count
";

pub(super) async fn check(patient: &mut Patient) -> Result<Vec<Finding>, Error> {
    let during = during(DOING);
    let row = sqlx::query(SIZE)
        .fetch_one(&mut *patient.connection)
        .await
        .map_err(&during)?;
    let bytes: i64 = row.try_get(0).map_err(&during)?;
    let free: i64 = row.try_get(1).map_err(&during)?;
    let what = format!("the file has {bytes} bytes, of which {free} are free");
    let finding = match free > LITTLE && free > bytes / 4 {
        true => Finding::warning(
            what,
            "run `vacuum;`, which needs as much room again for a while",
        ),
        false => Finding::ok(what),
    };
    Ok(vec![finding.with("bytes", bytes).with("free", free)])
}
