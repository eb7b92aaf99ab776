use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event(name = "konto.eröffnet")]
struct AccountOpened {
    owner: String,
}

fn main() {}
