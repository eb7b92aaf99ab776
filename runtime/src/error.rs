//! What can go wrong, by kind, each with what to do about it.

use std::fmt::{self, Display};

use crate::event::{Misfit, Recorded, Unstorable};
use crate::stream::{Position, StreamId, Version};

/// Why the store did not do what it was asked.
///
/// [`Error::kind`] tells one from another, [`Error::hint`] what to do about it: `Display` leaves the hint out, `Debug` has it.
///
/// Nothing was stored where a call that stores returns an error, with two exceptions. After [`ErrorKind::Unreachable`] a commit
/// may or may not have happened: repeat the call with the same event ids or the same command key, and it takes effect once.
/// And [`transfer`](crate::transfer) stores batch by batch: what was stored before a mistake stays.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    hint: Option<String>,
    conflict: Option<Conflict>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The kinds of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Another writer was faster, or the stream is not as the caller expected it.
    Conflict,
    /// The stream is archived, and takes no events: an operator has set `archived` in its row of `streams`. annals never does.
    Archived,
    /// A transaction of somebody else held a stream for too long, or a time limit of the database was reached. Nothing was
    /// stored.
    Busy,
    /// What was to be stored cannot be.
    Unstorable,
    /// An event was to be stored in a version that is a draft, and the store takes none.
    Draft,
    /// The program would misread what is stored, or releases that may run beside it would misread what it stores.
    Schema,
    /// A stored event is of a type that the program does not know.
    UnknownEvent,
    /// A stored event was written by a newer program.
    NewerEvent,
    /// A stored event does not fit its version, or no step leads from that version.
    Misfit,
    /// What is stored contradicts itself: somebody edited it.
    Corrupt,
    /// What the program declares contradicts itself.
    Declaration,
    /// The schema lock cannot be read or written, or it does not hold what the program declares.
    Lock,
    /// A checkpoint lies beyond the last event: it is one of another store, or the store was put back to an older state.
    Checkpoint,
    /// The table or the view of a read model is missing, was not made by annals, is not the one that is declared, or holds what
    /// does not fit.
    ReadModel,
    /// A projection has not come as far as was waited for, or has stopped.
    Behind,
    /// A projection could not handle an event.
    Unhandled,
    /// A message broker cannot be reached, or does not take what it is given.
    Broker,
    /// What was to be imported is no export, or something is wrong in it.
    Input,
    /// A copy is not what it was made of.
    Difference,
    /// A name or an id that no stream can have.
    Name,
    /// A stream, an event or a correlation that was to be looked at is not stored.
    NotFound,
    /// The store's address cannot be understood.
    Url,
    /// The database cannot be reached, or the connection was lost.
    Unreachable,
    /// The store was closed.
    Closed,
    /// The login failed, or the role lacks the right to do this.
    Denied,
    /// The database has no tables of annals, or those of an older release.
    Unmigrated,
    /// The database has the tables of a newer release.
    NewerDatabase,
    /// The database cannot be written: it is read-only, or a standby.
    ReadOnly,
    /// The database has no room left.
    Full,
    /// Anything else that the database refused.
    Database,
}

/// The stream that was not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The stream.
    pub stream: StreamId,
    /// What the caller expected of it, in words.
    pub expected: String,
    /// The version at which it was found; 0 where it does not exist.
    pub found: Version,
}

