//! 4 mistakes

use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
struct AccountOpened {
    owner: String,
}

#[derive(Aggregate, Default, Serialize, Deserialize)]
#[aggregate(name = "-account", events(AccountOpened, AccountOpened), snapshot(every = 0), version = 2)]
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
