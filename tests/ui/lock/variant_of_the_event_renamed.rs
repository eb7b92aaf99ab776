use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("contact.changed")]
#[annals(lock = "released")]
#[serde(tag = "kind")]
enum ContactChanged {
    Email { address: String },
    Mobile { number: u64 },
}

fn main() {}
