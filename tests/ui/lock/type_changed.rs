use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
#[annals(lock = "released")]
struct AccountOpened {
    balance: String,
    email: Option<String>,
    #[serde(alias = "holder")]
    owner: String,
    #[serde(default)]
    tags: Vec<String>,
}

fn main() {}
