//! Sample payloads of what is locked, read as the program reads what is stored.

use std::fmt;
use std::path::{Path, PathBuf};

use annals_schema::lock::LockedEvent;
use annals_schema::{Bump, Flaw, Shape, sample};
use serde_json::Value;

use super::compare::shape;
use super::difference::Subject;
use super::pending::check;
use crate::app::{App, DeclaredKind};
use crate::error::{Error, ErrorKind};
use crate::event::Misfit;

/// What came of reading samples of everything that is locked.
#[derive(Debug, Clone)]
#[must_use]
pub struct Samples {
    /// How many locked versions were read.
    pub versions: usize,
    /// How many payloads were read.
    pub payloads: usize,
    /// What could not be read.
    pub failures: Vec<SampleFailure>,
}

/// A locked version that the program does not read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SampleFailure {
    /// The event's stored name.
    pub event: String,
    /// The version.
    pub version: u32,
    /// The folder of the lock.
    pub folder: PathBuf,
    /// The aggregate that reads it; `None` for an event outside of aggregates.
    pub aggregate: Option<&'static str>,
    /// The payload; empty where none could be made.
    pub payload: String,
    /// What is wrong.
    pub reason: String,
    /// What to do about it.
    pub cure: String,
}

impl fmt::Display for SampleFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SampleFailure {
            event,
            version,
            reason,
            ..
        } = self;
        write!(f, "event `{event}` version {version}")?;
        if let Some(aggregate) = self.aggregate {
            write!(f, ", read by aggregate `{aggregate}`")?;
        }
        write!(f, ": {reason}")?;
        if !self.payload.is_empty() {
            write!(f, "\n  payload: {}", self.payload)?;
        }
        write!(f, "\n  help: {}", self.cure)
    }
}

/// Makes payloads of every locked version from the shape in its lock (the smallest, the fullest, and one for each variant),
/// and reads each of them as the program reads what is stored: through serde and the whole chain of upcasts, by every
/// aggregate that reads the event.
///
/// That proves two things: that the lock is true of the types, and that the chain has no gap. It runs the upcasts, so an
/// upcast that panics on a payload of its own type panics here.
///
/// # Errors
/// Where the app contradicts itself, or a lock cannot be read. What the program does not read is no error but a
/// [`SampleFailure`].
pub fn samples(app: &App) -> Result<Samples, Error> {
    let declared = app.declared()?;
    let mut all = Samples {
        versions: 0,
        payloads: 0,
        failures: Vec::new(),
    };
    for of in check(app)?.folders {
        for event in of.locked.events.values() {
            let kinds = declared.kinds.iter();
            let kinds: Vec<_> = kinds
                .filter(|kind| kind.lineage.is_named(&event.name))
                .collect();
            if kinds.is_empty() && of.is_dependency {
                continue;
            }
            all.read(&of.folder, event, &kinds)?;
        }
    }
    Ok(all)
}

impl Samples {
    fn read(
        &mut self,
        folder: &Path,
        event: &LockedEvent,
        kinds: &[&DeclaredKind],
    ) -> Result<(), Error> {
        for (number, locked) in &event.versions {
            self.versions += 1;
            let failure = |reason: String, cure: &str| SampleFailure {
                event: event.name.clone(),
                version: *number,
                folder: folder.to_owned(),
                aggregate: None,
                payload: String::new(),
                reason,
                cure: cure.to_owned(),
            };
            if kinds.is_empty() {
                self.failures.push(failure(
                    "is locked, and nothing in the app reads it".to_owned(),
                    "add it to the app with `.event::<..>()` or with its aggregate",
                ));
                continue;
            }
            let subject = Subject::Version {
                event: event.name.clone(),
                version: *number,
            };
            let memory = Bump::new();
            let shape = shape(folder, &subject, &locked.shape, &memory)?;
            let payloads = match payloads(shape) {
                Ok(payloads) => payloads,
                Err(flaw) => {
                    let (reason, cure) = without_sample(&flaw);
                    self.failures.push(failure(reason, &cure));
                    continue;
                }
            };
            // An aggregate whose newest version is older never had this one in its streams.
            let kinds = kinds
                .iter()
                .filter(|kind| kind.lineage.version >= *number || kinds.len() == 1);
            for kind in kinds {
                for payload in &payloads {
                    self.payloads += 1;
                    let payload = payload.to_string();
                    if let Err(misfit) = kind.read(*number, payload.as_bytes()) {
                        let (reason, cure) = in_words(misfit, *number);
                        self.failures.push(SampleFailure {
                            aggregate: kind.aggregate,
                            payload,
                            ..failure(reason, &cure)
                        });
                    }
                }
            }
        }
        Ok(())
    }
}

/// The smallest payload, the fullest, and one for each variant, without repetitions.
pub(super) fn payloads(shape: &Shape<'_>) -> Result<Vec<Value>, Flaw> {
    let mut payloads = vec![sample::smallest(shape)?, sample::fullest(shape)?];
    payloads.extend(sample::every_variant(shape)?);
    let mut different: Vec<Value> = Vec::new();
    for payload in payloads {
        if !different.contains(&payload) {
            different.push(payload);
        }
    }
    Ok(different)
}

/// Why there is no sample, and how to come by one.
pub(super) fn without_sample(flaw: &Flaw) -> (String, String) {
    let (reason, help) = match flaw.reason.split_once("\nhelp: ") {
        Some((reason, help)) => (reason, help),
        None => (flaw.reason.as_str(), "change the type there"),
    };
    let reason = format!("`{}` {reason}", flaw.path);
    (
        reason,
        format!("{help}; then run `cargo run -- schema lock`"),
    )
}

fn in_words(misfit: Misfit, version: u32) -> (String, String) {
    match misfit {
        Misfit::Newer { known } => (
            format!("is newer than version {known}, the newest that is read"),
            "register the newest type of the event".to_owned(),
        ),
        Misfit::Unreachable { oldest } => (
            format!("no upcast leads on from it: the oldest version that is read is {oldest}"),
            format!("add the type of version {version} and an `upcast` that leads from it"),
        ),
        Misfit::Payload { path, reason } => {
            let at = if path.is_empty() {
                String::new()
            } else {
                format!(" at `{path}`")
            };
            (
                format!("what the lock allows does not fit the type{at}: {reason}"),
                "make the type read what its shape says: look for a hand-written `Deserialize`, a `with` or a `schema(as = ..)` \
                 that is not true, or an upcast that refuses"
                    .to_owned(),
            )
        }
    }
}

impl Samples {
    /// # Errors
    /// Where something could not be read: all of it, one after another.
    pub(crate) fn into_result(self) -> Result<(), Error> {
        if self.failures.is_empty() {
            return Ok(());
        }
        let failures: Vec<_> = self.failures.iter().map(ToString::to_string).collect();
        Err(Error::new(ErrorKind::Lock, failures.join("\n")))
    }
}
