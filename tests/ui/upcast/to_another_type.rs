use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 1)]
struct AccountOpenedV1 {
    name: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 2, upcast = AccountOpenedV1::into_name)]
struct AccountOpened {
    owner: String,
}

impl AccountOpenedV1 {
    fn into_name(self) -> String {
        self.name
    }
}

fn main() {}
