use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("address.changed")]
#[annals(lock = "released")]
struct AddressChanged {
    city: String,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Schema, Serialize, Deserialize)]
struct Rest {
    street: u32,
}

fn main() {}
