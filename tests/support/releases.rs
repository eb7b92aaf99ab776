//! Two releases of one program: the second has a column more in its balances.

use annals::{App, Append, Error, Expected, NewEvent, Projection, Receipt, Store};

use crate::domain::{Account, Opened, account, deposited};

/// The release that is in use.
pub mod first {
    use annals::prelude::*;

    use crate::domain::{Deposited, Opened, Withdrawn};

    /// A row for each account.
    #[derive(ReadModel, Debug, Clone, PartialEq)]
    pub struct Balance {
        /// The account's id.
        #[key]
        pub account: String,
        /// Who opened it.
        pub owner: String,
        /// What is in it.
        #[index]
        pub cents: i64,
    }

    #[projection(name = "balances", version = 1)]
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

        fn withdrawn(&mut self, event: &Withdrawn) {
            self.cents -= event.cents;
        }
    }
}

/// The release that takes its place.
pub mod second {
    use annals::prelude::*;

    use crate::domain::{Deposited, Opened, Withdrawn};

    /// A row for each account.
    #[derive(ReadModel, Debug, Clone, PartialEq)]
    pub struct Balance {
        /// The account's id.
        #[key]
        pub account: String,
        /// Who opened it.
        pub owner: String,
        /// What is in it.
        #[index]
        pub cents: i64,
        /// How often that changed.
        pub entries: i64,
    }

    #[projection(name = "balances", version = 2)]
    impl Balance {
        fn opened(event: &Opened, cx: &Recorded) -> Self {
            Balance {
                account: cx.stream().id().to_owned(),
                owner: event.owner.clone(),
                cents: 0,
                entries: 0,
            }
        }

        fn deposited(&mut self, event: &Deposited) {
            self.cents += event.cents;
            self.entries += 1;
        }

        fn withdrawn(&mut self, event: &Withdrawn) {
            self.cents -= event.cents;
            self.entries += 1;
        }
    }
}

/// A release with these balances.
pub fn app<P: Projection>(store: Store) -> App {
    App::new(store).aggregate::<Account>().projection::<P>()
}

/// Opens an account, and puts money in.
pub async fn open(store: &Store, id: &str, cents: i64) -> Result<Receipt, Error> {
    let owner = format!("owner of {id}");
    let events = [NewEvent::of(&Opened { owner }), deposited(cents)];
    let append = Append::to(&account(id), Expected::Any, events);
    store.append(append).await
}

/// Puts money into an account.
pub async fn deposit(store: &Store, id: &str, cents: i64) -> Result<Receipt, Error> {
    let append = Append::to(&account(id), Expected::Any, [deposited(cents)]);
    store.append(append).await
}
