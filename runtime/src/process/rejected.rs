use std::fmt;

use crate::aggregate::Handle;
use crate::event::Recorded;
use crate::stream::StreamId;

/// A command that a process sent, and that the aggregate refused.
pub struct Rejected<A: Handle<C>, C> {
    command: C,
    reason: A::Error,
    aggregate: StreamId,
    recorded: Recorded,
}

impl<A: Handle<C>, C> Rejected<A, C> {
    pub(crate) fn new(
        command: C,
        reason: A::Error,
        aggregate: StreamId,
        recorded: Recorded,
    ) -> Self {
        Rejected {
            command,
            reason,
            aggregate,
            recorded,
        }
    }

    /// The command.
    #[must_use]
    pub fn command(&self) -> &C {
        &self.command
    }

    /// Why it was refused.
    #[must_use]
    pub fn reason(&self) -> &A::Error {
        &self.reason
    }

    /// The stream of the aggregate that refused it.
    #[must_use]
    pub fn aggregate(&self) -> &StreamId {
        &self.aggregate
    }

    /// Where and when the refusal was recorded.
    #[must_use]
    pub fn recorded(&self) -> &Recorded {
        &self.recorded
    }
}

/// Without the command and the reason: what is debugged ends in logs.
impl<A: Handle<C>, C> fmt::Debug for Rejected<A, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rejected")
            .field("aggregate", &self.aggregate)
            .finish_non_exhaustive()
    }
}
