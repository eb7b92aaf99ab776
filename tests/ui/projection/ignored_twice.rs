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

#[derive(ReadModel)]
struct Balance {
    #[key]
    account: String,
    owner: String,
    cents: i64,
}

#[projection(name = "balances", ignore(AccountOpened, AccountOpened))]
impl Balance {
    fn withdrawn(&mut self, event: &MoneyWithdrawn) {
        self.cents -= event.cents;
    }
}

fn main() {}
