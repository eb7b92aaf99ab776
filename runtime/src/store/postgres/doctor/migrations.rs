//! Whether the tables are those of this release.

use super::{Patient, migrate};
use crate::error::Error;
use crate::store::finding::Finding;
use crate::store::migration::Found;

pub(super) async fn check(patient: &mut Patient) -> Result<Vec<Finding>, Error> {
    let schema = patient.schema.trim_matches('"');
    let known = migrate::MIGRATIONS
        .last()
        .map_or(0, |migration| migration.number);
    let finding = match Found::of(migrate::MIGRATIONS, patient.last) {
        Found::Current => Finding::ok(format!(
            "the tables in schema `{schema}` are those of this release (migration {known})"
        )),
        Found::Behind => Finding::failed(&migrate::behind(schema, patient.last)),
        Found::Newer(number) => Finding::failed(&migrate::newer(schema, number)),
    };
    Ok(vec![
        finding.with("last", patient.last).with("known", known),
    ])
}
