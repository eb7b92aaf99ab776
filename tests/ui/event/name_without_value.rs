use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name)]
struct AccountOpened {
    owner: String,
}

fn main() {}
