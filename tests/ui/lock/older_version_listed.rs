use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
#[annals(lock = "released")]
struct AccountOpened {
    balance: i64,
    email: Option<String>,
    #[serde(alias = "holder")]
    owner: String,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "limit.set")]
#[annals(lock = "released")]
struct LimitSetV1 {
    limit: u32,
}

#[derive(Aggregate, Default)]
#[aggregate(events(AccountOpened, LimitSetV1))]
#[annals(lock = "released")]
struct Account;

#[aggregate]
impl Account {
    fn opened(&mut self, _: AccountOpened) {}
    fn limited(&mut self, _: LimitSetV1) {}
}

fn main() {}
