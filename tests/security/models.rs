//! An account, and read models of it.

use std::time::Duration;

use annals::prelude::*;
use annals::{App, StoreOptions};
use annals_tests::domain::{Deposited, Ledger, Opened, Ticked};

#[derive(ReadModel, Debug, Clone, PartialEq)]
pub(crate) struct Balance {
    #[key]
    account: String,
    #[index]
    pub(crate) cents: i64,
}

#[projection("balances")]
impl Balance {
    fn opened(_: &Opened, cx: &Recorded) -> Self {
        let account = cx.stream().id().to_owned();
        Balance { account, cents: 0 }
    }

    fn deposited(&mut self, event: &Deposited) {
        self.cents += event.cents;
    }
}

/// The next version of it, with another column.
#[derive(ReadModel, Debug, Clone, PartialEq)]
pub(crate) struct Richer {
    #[key]
    account: String,
    pub(crate) cents: i64,
    pub(crate) deposits: i64,
}

#[projection(name = "balances", version = 2)]
impl Richer {
    fn opened(_: &Opened, cx: &Recorded) -> Self {
        let account = cx.stream().id().to_owned();
        Richer {
            account,
            cents: 0,
            deposits: 0,
        }
    }

    fn deposited(&mut self, event: &Deposited) {
        self.cents += event.cents;
        self.deposits += 1;
    }
}

/// A read model that an append keeps up to date.
#[derive(ReadModel, Debug, Clone, PartialEq)]
pub(crate) struct Sum {
    #[key]
    account: String,
    pub(crate) cents: i64,
}

#[projection(name = "sums", inline)]
impl Sum {
    fn opened(_: &Opened, cx: &Recorded) -> Self {
        let account = cx.stream().id().to_owned();
        Sum { account, cents: 0 }
    }

    fn deposited(&mut self, event: &Deposited) {
        self.cents += event.cents;
    }
}

/// The app at an address, opened in this way.
pub(crate) fn app(url: &str, options: StoreOptions) -> App {
    App::new(url)
        .options(options)
        .aggregate::<Ledger>()
        .event::<Ticked>()
}

#[derive(Event, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[event("bell.rung")]
pub(crate) struct Rung {}

#[derive(Command, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[command("bell.ring")]
pub(crate) struct Ring {}

#[derive(Aggregate, Default)]
#[aggregate(name = "bell", events(Rung), commands(Ring))]
pub(crate) struct Bell {
    pub(crate) rings: u32,
}

#[aggregate]
impl Bell {
    fn rung(&mut self, _: Rung) {
        self.rings += 1;
    }

    fn ring(&self, _: Ring) -> Result<Rung, String> {
        Ok(Rung {})
    }
}

#[derive(Event, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[event("porter.time")]
pub(crate) struct Time {}

/// Rings a bell when a ledger is opened, and soon again.
#[derive(Event, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[event("porter_state")]
pub(crate) struct Porter {}

#[process(name = "porter", partitions = 1)]
impl Porter {
    #[key(cx.stream().id())]
    fn opened(_: &Opened, _: &Recorded, out: &mut Out<Self>) -> Self {
        let bell = out.id().to_owned();
        out.to::<Bell>(bell).send_and_forget(Ring {});
        out.after(Duration::from_millis(1), Time {});
        Porter {}
    }

    fn time(&mut self, _: &Timer<Time>, out: &mut Out<Self>) {
        let bell = out.id().to_owned();
        out.to::<Bell>(bell).send_and_forget(Ring {});
        out.finish();
    }
}
