use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("contact.changed")]
#[annals(lock = "released")]
enum ContactChanged {
    Email { address: String },
    Phone { number: u64 },
}

fn main() {}
