use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
struct AccountOpened {
    owner: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
struct AccountCreated {
    owner: String,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "account", events(AccountOpened, AccountCreated))]
struct Account {
    owner: String,
}

#[aggregate]
impl Account {
    fn opened(&mut self, event: AccountOpened) {
        self.owner = event.owner;
    }

    fn created(&mut self, event: AccountCreated) {
        self.owner = event.owner;
    }
}

fn main() {}
