use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", upcast = AccountCreated::into_current)]
struct AccountOpened {
    owner: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event("account.created")]
struct AccountCreated {
    owner: String,
}

impl AccountCreated {
    fn into_current(self) -> AccountOpened {
        AccountOpened { owner: self.owner }
    }
}

fn main() {}
