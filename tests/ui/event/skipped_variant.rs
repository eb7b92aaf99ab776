use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("account.changed")]
enum AccountChanged {
    Renamed(String),
    #[serde(skip)]
    Unknown,
}

fn main() {}
