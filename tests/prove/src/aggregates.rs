//! The aggregates that decide on commands.

use annals::prelude::*;

use crate::domain::{Decided, Move, Moved, Paid, Refused, State, decide};

/// An aggregate of which no snapshots are taken.
#[derive(Aggregate, Default, Debug, Clone)]
#[aggregate(name = "till", events(Moved, Decided))]
pub(crate) struct Till {
    pub(crate) state: State,
}

/// An aggregate of which snapshots are taken.
#[derive(Aggregate, Default, Serialize, Deserialize, Debug, Clone)]
#[aggregate(name = "ledger", events(Moved, Decided), snapshot(every = 5))]
pub(crate) struct Ledger {
    pub(crate) state: State,
}

/// An aggregate whose events change rows at once.
#[derive(Aggregate, Default, Debug, Clone)]
#[aggregate(name = "purse", events(Paid))]
pub(crate) struct Purse {
    pub(crate) state: State,
}

#[aggregate]
impl Till {
    fn moved(&mut self, event: Moved) {
        self.state = self.state.after(&event.mark, event.amount());
    }
    fn decided(&mut self, event: Decided) {
        self.state = self.state.after(&event.mark, event.amount);
    }
    fn decide(&self, command: Move) -> Result<Vec<Decided>, Refused> {
        decide(self.state, &command)
    }
}

#[aggregate]
impl Ledger {
    fn moved(&mut self, event: Moved) {
        self.state = self.state.after(&event.mark, event.amount());
    }
    fn decided(&mut self, event: Decided) {
        self.state = self.state.after(&event.mark, event.amount);
    }
    fn decide(&self, command: Move) -> Result<Vec<Decided>, Refused> {
        decide(self.state, &command)
    }
}

#[aggregate]
impl Purse {
    fn paid(&mut self, event: Paid) {
        self.state = self.state.after(&event.mark, event.amount);
    }
    fn decide(&self, command: Move) -> Result<Vec<Paid>, Refused> {
        let decided = decide(self.state, &command)?.into_iter();
        let paid = decided.map(|event| Paid {
            mark: event.mark,
            amount: event.amount,
            seen: Some(event.seen),
        });
        Ok(paid.collect())
    }
}

/// What the clients need of each aggregate.
pub(crate) trait Folded:
    Aggregate<Id: From<String>> + Handle<Move, Error = Refused> + Send + Sync
{
    fn state(&self) -> State;

    /// The mark and the amount of an event, as it is read.
    fn read(event: Self::Event) -> (String, i64);
}

impl Folded for Till {
    fn state(&self) -> State {
        self.state
    }

    fn read(event: TillEvent) -> (String, i64) {
        match event {
            TillEvent::Moved(event) => (event.mark.clone(), event.amount()),
            TillEvent::Decided(event) => (event.mark, event.amount),
        }
    }
}

impl Folded for Ledger {
    fn state(&self) -> State {
        self.state
    }

    fn read(event: LedgerEvent) -> (String, i64) {
        match event {
            LedgerEvent::Moved(event) => (event.mark.clone(), event.amount()),
            LedgerEvent::Decided(event) => (event.mark, event.amount),
        }
    }
}

impl Folded for Purse {
    fn state(&self) -> State {
        self.state
    }

    fn read(event: PurseEvent) -> (String, i64) {
        let PurseEvent::Paid(event) = event;
        (event.mark, event.amount)
    }
}
