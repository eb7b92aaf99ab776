use annals::prelude::*;

#[derive(Command, Serialize, Deserialize)]
#[command("inventory.reserve")]
struct Reserve {
    pieces: u32,
}

fn main() {}
