//! What the program knows of an event that is copied.

use crate::app::{App, Declared, DeclaredKind};
use crate::error::{Error, ErrorKind};
use crate::event::{Lineage, Recorded};

pub(super) struct Check<'a> {
    declared: &'a Declared,
    /// Whether events that the program cannot read are let through.
    is_lenient: bool,
}

impl<'a> Check<'a> {
    /// # Errors
    /// Where the app contradicts itself.
    pub(super) fn of(app: &'a App, is_lenient: bool) -> Result<Self, Error> {
        Ok(Check {
            declared: app.declared()?,
            is_lenient,
        })
    }

    /// The event as the aggregate of its stream reads it; where the program has no such aggregate, as itself.
    pub(super) fn kind(&self, recorded: &Recorded) -> Option<&'a DeclaredKind> {
        let named = |kind: &&DeclaredKind| kind.lineage.is_named(&recorded.event_type);
        let kinds = || self.declared.kinds.iter().filter(named);
        let category = recorded.stream.category();
        kinds()
            .find(|kind| kind.aggregate == Some(category))
            .or_else(|| {
                let mut aggregates = self.declared.aggregates.iter();
                let has_reader = aggregates.any(|aggregate| aggregate.name == category);
                kinds().find(|kind| kind.is_itself && !has_reader)
            })
    }

    /// Sees that the program can read the event, and answers whether the version in which it is stored is a draft.
    ///
    /// # Errors
    /// Where it cannot.
    pub(super) fn run(&self, recorded: &Recorded, payload: &[u8]) -> Result<bool, Error> {
        let read = match self.kind(recorded) {
            Some(kind) => kind
                .read(recorded.schema_version, payload)
                .map(|()| is_draft(kind.lineage, recorded.schema_version))
                .map_err(|misfit| Error::undecodable(recorded, misfit)),
            None => Err(self.unknown(recorded)),
        };
        match read {
            Err(_) if self.is_lenient => Ok(self.is_known_draft(recorded)),
            Err(error) => Err(with_way_out(error)),
            read => read,
        }
    }

    /// # Errors
    /// Says which events the program knows in the stream.
    pub(super) fn unknown(&self, recorded: &Recorded) -> Error {
        let category = recorded.stream.category();
        let kinds = self.declared.kinds.iter();
        let known: Vec<_> = kinds
            .filter(|kind| kind.aggregate.is_none_or(|aggregate| aggregate == category))
            .map(|kind| kind.lineage.name)
            .collect();
        Error::unknown_event(&recorded.into(), &known)
    }

    fn is_known_draft(&self, recorded: &Recorded) -> bool {
        let mut kinds = self.declared.kinds.iter();
        let named = kinds.find(|kind| kind.lineage.is_named(&recorded.event_type));
        named.is_some_and(|kind| is_draft(kind.lineage, recorded.schema_version))
    }
}

fn is_draft(lineage: &'static Lineage, version: u32) -> bool {
    let mut versions = lineage.versions();
    let version = versions.find(|lineage| lineage.version == version);
    version.is_some_and(|version| !version.release.is_locked)
}

fn with_way_out(error: Error) -> Error {
    if !matches!(
        error.kind(),
        ErrorKind::UnknownEvent | ErrorKind::NewerEvent | ErrorKind::Misfit
    ) {
        return error;
    }
    let hint = error.hint().unwrap_or_default().to_owned();
    error.with_hint(format!(
        "{hint}; or take it along unread, with `--unchecked` or `unchecked()`"
    ))
}
