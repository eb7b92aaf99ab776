use std::fmt;

use crate::error::Error;

/// Why a command was not carried out.
#[derive(Debug)]
pub enum CommandError<E> {
    /// The aggregate refused it, in the words of the domain.
    Rejected(E),
    /// The store could not do it.
    Store(Error),
}

impl<E> CommandError<E> {
    /// The refusal, where the aggregate refused.
    pub fn rejection(&self) -> Option<&E> {
        match self {
            CommandError::Rejected(refusal) => Some(refusal),
            CommandError::Store(_) => None,
        }
    }
}

impl<E> From<Error> for CommandError<E> {
    fn from(error: Error) -> Self {
        CommandError::Store(error)
    }
}

impl<E: fmt::Display> fmt::Display for CommandError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CommandError::Rejected(refusal) => refusal.fmt(f),
            CommandError::Store(error) => error.fmt(f),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> std::error::Error for CommandError<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            CommandError::Rejected(_) => None,
            CommandError::Store(error) => error.source(),
        }
    }
}
