use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 1)]
struct AccountOpenedV1 {
    name: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 2, upcast = AccountOpenedV1::into_current)]
struct AccountOpened {
    owner: String,
}

impl AccountOpenedV1 {
    fn into_current(self) -> AccountOpened {
        AccountOpened { owner: self.name }
    }
}

#[derive(Aggregate, Default)]
#[aggregate(name = "account", events(AccountOpened, AccountOpenedV1))]
struct Account {
    owner: String,
}

#[aggregate]
impl Account {
    fn opened(&mut self, event: AccountOpened) {
        self.owner = event.owner;
    }

    fn opened_v1(&mut self, event: AccountOpenedV1) {
        self.owner = event.name;
    }
}

fn main() {}
