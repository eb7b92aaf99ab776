use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
struct AccountOpened {
    owner: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event("money.withdrawn")]
struct MoneyWithdrawn {
    account: String,
    cents: i64,
}

#[derive(ReadModel)]
struct Balance {
    #[key]
    account: String,
    owner: String,
    cents: i64,
}

#[projection(name = "balances", inline, live)]
impl Balance {
    fn opened(event: &AccountOpened, cx: &Recorded) -> Self {
        Balance {
            account: cx.stream().id().to_owned(),
            owner: event.owner.clone(),
            cents: 0,
        }
    }
}

fn main() {}
