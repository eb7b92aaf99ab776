use annals::prelude::*;

fn main() {
    let owner = String::new();

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "account.opened", version = 1)]
    struct AccountOpenedV1;

    #[derive(Event, Serialize, Deserialize)]
    #[event(name = "account.opened", version = 2, upcast = |_: AccountOpenedV1| AccountOpened { owner })]
    struct AccountOpened {
        owner: String,
    }
}
