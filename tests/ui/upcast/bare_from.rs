use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 1)]
struct AccountOpenedV1 {
    name: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 2, upcast = From::from)]
struct AccountOpened {
    owner: String,
}

impl From<AccountOpenedV1> for AccountOpened {
    fn from(old: AccountOpenedV1) -> Self {
        AccountOpened { owner: old.name }
    }
}

fn main() {}
