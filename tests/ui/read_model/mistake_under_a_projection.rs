use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
struct AccountOpened {
    owner: String,
}

#[derive(ReadModel)]
struct Balance {
    account: String,
    owner: String,
}

#[projection("balances")]
impl Balance {
    fn opened(event: &AccountOpened, cx: &Recorded) -> Self {
        Balance {
            account: cx.stream().id().to_owned(),
            owner: event.owner.clone(),
        }
    }
}

fn main() {}
