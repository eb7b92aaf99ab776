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

#[derive(Aggregate, Default)]
#[aggregate(events(AccountOpened, MoneyWithdrawn))]
struct Account {
    cents: i64,
}

#[aggregate]
impl Account {
    fn opened(&mut self, _: AccountOpened) {}
    fn withdrawn(&mut self, event: MoneyWithdrawn) {
        self.cents -= event.cents;
    }
}

struct Mailer;

#[projection(name = "mail", exhaustive(Account))]
impl Mailer {
    async fn opened(&self, event: &AccountOpened, tx: &mut Tx) -> Result<(), String> {
        drop((event, tx));
        Ok(())
    }
}

fn main() {}
