use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.created")]
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
#[event(name = "limit.set", version = 2, upcast = |old: LimitSetV1| LimitSet { daily: old.limit }, aliases("limit.raised"))]
#[annals(lock = "released")]
struct LimitSet {
    daily: u32,
}

#[derive(Event, Serialize, Deserialize)]
#[event(name = "limit.set")]
#[annals(lock = "released")]
struct LimitSetV1 {
    limit: u32,
}

#[derive(Aggregate, Default)]
#[aggregate(events(AccountOpened, LimitSet))]
#[annals(lock = "released")]
struct Account;

#[aggregate]
impl Account {
    fn opened(&mut self, _: AccountOpened) {}
    fn limited(&mut self, _: LimitSet) {}
}

fn main() {}
