use annals::prelude::*;

#[derive(Serialize, Deserialize)]
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

fn main() {}