/// What to do about a draft that is refused.
pub(crate) const DRAFT_HINT: &str = "run `schema lock` of your program (`cargo run -- schema lock`), then build again; \
    or open the store with `.drafts(true)` for development";

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error(Box::new(Inner {
            kind,
            message: message.into(),
            hint: None,
            conflict: None,
            source: None,
        }))
    }

    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Which kind of error it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether a stream was not as expected: see [`Error::conflict`].
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.kind() == ErrorKind::Conflict
    }

    /// Whether an event was to be stored in a version that is a draft: see [`StoreOptions::drafts`].
    ///
    /// [`StoreOptions::drafts`]: crate::StoreOptions::drafts
    #[must_use]
    pub fn is_draft(&self) -> bool {
        self.kind() == ErrorKind::Draft
    }

    /// Whether the same call can succeed when it is repeated as it is. After [`ErrorKind::Unreachable`] it may have
    /// succeeded already: repeat only what takes effect once, by its event ids or its command key.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self.kind(), ErrorKind::Busy | ErrorKind::Unreachable)
    }

    /// The stream that was not as expected, where that is what went wrong and it is known how it was.
    #[must_use]
    pub fn conflict(&self) -> Option<&Conflict> {
        self.0.conflict.as_ref()
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    pub(crate) fn conflicting(stream: &StreamId, expected: impl Display, found: Version) -> Self {
        let expected = expected.to_string();
        let actual = match found.get() {
            0 => "it does not exist".to_owned(),
            version => format!("it is at version {version}"),
        };
        let mut error = Error::new(
            ErrorKind::Conflict,
            format!("stream `{stream}` was expected {expected}, but {actual}"),
        )
        .with_hint("load the aggregate again and decide again: another writer was faster");
        error.0.conflict = Some(Conflict {
            stream: stream.clone(),
            expected,
            found,
        });
        error
    }

    /// What an append was decided on turned out not to be stored.
    pub(crate) fn overtaken(stream: Option<&StreamId>) -> Self {
        let stream = stream.map_or("", StreamId::as_str);
        Error::new(
            ErrorKind::Conflict,
            format!("what was to be stored in stream `{stream}` followed from events that were not stored"),
        )
        .with_hint("load the aggregate again and decide again")
    }

    pub(crate) fn other_aggregate(stream: &StreamId, aggregate: &str) -> Self {
        let category = stream.category();
        Error::new(
            ErrorKind::Name,
            format!("stream `{stream}` belongs to aggregate `{aggregate}`, not to aggregate `{category}`"),
        )
        .with_hint("two aggregates have names and ids that make one stream name: rename one of them")
    }

    pub(crate) fn archived(stream: &StreamId) -> Self {
        Error::new(
            ErrorKind::Archived,
            format!("stream `{stream}` is archived"),
        )
        .with_hint("somebody has set `archived` in its row of `streams`: set it back, where it is to take events again")
    }

    pub(crate) fn key_taken(stream: &StreamId, key: &str) -> Self {
        Error::new(
            ErrorKind::Conflict,
            format!(
                "a command with the key `{key}` was sent to stream `{stream}` at the same moment"
            ),
        )
        .with_hint("send the command again with the same key: it gets the answer of the first")
    }

    pub(crate) fn read_model(name: &str, what: impl Display) -> Self {
        Error::new(ErrorKind::ReadModel, format!("the table or view `{name}` {what}")).with_hint(
            "tables of read models are made and changed by annals alone: build this version of the projection again",
        )
    }

    pub(crate) fn not_ours(name: &str) -> Self {
        Error::read_model(name, "was not made by annals")
            .with_hint("it was left as it is: rename it, or give the projection another name")
    }

    /// Whether it would meet every append alike, so that trying each one alone is pointless, or leaves open whether any was
    /// stored.
    pub(crate) fn concerns_every_append(&self) -> bool {
        use ErrorKind::{Busy, Closed, Denied, Full, ReadOnly, Unmigrated, Unreachable};
        matches!(
            self.kind(),
            Busy | Closed | Denied | Full | ReadOnly | Unmigrated | Unreachable
        )
    }

    /// Whether the database refused what it was given, and would refuse it again: a value out of its range, a constraint, a
    /// limit. The codes are those of <https://www.postgresql.org/docs/current/errcodes-appendix.html> and
    /// <https://www.sqlite.org/rescode.html>.
    pub(crate) fn is_refusal_of_a_row(&self) -> bool {
        let source = self.0.source.as_deref();
        let source = source.and_then(|source| source.downcast_ref::<sqlx::Error>());
        let code = source.and_then(|error| error.as_database_error()?.code());
        let Some(code) = code else {
            return false;
        };
        match code.parse::<u32>() {
            // All of PostgreSQL's have five characters.
            Ok(number) if code.len() < 5 => matches!(number & 0xff, 18..=20),
            _ => ["22", "23", "44", "54", "P0"].contains(&code.get(..2).unwrap_or_default()),
        }
    }

    /// What went wrong in the database while annals tried to do something; a hint may be empty.
    pub(crate) fn during(
        what: &str,
        (kind, message, hint): (ErrorKind, String, &str),
        source: sqlx::Error,
    ) -> Self {
        let error = Error::new(kind, format!("could not {what}: {message}")).with_source(source);
        if hint.is_empty() {
            error
        } else {
            error.with_hint(hint)
        }
    }

    /// The same error for another caller, without its cause.
    pub(crate) fn again(&self) -> Self {
        let Inner {
            kind,
            message,
            hint,
            conflict,
            ..
        } = &*self.0;
        Error(Box::new(Inner {
            kind: *kind,
            message: message.clone(),
            hint: hint.clone(),
            conflict: conflict.clone(),
            source: None,
        }))
    }

    /// The same error with the file that it is about.
    pub(crate) fn about_file(mut self, file: &str) -> Self {
        self.0.message = format!("{} (file `{file}`)", self.0.message);
        self
    }

    /// The same error with the line of the input that it is about.
    pub(crate) fn in_line(mut self, line: u64) -> Self {
        self.0.message = format!("line {line}: {}", self.0.message);
        self
    }

    pub(crate) fn unstorable(stream: &StreamId, refusal: Unstorable) -> Self {
        let Unstorable {
            event_type,
            path,
            reason,
        } = refusal;
        let at = if path.is_empty() {
            String::new()
        } else {
            format!(" at `{path}`")
        };
        Error::new(
            ErrorKind::Unstorable,
            format!("event `{event_type}` for stream `{stream}` cannot be stored{at}: {reason}"),
        )
    }

    pub(crate) fn draft(stream: &StreamId, event_type: &str, version: u32) -> Self {
        Error::new(
            ErrorKind::Draft,
            format!(
                "event `{event_type}` for stream `{stream}` was not stored: its version {version} is a draft, and this store \
                 takes released versions alone"
            ),
        )
        .with_hint(DRAFT_HINT)
    }

    pub(crate) fn corrupt(stream: &StreamId, what: impl Display) -> Self {
        Error::new(ErrorKind::Corrupt, format!("stream `{stream}` is damaged: {what}")).with_hint(
            "events are never changed or removed by annals: restore the stream from a backup, or find out who edited it",
        )
    }

    pub(crate) fn undecodable<'a>(at: impl Into<Place<'a>>, misfit: Misfit) -> Self {
        let at = at.into();
        let (name, version) = (at.event_type, at.schema_version);
        match misfit {
            Misfit::Newer { known } => Error::new(
                ErrorKind::NewerEvent,
                format!("{at} is `{name}` in version {version}, but this program knows it up to version {known} only"),
            )
            .with_hint("it was written by a newer release: run that release, or a newer one"),
            Misfit::Unreachable { oldest } => Error::new(
                ErrorKind::Misfit,
                format!(
                    "{at} is `{name}` in version {version}, from which no upcast leads on: the oldest version that \
                     this program reads is {oldest}"
                ),
            )
            .with_hint(format!("add the type of version {version} and an `upcast` that leads from it")),
            Misfit::Payload { path, reason } => {
                let path = if path.is_empty() { String::new() } else { format!(" at `{path}`") };
                Error::new(
                    ErrorKind::Misfit,
                    format!("{at} is `{name}` in version {version}, but its payload does not fit{path}: {reason}"),
                )
                .with_hint(
                    "either the type was changed without a new version, or the stored payload was: compare the two",
                )
            }
        }
    }

    pub(crate) fn unhandled(recorded: &Recorded, projection: &str, why: impl Display) -> Self {
        let at = Place::from(recorded);
        let name = &recorded.event_type;
        Error::new(
            ErrorKind::Unhandled,
            format!("{at} is `{name}`, which projection `{projection}` could not handle: {why}"),
        )
        .with_hint(
            "mend the method that handles it, or the key that it names, and run the new release",
        )
    }

    pub(crate) fn unknown_event(at: &Place<'_>, known: &[&str]) -> Self {
        Error::new(
            ErrorKind::UnknownEvent,
            format!(
                "{at} is `{}` in version {}, an event that the reader does not know; it knows {}",
                at.event_type,
                at.schema_version,
                List(known),
            ),
        )
        .with_hint(
            "list the event in `events(..)`, name it among the `aliases(..)` of the event that it became, or read it as \
             others with `reads(..)`",
        )
    }
}

