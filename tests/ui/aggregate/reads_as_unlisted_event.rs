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

#[derive(Event, Serialize, Deserialize)]
#[event("money.moved")]
struct MoneyMoved {
    cents: i64,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "account", events(AccountOpened), reads(|old: MoneyMoved| MoneyWithdrawn { cents: old.cents }))]
struct Account {
    owner: String,
}

#[aggregate]
impl Account {
    fn opened(&mut self, event: AccountOpened) {
        self.owner = event.owner;
    }
}

fn main() {}
