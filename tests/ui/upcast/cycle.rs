use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 2, upcast = AccountOpened::into_old)]
struct AccountOpenedV2 {
    name: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 3, upcast = AccountOpenedV2::into_current)]
struct AccountOpened {
    owner: String,
}

impl AccountOpened {
    fn into_old(self) -> AccountOpenedV2 {
        AccountOpenedV2 { name: self.owner }
    }
}

impl AccountOpenedV2 {
    fn into_current(self) -> AccountOpened {
        AccountOpened { owner: self.name }
    }
}

fn main() {}
