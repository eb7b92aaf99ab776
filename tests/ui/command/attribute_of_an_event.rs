use annals::prelude::*;

#[derive(Command, Clone, Serialize, Deserialize)]
#[event("inventory.reserve")]
struct Reserve {
    pieces: u32,
}

fn main() {}
