use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
#[annals(lock = "released")]
struct AccountOpened {
    balance: i64,
    email: Option<String>,
    #[serde(alias = "holder")]
    owner: String,
    tags: Vec<String>,
}

fn main() {}
