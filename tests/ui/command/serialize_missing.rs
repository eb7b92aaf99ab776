use annals::prelude::*;

#[derive(Command, Clone)]
#[command("inventory.reserve")]
struct Reserve {
    pieces: u32,
}

fn main() {}
