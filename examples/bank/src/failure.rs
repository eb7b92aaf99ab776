//! Why a command of the program ends early: what and where, and what to do about it.

use std::fmt::Display;
use std::io;

use crate::asc::{AccountNumber, Faults};

#[derive(Debug)]
pub struct Failure {
    /// `None` where nobody wants to know: the reader of the output has gone away, like `head` does.
    message: Option<String>,
    help: Option<String>,
}

impl Failure {
    pub fn new(message: impl Display) -> Self {
        Failure {
            message: Some(message.to_string()),
            help: None,
        }
    }

    pub fn unknown_account(number: AccountNumber) -> Self {
        Failure::new(format!("the store has no account {number}"))
            .with_help("`bank import <account file> <transaction file>..` brings accounts in")
    }

    #[must_use]
    pub fn with_help(mut self, help: impl Display) -> Self {
        self.help = Some(help.to_string());
        self
    }

    /// Puts what was being done in front of the message.
    #[must_use]
    pub fn while_doing(mut self, what: impl Display) -> Self {
        self.message = self.message.map(|message| format!("{what}: {message}"));
        self
    }

    /// Writes it for people. Nothing is left to do where even that fails.
    pub fn report(&self, err: &mut dyn io::Write) {
        if let Some(message) = &self.message {
            let _ = writeln!(err, "error: {message}");
        }
        if let Some(help) = &self.help {
            let _ = writeln!(err, "help: {help}");
        }
    }
}

impl From<annals::Error> for Failure {
    fn from(error: annals::Error) -> Self {
        Failure {
            message: Some(error.to_string()),
            help: error.hint().map(str::to_owned),
        }
    }
}

impl From<Faults> for Failure {
    fn from(faults: Faults) -> Self {
        Failure::new(faults).with_help("nothing was stored; correct the lines and import again")
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let is_wanted = error.kind() != io::ErrorKind::BrokenPipe;
        Failure {
            message: is_wanted.then(|| format!("the output cannot be written: {error}")),
            help: None,
        }
    }
}