/// What errors tell of a stored event: in words, where it stands.
pub(crate) struct Place<'a> {
    pub(crate) stream: &'a str,
    pub(crate) version: Version,
    pub(crate) position: Position,
    pub(crate) event_type: &'a str,
    pub(crate) schema_version: u32,
}

impl<'a> From<&'a Recorded> for Place<'a> {
    fn from(recorded: &'a Recorded) -> Self {
        Place {
            stream: recorded.stream.as_str(),
            version: recorded.version,
            position: recorded.position,
            event_type: &recorded.event_type,
            schema_version: recorded.schema_version,
        }
    }
}

impl Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place {
            stream,
            version,
            position,
            ..
        } = self;
        write!(f, "event {version} of stream `{stream}`")?;
        match position.get() {
            // It is in no store yet.
            0 => Ok(()),
            position => write!(f, " (position {position})"),
        }
    }
}

struct List<'a>(&'a [&'a str]);

impl Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        for (i, name) in self.0.iter().enumerate() {
            write!(f, "{}`{name}`", if i == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

/// The message, the hint and the causes, each on a line: what a `main` that returns the error prints.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            write!(f, "\n  cause: {error}")?;
            cause = error.source();
        }
        if let Some(hint) = &self.0.hint {
            write!(f, "\n  help: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
