use crate::event::RecordedEvent;
use crate::store::feed::FeedRows;
use crate::stream::Position;

/// A part of the feed.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedPage {
    events: Vec<RecordedEvent>,
    checkpoint: Position,
    frontier: Position,
}

impl FeedPage {
    pub(super) fn of(rows: FeedRows) -> Self {
        FeedPage {
            events: rows.events,
            checkpoint: rows.checkpoint,
            frontier: rows.frontier,
        }
    }

    /// The events, in the order of their positions.
    #[must_use]
    pub fn events(&self) -> &[RecordedEvent] {
        &self.events
    }

    /// The events, handed over.
    #[must_use]
    pub fn into_events(self) -> Vec<RecordedEvent> {
        self.events
    }

    /// What to remember: whoever begins after it gets exactly what comes after this page. It can be beyond the last event of
    /// the page, where others follow that were not asked for.
    #[must_use]
    pub fn checkpoint(&self) -> Position {
        self.checkpoint
    }

    /// How far the feed could be read when this page was.
    #[must_use]
    pub fn frontier(&self) -> Position {
        self.frontier
    }

    /// Whether nothing more could be read when this page was.
    #[must_use]
    pub fn is_end(&self) -> bool {
        self.checkpoint >= self.frontier
    }
}
