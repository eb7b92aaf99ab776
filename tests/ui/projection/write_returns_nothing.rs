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

struct Mailer;

#[projection("mail")]
impl Mailer {
    async fn opened(&self, event: &AccountOpened) {
        drop(event);
    }
}

fn main() {}
