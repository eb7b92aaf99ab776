//! A read model whose rows change with each append.

use annals::prelude::*;

use crate::domain::{Paid, State};

/// A row of each purse.
#[derive(ReadModel, Debug, Clone, PartialEq)]
pub(crate) struct Content {
    #[key]
    /// The id of its stream, as it has to be in an inline projection.
    pub(crate) purse: String,
    pub(crate) events: i64,
    pub(crate) balance: i64,
    pub(crate) digest: i64,
}

impl Content {
    pub(crate) fn state(&self) -> State {
        State {
            events: self.events,
            balance: self.balance,
            digest: self.digest,
        }
    }
}

#[projection(name = "contents", inline)]
impl Content {
    fn paid(row: Option<Self>, event: &Paid, cx: &Recorded) -> Self {
        let before = row.map(|row| row.state()).unwrap_or_default();
        let state = before.after(&event.mark, event.amount);
        Content {
            purse: cx.stream().id().to_owned(),
            events: state.events,
            balance: state.balance,
            digest: state.digest,
        }
    }
}
