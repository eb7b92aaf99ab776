use annals::prelude::*;

#[derive(Command, Clone, Deserialize)]
#[command("inventory.reserve")]
struct Reserve {
    pieces: u32,
}

fn main() {}
