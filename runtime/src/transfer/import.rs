use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _};
use std::path::Path;

use super::check::Check;
use super::fit::{Place, fit, text};
use super::lines::{Read, read, read_header};
use super::tracks::Tracks;
use super::{BATCH, BATCH_BYTES};
use crate::app::App;
use crate::error::{Error, ErrorKind};
use crate::event::{Encoded, RecordedEvent};
use crate::manifest::{self, Older};
use crate::store::Store;
use crate::store::copy::{Copied, Refused};

/// Reads an export into a store.
///
/// ```no_run
/// # async fn doc(app: annals::App, store: annals::Store) -> Result<(), annals::Error> {
/// let imported = annals::transfer::import(&app, &store).file("account-123.ndjson").await?;
/// println!("{} events, {} of them new", imported.events, imported.stored);
/// # Ok(())
/// # }
/// ```
pub fn import<'a>(app: &'a App, store: &Store) -> Import<'a> {
    Import {
        app,
        store: store.clone(),
        is_unchecked: false,
        batch: BATCH,
    }
}

/// How to import. Made by [`import`].
///
/// # Guarantees
///
/// - The events of a batch are stored together or not at all, in the order of the lines.
/// - What stands already and is the same is passed over, so an import that was interrupted is run again.
/// - A file is read twice ([`Import::file`]): of one in which something is wrong by itself, nothing is stored. Only what the
///   store has against it, like a stream that goes on differently, can show after batches before it were stored. What comes
///   by a pipe ([`Import::read`]) is read once, and what was stored before a mistake stays.
#[must_use = "an import does nothing until it is given a file"]
pub struct Import<'a> {
    app: &'a App,
    store: Store,
    is_unchecked: bool,
    batch: u32,
}

/// What was imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Imported {
    /// The number of events that were read.
    pub events: u64,
    /// How many of them were stored now; the others stood already.
    pub stored: u64,
}

impl Import<'_> {
    /// Takes events along that the program cannot read: of unknown types, of newer versions, with payloads that do not fit.
    pub fn unchecked(mut self) -> Self {
        self.is_unchecked = true;
        self
    }

    /// How many events are stored together at most. Default: 500. A batch of large events ends sooner, after about 4 MiB.
    pub fn batch(mut self, events: u32) -> Self {
        self.batch = events.max(1);
        self
    }

    /// Imports a file, which is read twice: once to see that all of it can be imported.
    ///
    /// # Errors
    /// Where the file cannot be read; otherwise those of [`Import::read`].
    pub async fn file(self, path: impl AsRef<Path>) -> Result<Imported, Error> {
        let path = path.as_ref();
        let open = || {
            let file = File::open(path).map_err(|error| {
                let what = format!("`{}` cannot be read: {error}", path.display());
                Error::new(ErrorKind::Input, what).with_hint("name a file that `export` wrote")
            })?;
            Ok::<_, Error>(BufReader::new(file))
        };
        self.pass(open()?, false).await?;
        self.read(open()?).await
    }

    /// Imports what can be read once, like the standard input.
    ///
    /// # Errors
    /// With the number of the line, and with what was stored before it left as it is:
    /// - [`ErrorKind::Input`] where a line is not what an export has there, an event does not follow the one before it in its
    ///   stream, or the last line is missing;
    /// - [`ErrorKind::UnknownEvent`], [`ErrorKind::NewerEvent`], [`ErrorKind::Misfit`] where the program cannot read an event;
    /// - [`ErrorKind::Conflict`] where another event stands at the place of one, or one before it is missing in the store;
    /// - [`ErrorKind::Draft`] and [`ErrorKind::Unstorable`], as for an append.
    ///
    /// Otherwise where the database fails, or the app is refused by the database ([`App::open`]).
    pub async fn read(self, input: impl BufRead + Send) -> Result<Imported, Error> {
        self.store.check_writable()?;
        manifest::register(&self.store, self.app.lineages(), Older::MayRun).await?;
        self.pass(input, true).await
    }

    async fn pass(&self, input: impl BufRead + Send, stores: bool) -> Result<Imported, Error> {
        let limits = self.store.inner.limits;
        let mut lines = Numbered {
            input,
            // Every character of a payload can be escaped by six.
            most: limits
                .payload_bytes
                .saturating_mul(8)
                .saturating_add(1 << 20),
            number: 0,
            line: Vec::new(),
        };
        if !lines.advance()? {
            return Err(cut_off("it is empty").in_line(1));
        }
        read_header(&lines.line).map_err(|error| error.in_line(lines.number))?;
        let mut checked = Checked {
            check: Check::of(self.app, self.is_unchecked)?,
            import: self,
            tracks: Tracks::default(),
        };
        let mut batch = Batch::default();
        let mut imported = Imported {
            events: 0,
            stored: 0,
        };
        while lines.advance()? {
            let in_line = |error: Error| error.in_line(lines.number);
            match read(&lines.line).map_err(in_line)? {
                Read::Event(event) => {
                    let copied = checked.run(*event).map_err(in_line)?;
                    imported.events += 1;
                    if stores {
                        batch.add(copied, lines.number);
                    }
                }
                Read::End(events) => {
                    if events != imported.events {
                        let what = format!(
                            "the last line counts {events} events, and {} are there",
                            imported.events
                        );
                        return Err(in_line(Error::new(ErrorKind::Input, what).with_hint(
                            "lines were lost or added: export again, or correct the number",
                        )));
                    }
                    imported.stored += batch.store(&self.store).await?;
                    if lines.advance()? {
                        let what = Error::new(
                            ErrorKind::Input,
                            "something follows the last line of the export",
                        );
                        return Err(what
                            .with_hint("import one export after the other")
                            .in_line(lines.number));
                    }
                    return Ok(imported);
                }
            }
            if batch.is_full(self.batch) {
                imported.stored += batch.store(&self.store).await?;
            }
        }
        batch.store(&self.store).await?;
        Err(cut_off("its last line is missing").in_line(lines.number + 1))
    }
}

