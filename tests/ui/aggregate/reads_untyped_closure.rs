use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
struct AccountOpened {
    owner: String,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "account", events(AccountOpened), reads(|_| ()))]
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
