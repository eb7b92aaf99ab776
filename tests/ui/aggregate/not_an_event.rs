use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
struct AccountOpened {
    owner: String,
}

struct AccountClosed;

#[derive(Aggregate, Default)]
#[aggregate(name = "account", events(AccountOpened, AccountClosed))]
struct Account {
    owner: String,
}

#[aggregate]
impl Account {
    fn opened(&mut self, event: AccountOpened) {
        self.owner = event.owner;
    }

    fn closed(&mut self, _: AccountClosed) {}
}

fn main() {}
