use annals::prelude::*;

#[derive(Command, Clone, Serialize, Deserialize)]
#[command(name = "inventory.reserve", version = 0)]
struct Reserve {
    pieces: u32,
}

fn main() {}
