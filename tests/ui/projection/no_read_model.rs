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

struct Balance {
    cents: i64,
}

#[projection("balances")]
impl Balance {
    fn withdrawn(&mut self, event: &MoneyWithdrawn) {
        self.cents -= event.cents;
    }
}

fn main() {}
