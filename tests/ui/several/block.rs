//! 4 mistakes

use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
struct AccountOpened {
    owner: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event("money.withdrawn")]
struct MoneyWithdrawn {
    cents: i64,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "account", events(AccountOpened))]
struct Account {
    owner: String,
}

#[aggregate]
impl Account {
    async fn opened(&mut self, event: AccountOpened) -> bool {
        self.owner = event.owner;
        true
    }

    fn withdraw(&self, command: Withdraw, cx: &Recorded) {
        drop((command, cx.version()));
    }
}

#[derive(Clone)]
struct Withdraw {
    cents: i64,
}

fn main() {}
