use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.opened")]
#[annals(crate = "annals")]
struct AccountOpened {
    owner: String,
}

fn main() {}
