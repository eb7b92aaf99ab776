use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("contact.changed")]
#[annals(lock = "released")]
#[serde(tag = "kind")]
enum ContactChanged {
    Email { address: String },
    Phone { number: String },
}

fn main() {}
