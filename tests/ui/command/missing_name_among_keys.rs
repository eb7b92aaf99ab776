use annals::prelude::*;

#[derive(Command, Clone, Serialize, Deserialize)]
#[command(version = 2)]
struct Reserve {
    pieces: u32,
}

fn main() {}
