use std::fmt;
use std::ops::Deref;

use chrono::{DateTime, Utc};

/// A timer that is due, with what it was set with.
pub struct Timer<T> {
    content: T,
    due_at: DateTime<Utc>,
}

impl<T> Timer<T> {
    pub(crate) fn new(content: T, due_at: DateTime<Utc>) -> Self {
        Timer { content, due_at }
    }

    /// When it was due, by the clock of the database. What it brings about happens then or later.
    #[must_use]
    pub fn due_at(&self) -> DateTime<Utc> {
        self.due_at
    }
}

impl<T> Deref for Timer<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.content
    }
}

/// Without the content: what is debugged ends in logs.
impl<T> fmt::Debug for Timer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timer")
            .field("due_at", &self.due_at)
            .finish_non_exhaustive()
    }
}
