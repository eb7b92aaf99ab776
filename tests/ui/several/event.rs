//! 5 mistakes

use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account opened", version = 0, aliases("a", "a"), topic = "accounts")]
struct AccountOpened {
    owner: String,
    #[serde(skip)]
    note: String,
}

fn main() {}
