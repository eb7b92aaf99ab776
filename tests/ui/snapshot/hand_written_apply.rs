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
}

impl Apply<AccountOpened> for Account {
    fn apply(&mut self, event: AccountOpened, _: &Recorded) {
        self.owner = event.owner;
    }
}

fn main() {}
