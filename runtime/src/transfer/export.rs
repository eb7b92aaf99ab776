use std::io::Write;

use super::lines::{cannot_write, write_end, write_event, write_header};
use super::merge::Merge;
use super::tracks::Tracks;
use super::walk::{Walk, checked};
use crate::error::{Error, ErrorKind};
use crate::event::RecordedEvent;
use crate::store::Store;

/// Writes the events of a tenant as lines of JSON, to be read by [`import`](super::import).
///
/// ```
/// # async fn doc(store: annals::Store) -> Result<(), annals::Error> {
/// let mut file = Vec::new();
/// let exported = annals::transfer::export(&store).stream("account-123").write(&mut file).await?;
/// println!("{} events of {} streams", exported.events, exported.streams);
/// # Ok(())
/// # }
/// ```
pub fn export(store: &Store) -> Export {
    Export {
        store: store.clone(),
        streams: Vec::new(),
        aggregates: Vec::new(),
    }
}

/// Which events to export. Made by [`export`].
///
/// The first line tells the form and its version, then there is a line for each event in the order of the positions, and the
/// last line tells how many there were: a file that was cut off shows it. The members of a line are the columns of the table
/// of events.
#[derive(Debug)]
#[must_use = "an export does nothing until it is written"]
pub struct Export {
    store: Store,
    streams: Vec<String>,
    aggregates: Vec<String>,
}

/// What was exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exported {
    /// The number of events.
    pub events: u64,
    /// The number of streams that have any.
    pub streams: u64,
}

impl Export {
    /// Only this stream, by its whole name, besides those of other calls. It is read by itself, so that one stream of a large
    /// store takes no longer than one of a small store.
    pub fn stream(mut self, name: impl Into<String>) -> Self {
        self.streams.push(name.into());
        self
    }

    /// Only the streams of this aggregate, besides those of other calls.
    pub fn aggregate(mut self, name: impl Into<String>) -> Self {
        self.aggregates.push(name.into());
        self
    }

    /// Writes them: all that was committed before the call, as far as the feed can be read. Memory is taken for a page of
    /// events and a few words for each stream.
    ///
    /// # Errors
    /// Where streams and aggregates are named at once, a stream does not exist or is damaged, the output cannot be written,
    /// or the database fails.
    pub async fn write(self, out: &mut (dyn Write + Send)) -> Result<Exported, Error> {
        let store = checked(&self.store)?;
        if !self.streams.is_empty() && !self.aggregates.is_empty() {
            return Err(Error::new(
                ErrorKind::Name,
                "an export is of streams or of aggregates, and both are named",
            )
            .with_hint("export twice, into two files"));
        }
        write_header(out)?;
        let mut lines = Lines {
            out,
            tracks: Tracks::default(),
            events: 0,
        };
        if self.streams.is_empty() {
            let until = store.end().await?;
            let mut walk = Walk::new(store, &self.aggregates, super::BATCH, until);
            while let Some(events) = walk.next().await? {
                events.iter().try_for_each(|event| lines.add(event))?;
            }
        } else {
            let mut merge = Merge::of(store, &self.streams).await?;
            while let Some(event) = merge.next().await? {
                lines.add(&event)?;
            }
        }
        write_end(lines.out, lines.events)?;
        lines.out.flush().map_err(cannot_write)?;
        Ok(Exported {
            events: lines.events,
            streams: lines.tracks.len() as u64,
        })
    }
}

struct Lines<'a> {
    out: &'a mut (dyn Write + Send),
    tracks: Tracks,
    events: u64,
}

impl Lines<'_> {
    fn add(&mut self, event: &RecordedEvent) -> Result<(), Error> {
        self.tracks.follow(event.recorded())?;
        self.events += 1;
        write_event(self.out, event)
    }
}
