use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
struct AccountOpenedV1 {
    name: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 2, upcast = |old: AccountOpenedV1| AccountOpened { owner: old.name })]
struct AccountOpened {
    owner: String,
}

#[derive(Aggregate, Default, Serialize, Deserialize)]
#[aggregate(events(AccountOpened), reads(|_: AccountOpenedV1| ()), snapshot(every = 5))]
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
