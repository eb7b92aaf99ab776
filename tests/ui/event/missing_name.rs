use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
struct AccountOpened {
    owner: String,
}

fn main() {}
