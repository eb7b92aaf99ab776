use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("")]
struct AccountOpened {
    owner: String,
}

fn main() {}
