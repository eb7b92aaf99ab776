use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = opened)]
struct AccountOpened {
    owner: String,
}

fn main() {}
