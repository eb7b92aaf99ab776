//! All there is to know of one event.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use annals_schema::lock::{LockedVersion, event_file};
use annals_schema::{Bump, Facts};
use serde_json::Value;

use super::compare::shape;
use super::difference::{Stage, Subject};
use super::near::nearest;
use super::payloads::{payloads, without_sample};
use super::pending::{Pending, check};
use crate::app::App;
use crate::error::{Error, ErrorKind};
use crate::event::Lineage;

/// What is declared and locked of one event.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct EventStory {
    /// The name under which it is stored.
    pub name: String,
    /// Further names under which it was stored.
    pub aliases: BTreeSet<String>,
    /// The aggregates that read it.
    pub aggregates: BTreeSet<String>,
    /// The file of the lock, whether it is there or not.
    pub file: PathBuf,
    /// Its versions, newest first.
    pub versions: Vec<VersionStory>,
}

/// What is declared and locked of one version of an event.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct VersionStory {
    /// The version.
    pub version: u32,
    /// The type in Rust; `None` where an upcast over JSON reads it, or nothing does.
    pub type_name: Option<&'static str>,
    /// The upcast that leads here from the version below, as it stands in the source; empty where there is none.
    pub step: &'static str,
    /// What sets it apart from the lock; `None` where it is locked as it is.
    pub stage: Option<Stage>,
    /// What no shape shows, in the user's words; empty where nothing was said.
    pub meaning: String,
    /// What is stored.
    pub shape: Facts,
    /// The smallest payload, the fullest, and one for each variant; empty where a format has no sample.
    pub payloads: Vec<Value>,
    /// Why there are no payloads; empty where there are.
    pub without_payloads: String,
}

/// All versions of an event, found by its name or by one that it had.
///
/// # Errors
/// Where no event has the name: the message says which one may have been meant. Also those of [`check`].
pub fn show(app: &App, name: &str) -> Result<EventStory, Error> {
    let pending = check(app)?;
    let kinds = &app.declared()?.kinds;
    let mut types: BTreeMap<u32, &'static Lineage> = BTreeMap::new();
    let mut aggregates = BTreeSet::new();
    for kind in kinds.iter().filter(|kind| kind.lineage.is_named(name)) {
        aggregates.extend(kind.aggregate.map(ToOwned::to_owned));
        let versions = kind.lineage.versions();
        types.extend(versions.map(|version| (version.version, version)));
    }
    let found = pending.folders.iter().find_map(|of| {
        let both = of.declared.events.values().chain(of.locked.events.values());
        let mut named = both.filter(|event| event.name == name || event.aliases.contains(name));
        named.next().map(|event| (of, event))
    });
    let Some((of, event)) = found else {
        return Err(unknown(&pending, name));
    };
    let locked = of.locked.events.get(&event.name);
    let mut versions = event.versions.clone();
    for (number, version) in locked.iter().flat_map(|event| &event.versions) {
        versions.entry(*number).or_insert_with(|| version.clone());
    }
    let mut told = Vec::new();
    for (number, version) in versions.into_iter().rev() {
        let subject = Subject::Version {
            event: event.name.clone(),
            version: number,
        };
        let stage = match locked.and_then(|event| event.versions.get(&number)) {
            None => Some(Stage::Draft),
            Some(_) => {
                let of_version = of.differences.iter().filter(|one| one.subject == subject);
                of_version.map(|one| one.stage()).max()
            }
        };
        let LockedVersion {
            meaning,
            shape: facts,
        } = version;
        let memory = Bump::new();
        let made = payloads(shape(&of.folder, &subject, &facts, &memory)?);
        let (payloads, without_payloads) = match made {
            Ok(payloads) => (payloads, String::new()),
            Err(flaw) => (Vec::new(), without_sample(&flaw).0),
        };
        let lineage = types.get(&number);
        told.push(VersionStory {
            version: number,
            type_name: lineage.map(|lineage| lineage.type_name),
            step: lineage.map_or("", |lineage| lineage.step),
            stage,
            meaning,
            shape: facts,
            payloads,
            without_payloads,
        });
    }
    Ok(EventStory {
        name: event.name.clone(),
        aliases: event.aliases.clone(),
        aggregates,
        file: of.folder.join(event_file(&event.name)),
        versions: told,
    })
}

fn unknown(pending: &Pending, name: &str) -> Error {
    let folders = pending.folders.iter();
    let known: BTreeSet<&str> = folders
        .flat_map(|of| of.declared.events.keys().chain(of.locked.events.keys()))
        .map(String::as_str)
        .collect();
    let hint = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "the app has no events: add its aggregates".to_owned(),
        None => {
            let known: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
            format!("the app knows {}", known.join(", "))
        }
    };
    Error::new(ErrorKind::Lock, format!("no event is called `{name}`")).with_hint(hint)
}
