use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 1)]
struct AccountOpenedV1 {
    name: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 2, upcast = AccountOpenedV1::into_current)]
struct AccountOpened {
    owner: Owner,
}

#[derive(Serialize, Deserialize)]
struct Owner(String);

impl AccountOpenedV1 {
    fn into_current(self) -> AccountOpened {
        AccountOpened { owner: Owner(self.name) }
    }
}

fn main() {}
