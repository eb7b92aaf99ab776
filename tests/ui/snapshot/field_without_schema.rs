use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
struct AccountOpened {
    owner: String,
}

#[derive(Aggregate, Default, Serialize, Deserialize)]
#[aggregate(name = "account", events(AccountOpened), snapshot(every = 100))]
struct Account {
    owner: String,
    limit: Limit,
}

#[derive(Default, Serialize, Deserialize)]
struct Limit {
    cents: i64,
}

#[aggregate]
impl Account {
    fn opened(&mut self, event: AccountOpened) {
        self.owner = event.owner;
    }
}

fn main() {}