fn cut_off(what: &str) -> Error {
    let what = format!("the export is not whole: {what}");
    Error::new(ErrorKind::Input, what)
        .with_hint("export again; the last line of an export is {\"end\":{\"events\":1}}")
}

impl fmt::Debug for Import<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Import")
            .field("store", &self.store)
            .field("is_unchecked", &self.is_unchecked)
            .finish_non_exhaustive()
    }
}

/// The lines of an input.
struct Numbered<R> {
    input: R,
    /// How many bytes a line has at most.
    most: usize,
    number: u64,
    line: Vec<u8>,
}

impl<R: BufRead> Numbered<R> {
    /// Reads the next line; `false` where there is none.
    fn advance(&mut self) -> Result<bool, Error> {
        self.line.clear();
        let most = u64::try_from(self.most).unwrap_or(u64::MAX);
        let mut input = self.input.by_ref().take(most);
        let bytes = input.read_until(b'\n', &mut self.line).map_err(|error| {
            Error::new(
                ErrorKind::Input,
                format!("the input cannot be read: {error}"),
            )
            .with_source(error)
            .in_line(self.number + 1)
        })?;
        self.number += u64::from(bytes > 0);
        if bytes == self.most && !self.line.ends_with(b"\n") {
            let what = format!("the line is longer than {} bytes", self.most);
            return Err(Error::new(ErrorKind::Input, what)
                .with_hint("raise `payload_limit` of the store, or see that it is an export")
                .in_line(self.number));
        }
        // Where the line ends is no part of it: a mistake at its end would be one of the next line.
        while matches!(self.line.last(), Some(b'\n' | b'\r')) {
            self.line.pop();
        }
        Ok(bytes > 0)
    }
}

/// What has to hold of the events of an input, whatever the store holds.
struct Checked<'a> {
    check: Check<'a>,
    import: &'a Import<'a>,
    tracks: Tracks,
}

impl Checked<'_> {
    fn run(&mut self, event: RecordedEvent) -> Result<Copied, Error> {
        let recorded = event.recorded();
        self.follows(&event)?;
        let encoded = Encoded {
            event_type: recorded.event_type().to_owned().into(),
            schema_version: recorded.schema_version,
            is_draft: self.check.run(recorded, event.payload())?,
            payload: text(recorded, event.payload())?,
        };
        let place = Place {
            stream: recorded.stream.clone(),
            version: recorded.version,
            event_id: recorded.event_id,
            recorded_at: recorded.recorded_at,
        };
        let copied = fit(place, recorded, encoded, &self.import.store.inner.limits)?;
        self.tracks.set(recorded);
        Ok(copied)
    }

    /// The first event of a stream may have any version: what is before it may stand already.
    fn follows(&self, event: &RecordedEvent) -> Result<(), Error> {
        let recorded = event.recorded();
        let (stream, version) = (&recorded.stream, recorded.version.get());
        let what = match self.tracks.last(stream) {
            None if version == 0 => "has version 0, and the first one is 1".to_owned(),
            Some((last, _)) if last.checked_add(1) != Some(version) => {
                format!(
                    "comes after event {last}, and event {} is the next one",
                    last.saturating_add(1)
                )
            }
            Some((_, last)) if recorded.recorded_at < last => format!(
                "was recorded at {}, before the event that precedes it, at {last}",
                recorded.recorded_at
            ),
            _ => return Ok(()),
        };
        let what = format!("event {version} of stream `{stream}` {what}");
        Err(Error::new(ErrorKind::Input, what)
            .with_hint("the events of a stream stand in their order, without a hole: export again"))
    }
}

/// Events that are stored together, with the lines in which they stand.
#[derive(Default)]
struct Batch {
    copied: Vec<Copied>,
    lines: Vec<u64>,
    bytes: usize,
}

impl Batch {
    fn add(&mut self, copied: Copied, line: u64) {
        self.bytes += copied.row.payload.len();
        self.copied.push(copied);
        self.lines.push(line);
    }

    fn is_full(&self, most: u32) -> bool {
        self.copied.len() >= most as usize || self.bytes >= BATCH_BYTES
    }

    async fn store(&mut self, store: &Store) -> Result<u64, Error> {
        let Batch { copied, lines, .. } = std::mem::take(self);
        if copied.is_empty() {
            return Ok(0);
        }
        let stored = store.copy(&copied).await.map_err(|Refused { at, error }| {
            match at.and_then(|at| lines.get(at)) {
                Some(&line) => error.in_line(line),
                None => error,
            }
        })?;
        Ok(stored as u64)
    }
}
