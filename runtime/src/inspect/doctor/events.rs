//! Whether stored events are of released versions that this program knows.

use super::Opened;
use crate::error::Error;
use crate::event::Lineage;
use crate::store::finding::Finding;
use crate::store::stream_row::EventCount;
use crate::store::survey::Sample;

pub(super) async fn check(opened: &mut Opened) -> Result<Vec<Finding>, Error> {
    let backend = &opened.store.inner.backend;
    let ends = backend.ends().await?;
    let sample = ends
        .events
        .and_then(|((first, _), (last, _))| Sample::of(first, last));
    let stored = backend.count(sample).await?.events;
    let released = backend.schemas().await?;
    let mut findings = Vec::new();
    for of in &stored {
        let EventCount {
            event_type,
            schema_version,
            ..
        } = of;
        let named = |lineage: &&&'static Lineage| lineage.is_named(event_type);
        let known = opened.lineages.iter().find(named);
        let version = known.and_then(|known| {
            let mut versions = known.versions();
            versions.find(|version| version.version == *schema_version)
        });
        let is_released = version.is_some_and(|version| version.release.is_locked)
            || released.iter().any(|row| {
                row.event_type == *event_type && row.schema_version == i64::from(*schema_version)
            });
        let finding = match known {
            _ if !is_released => Finding::warning(
                format!(
                    "event `{event_type}` version {schema_version} is stored, and a draft: it may change, and not be readable \
                     any more"
                ),
                "run `schema lock` of your program (`cargo run -- schema lock`) before the data is worth keeping",
            ),
            None => Finding::warning(
                format!("event `{event_type}` is stored, and this program has none of that name"),
                "add the aggregate or the event to the app, where it is to read it",
            ),
            Some(known) if known.version < *schema_version => Finding::warning(
                format!(
                    "event `{event_type}` version {schema_version} is stored, and this program knows it up to version {}",
                    known.version
                ),
                "it was written by a newer release: run that release, or a newer one",
            ),
            Some(_) => continue,
        };
        findings.push(
            finding
                .with("event", event_type.as_str())
                .with("version", *schema_version),
        );
    }
    if findings.is_empty() {
        let what = format!(
            "all {} stored versions of events are released and known",
            stored.len()
        );
        findings.push(Finding::ok(what));
    }
    Ok(findings)
}
