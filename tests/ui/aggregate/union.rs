use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
struct AccountOpened {
    owner: String,
}

#[derive(Aggregate)]
#[aggregate(name = "account", events(AccountOpened))]
union Account {
    cents: i64,
    bits: u64,
}

impl Default for Account {
    fn default() -> Self {
        Account { cents: 0 }
    }
}

fn main() {}
