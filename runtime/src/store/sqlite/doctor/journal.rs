//! Whether what was committed survives a crash of the machine.

use super::{DOING, Patient, during};
use crate::error::Error;
use crate::store::finding::Finding;

pub(super) async fn check(patient: &mut Patient) -> Result<Vec<Finding>, Error> {
    let mode: String = sqlx::query_scalar("pragma journal_mode")
        .fetch_one(&mut *patient.connection)
        .await
        .map_err(during(DOING))?;
    let what = format!("`journal_mode` is `{mode}`");
    let journal = match mode.as_str() {
        "wal" | "memory" => Finding::ok(what),
        _ => Finding::warning(
            format!("{what}: readers and the writer wait for each other"),
            "open the file for writing once: that turns it to `wal`",
        ),
    };
    let level: i64 = sqlx::query_scalar("pragma synchronous")
        .fetch_one(&mut *patient.connection)
        .await
        .map_err(during(DOING))?;
    let level = match level {
        0 => "off",
        1 => "normal",
        2 => "full",
        _ => "extra",
    };
    // It is a setting of each connection; those that annals writes with say `full`.
    let synchronous = Finding::ok(format!(
        "`synchronous` is `{level}` by default, and `full` wherever annals writes"
    ));
    Ok(vec![
        journal.with("setting", "journal_mode").with("value", mode),
        synchronous
            .with("setting", "synchronous")
            .with("value", level),
    ])
}
