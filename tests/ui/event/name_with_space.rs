use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "account opened")]
struct AccountOpened {
    owner: String,
}

fn main() {}
