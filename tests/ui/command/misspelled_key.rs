use annals::prelude::*;

#[derive(Command, Clone, Serialize, Deserialize)]
#[command("inventory.reserve", meening = "pieces")]
struct Reserve {
    pieces: u32,
}

fn main() {}
