//! The same projection in one release after another.

use annals::prelude::*;
use annals::{App, Append, Expected, NewEvent};
use annals_tests::Database;
use annals_tests::domain::{Account, Deposited, Ledger, Opened, account, deposited};

use crate::run::{Ran, run};

/// The first one, which cannot handle 13 cents.
pub(crate) mod first {
    use super::{Deposited, Opened};
    use annals::prelude::*;

    #[derive(ReadModel, Debug, Clone, PartialEq)]
    pub(crate) struct Balance {
        #[key]
        pub(crate) account: String,
        #[index]
        pub(crate) cents: i64,
    }

    #[projection("balances")]
    impl Balance {
        fn opened(_: &Opened, cx: &Recorded) -> Self {
            Balance {
                account: cx.stream().id().to_owned(),
                cents: 0,
            }
        }

        fn deposited(&mut self, event: &Deposited) -> Result<(), &'static str> {
            if event.cents == 13 {
                return Err("13 cents are bad luck");
            }
            self.cents += event.cents;
            Ok(())
        }
    }
}

/// The same version, with handlers that handle 13 cents.
pub(crate) mod mended {
    use super::{Deposited, Opened};
    use annals::prelude::*;

    #[derive(ReadModel, Debug, Clone, PartialEq)]
    pub(crate) struct Balance {
        #[key]
        pub(crate) account: String,
        #[index]
        pub(crate) cents: i64,
    }

    #[projection("balances")]
    impl Balance {
        fn opened(_: &Opened, cx: &Recorded) -> Self {
            Balance {
                account: cx.stream().id().to_owned(),
                cents: 0,
            }
        }

        fn deposited(&mut self, event: &Deposited) {
            self.cents += event.cents;
        }
    }
}

/// A second version, with a column more.
pub(crate) mod second {
    use super::{Deposited, Opened};
    use annals::prelude::*;

    #[derive(ReadModel, Debug, Clone, PartialEq)]
    pub(crate) struct Balance {
        #[key]
        pub(crate) account: String,
        pub(crate) owner: String,
        pub(crate) cents: i64,
    }

    #[projection(name = "balances", version = 2, partitions = 2)]
    impl Balance {
        fn opened(event: &Opened, cx: &Recorded) -> Self {
            Balance {
                account: cx.stream().id().to_owned(),
                owner: event.owner.clone(),
                cents: 0,
            }
        }

        fn deposited(&mut self, event: &Deposited) {
            self.cents += event.cents;
        }
    }
}

/// A projection that writes by itself, and cannot handle some amounts.
pub(crate) struct Mails {
    pub(crate) bad: &'static [i64],
}

#[projection(name = "mails", version = 1)]
impl Mails {
    async fn deposited(&self, event: &Deposited) -> Result<(), String> {
        match self.bad.contains(&event.cents) {
            true => Err(format!("no mail is sent for {} cents", event.cents)),
            false => Ok(()),
        }
    }
}

/// An app at the address of a database.
pub(crate) fn app<P: annals::Projection>(database: &Database) -> App {
    App::new(database.url())
        .aggregate::<Account>()
        .aggregate::<Ledger>()
        .projection::<P>()
}

/// Runs a command of the app of a release.
pub(crate) async fn command<P: annals::Projection>(database: &Database, arguments: &[&str]) -> Ran {
    run(&app::<P>(database), arguments).await
}

/// Opens an account with one deposit after another.
pub(crate) async fn deposits(database: &Database, id: &str, cents: &[i64]) -> Receipt {
    let opened = Opened {
        owner: "ada".to_owned(),
    };
    let mut events = vec![NewEvent::of(&opened)];
    events.extend(cents.iter().copied().map(deposited));
    let append = Append::to(&account(id), Expected::NoStream, events);
    let store = database.store().await;
    store.append(append).await.expect("stored")
}

/// Lets a release follow up to what a receipt stands for.
pub(crate) async fn follow<P: annals::Projection>(database: &Database, receipt: &Receipt) {
    let running = app::<P>(database).start().await.expect("it starts");
    let rows = running.store().read_model::<P>().after(receipt);
    rows.wait().await.expect("it follows");
    running.stop().await;
}

/// A number of the view of the projection.
pub(crate) async fn number(database: &Database, query: &str) -> i64 {
    let view = match database.is_postgres() {
        true => "annals.balances",
        false => "balances",
    };
    database.number(&query.replace("{balances}", view)).await
}
