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
impl Apply<AccountOpened> for Account {
    fn apply(&mut self, event: AccountOpened, _: &Recorded) {
        self.owner = event.owner;
    }
}

fn main() {}
