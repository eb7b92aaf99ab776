use annals::prelude::*;

#[derive(Command, Clone, Serialize, Deserialize)]
#[command(name = "inventory.reserve", aliases("inventory.reserve"))]
struct Reserve {
    pieces: u32,
}

fn main() {}
