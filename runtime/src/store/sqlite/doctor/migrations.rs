//! Whether the tables are those of this release.

use super::{Patient, migrate};
use crate::error::Error;
use crate::store::finding::Finding;
use crate::store::migration::Found;

pub(super) async fn check(patient: &mut Patient) -> Result<Vec<Finding>, Error> {
    let known = migrate::MIGRATIONS
        .last()
        .map_or(0, |migration| migration.number);
    let finding = match Found::of(migrate::MIGRATIONS, patient.last) {
        Found::Current => Finding::ok(format!(
            "the tables are those of this release (migration {known})"
        )),
        Found::Behind => {
            let found = match patient.last {
                None => "the file has no tables of annals".to_owned(),
                Some(last) => {
                    format!("the tables are those of an older release (migration {last})")
                }
            };
            Finding::error(
                found,
                "open the file for writing once: that makes the tables",
            )
        }
        Found::Newer(number) => Finding::failed(&migrate::newer(number)),
    };
    Ok(vec![
        finding.with("last", patient.last).with("known", known),
    ])
}
