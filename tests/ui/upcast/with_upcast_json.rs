use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 1)]
struct AccountOpenedV1 {
    name: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 2, upcast = |old: AccountOpenedV1| AccountOpened { owner: old.name }, upcast_json = from_json)]
struct AccountOpened {
    owner: String,
}

fn from_json(old: RawEvent<'_>) -> Result<AccountOpened, serde_json::Error> {
    old.json()
}

fn main() {}
