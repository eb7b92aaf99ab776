use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[command("inventory.reserve")]
struct Reserve {
    pieces: u32,
}

fn main() {}
