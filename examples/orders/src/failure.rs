//! Why the program ends early: what and where, and what to do about it.

use std::fmt::Display;
use std::io;

use annals::prelude::*;

#[derive(Debug)]
pub struct Failure {
    message: String,
    help: Option<String>,
}

impl Failure {
    pub fn new(message: impl Display) -> Self {
        Failure {
            message: message.to_string(),
            help: None,
        }
    }

    /// A refusal where none is expected.
    pub fn refused<E: Display>(error: CommandError<E>) -> Self {
        match error {
            CommandError::Rejected(refusal) => Failure::new(refusal),
            CommandError::Store(error) => error.into(),
        }
    }

    /// Writes it for people. Nothing is left to do where even that fails.
    pub fn report(&self, err: &mut dyn io::Write) {
        let _ = writeln!(err, "error: {}", self.message);
        if let Some(help) = &self.help {
            let _ = writeln!(err, "help: {help}");
        }
    }
}

impl From<annals::Error> for Failure {
    fn from(error: annals::Error) -> Self {
        Failure {
            message: error.to_string(),
            help: error.hint().map(str::to_owned),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::new(format_args!("the output cannot be written: {error}"))
    }
}
