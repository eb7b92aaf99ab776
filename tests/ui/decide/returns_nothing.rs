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
#[aggregate(name = "account", events(AccountOpened, MoneyWithdrawn))]
struct Account {
    owner: String,
}

#[aggregate]
impl Account {
    fn opened(&mut self, event: AccountOpened) {
        self.owner = event.owner;
    }

    fn withdrawn(&mut self, event: MoneyWithdrawn) {
        self.owner = event.cents.to_string();
    }

    fn withdraw(&self, command: Withdraw) {
        drop(command);
    }
}

#[derive(Clone)]
struct Withdraw {
    cents: i64,
}

fn main() {}
