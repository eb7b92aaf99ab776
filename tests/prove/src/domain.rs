//! What the clients do business with. Each event carries a mark that no other has, and each state a digest of the marks in
//! it, so that a state tells which events it was folded from, and in which order.

use std::fmt;

use annals::prelude::*;

use crate::plant;
use crate::random::digest;

/// Something was moved, as a client of the first release said.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event("prove.moved")]
pub(crate) struct MovedV1 {
    pub(crate) mark: String,
    pub(crate) amount: i64,
    /// Makes some events long, so that an answer takes more than one packet.
    pub(crate) padding: String,
}

/// Something was moved, as a client of the second release said. The first one reads it, and writes what it wrote before.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "prove.moved", version = 2, upcast = MovedV1::in_hundredths)]
pub(crate) struct Moved {
    pub(crate) mark: String,
    pub(crate) hundredths: i64,
    pub(crate) padding: String,
}

impl MovedV1 {
    fn in_hundredths(self) -> Moved {
        Moved {
            mark: self.mark,
            hundredths: self.amount * plant::hundredths_in_one(),
            padding: self.padding,
        }
    }
}

impl Moved {
    pub(crate) fn amount(&self) -> i64 {
        self.hundredths / 100
    }
}

/// Something was paid, as a client said or as an aggregate decided: rows of an inline projection change with it.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event("prove.paid")]
pub(crate) struct Paid {
    pub(crate) mark: String,
    pub(crate) amount: i64,
    /// The state on which it was decided, where it was.
    pub(crate) seen: Option<State>,
}

/// Something was moved, as an aggregate decided.
#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event("prove.decided")]
pub(crate) struct Decided {
    pub(crate) mark: String,
    pub(crate) amount: i64,
    /// The state on which it was decided.
    pub(crate) seen: State,
}

/// What all aggregates and read models are folded into.
#[derive(Schema, Serialize, Deserialize, Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct State {
    pub(crate) events: i64,
    pub(crate) balance: i64,
    pub(crate) digest: i64,
}

impl State {
    /// The state after another event.
    pub(crate) fn after(self, mark: &str, amount: i64) -> Self {
        let digest = digest(self.digest, mark.as_bytes());
        State {
            events: self.events + 1,
            balance: self.balance + amount,
            digest: self::digest(digest, &amount.to_le_bytes()),
        }
    }
}

/// Moves an amount, in a number of events.
#[derive(Debug, Clone)]
pub(crate) struct Move {
    pub(crate) mark: String,
    pub(crate) amounts: Vec<i64>,
}

/// There is not enough.
#[derive(Serialize, Deserialize, Debug, Clone, PartialEq)]
pub(crate) struct Refused {
    /// The command that was decided on.
    pub(crate) mark: String,
    /// The state on which it was decided.
    pub(crate) seen: State,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is only {}", self.seen.balance)
    }
}

impl std::error::Error for Refused {}

/// The mark of one of the events of an append or of a command.
pub(crate) fn mark_of(call: &str, number: usize) -> String {
    format!("{call}/{number}")
}

/// What comes of a command: the events, or that there is not enough.
pub(crate) fn decide(state: State, command: &Move) -> Result<Vec<Decided>, Refused> {
    let refused = || Refused {
        mark: command.mark.clone(),
        seen: state,
    };
    let mut at = state;
    let mut events = Vec::new();
    for (number, &amount) in command.amounts.iter().enumerate() {
        let mark = mark_of(&command.mark, number);
        let next = at.after(&mark, amount);
        if next.balance < 0 && amount < 0 {
            return Err(refused());
        }
        events.push(Decided {
            mark,
            amount,
            seen: at,
        });
        at = next;
    }
    Ok(events)
}
