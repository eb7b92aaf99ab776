use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
#[annals(lock = "edited")]
struct AccountOpened {
    balance: i64,
    email: Option<String>,
    #[serde(alias = "holder")]
    owner: String,
    #[serde(default)]
    tags: Vec<String>,
}

fn main() {}
