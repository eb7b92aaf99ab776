use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 1, alias("opened"))]
struct AccountOpenedV1 {
    name: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 2, upcast = |old: AccountOpenedV1| AccountOpened { owner: old.name })]
struct AccountOpened {
    owner: String,
}

#[derive(Aggregate, Default)]
#[aggregate(events(AccountOpened))]
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
