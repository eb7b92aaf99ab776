use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
struct AccountOpened;

#[aggregate(name = "account", events(AccountOpened))]
#[derive(Aggregate, Default)]
struct Account;

#[aggregate]
impl Account {
    fn opened(&mut self, _: AccountOpened) {}
}

fn main() {}
