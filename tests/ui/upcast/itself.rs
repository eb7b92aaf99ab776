use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account.opened", version = 2, upcast = |old: AccountOpened| old)]
struct AccountOpened {
    owner: String,
}

fn main() {}
