//! What the databases of older releases hold: ledgers, notes, and parcels that a courier looks after.

use std::time::Duration;

use annals::prelude::*;
use annals::{App, StoreOptions, StoreSource};
use annals_tests::domain::{Deposited, Ledger, Opened, Ticked};

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "note.taken", version = 2, upcast = NoteV1::into_current)]
pub(crate) struct Note {
    pub(crate) text: String,
    pub(crate) lines: u32,
}

#[derive(Event, Serialize, Deserialize, Debug, Clone, PartialEq)]
#[event(name = "note.taken", version = 1)]
pub(crate) struct NoteV1 {
    pub(crate) text: String,
}

impl NoteV1 {
    fn into_current(self) -> Note {
        Note {
            text: self.text,
            lines: 1,
        }
    }
}

#[derive(ReadModel, Debug, Clone, PartialEq)]
pub(crate) struct Balance {
    #[key]
    pub(crate) ledger: String,
    #[index]
    pub(crate) cents: i64,
}

#[projection("balances")]
impl Balance {
    fn opened(_: &Opened, cx: &Recorded) -> Self {
        let ledger = cx.stream().id().to_owned();
        Balance { ledger, cents: 0 }
    }

    fn deposited(&mut self, event: &Deposited) -> Result<(), &'static str> {
        if event.cents == 13 {
            return Err("13 cents are bad luck");
        }
        self.cents += event.cents;
        Ok(())
    }
}

#[derive(Event, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[event("parcel.sent")]
pub(crate) struct Sent {}

#[derive(Event, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[event("parcel.stamped")]
pub(crate) struct Stamped {}

#[derive(Command, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[command("parcel.stamp")]
pub(crate) struct Stamp {}

#[derive(Aggregate, Default)]
#[aggregate(name = "parcel", events(Sent, Stamped), commands(Stamp))]
pub(crate) struct Parcel {
    is_stamped: bool,
}

#[aggregate]
impl Parcel {
    fn sent(&mut self, _: Sent) {}

    fn stamped(&mut self, _: Stamped) {
        self.is_stamped = true;
    }

    fn stamp(&self, _: Stamp) -> Result<Stamped, String> {
        match self.is_stamped {
            true => Err("it is stamped".to_owned()),
            false => Ok(Stamped {}),
        }
    }
}

#[derive(Event, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[event("courier.late")]
pub(crate) struct Late {}

/// Each time that a parcel is sent, it asks for a stamp, which is refused from the second time on.
#[derive(Event, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[event("courier_state")]
pub(crate) struct Courier {
    pub(crate) sent: u32,
    pub(crate) refused: u32,
}

#[process(name = "courier", partitions = 2)]
impl Courier {
    #[key(cx.stream().id())]
    fn sent(state: Option<Self>, _: &Sent, _: &Recorded, out: &mut Out<Self>) -> Self {
        let before = state.map_or((0, 0), |state| (state.sent, state.refused));
        let parcel = out.id().to_owned();
        out.to::<Parcel>(parcel).send(Stamp {});
        // Long after all these databases.
        out.after(Duration::from_secs(5_000_000_000), Late {});
        Courier {
            sent: before.0 + 1,
            refused: before.1,
        }
    }

    fn refused(&mut self, _: &Rejected<Parcel, Stamp>) {
        self.refused += 1;
    }

    fn late(&mut self, _: &Timer<Late>, out: &mut Out<Self>) {
        out.finish();
    }
}

/// The program at a store.
pub(crate) fn app(source: impl Into<StoreSource>, options: StoreOptions) -> App {
    App::new(source)
        .options(options)
        .aggregate::<Ledger>()
        .aggregate::<Parcel>()
        .event::<Ticked>()
        .event::<Note>()
        .projection::<Balance>()
        .process::<Courier>()
        .lease(Duration::from_millis(400))
}
