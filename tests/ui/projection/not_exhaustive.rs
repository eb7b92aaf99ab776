use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
struct AccountOpened {
    owner: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event("money.withdrawn")]
struct MoneyWithdrawn {
    account: String,
    cents: i64,
}

#[derive(Aggregate, Default)]
#[aggregate(events(AccountOpened, MoneyWithdrawn))]
struct Account {
    cents: i64,
}

#[aggregate]
impl Account {
    fn opened(&mut self, _: AccountOpened) {}
    fn withdrawn(&mut self, event: MoneyWithdrawn) {
        self.cents -= event.cents;
    }
}

#[derive(ReadModel)]
struct Balance {
    #[key]
    account: String,
    owner: String,
    cents: i64,
}

#[projection(name = "balances", exhaustive(Account))]
impl Balance {
    fn withdrawn(&mut self, event: &MoneyWithdrawn) {
        self.cents -= event.cents;
    }
}

fn main() {}
