use annals::prelude::*;

#[derive(Command, Clone, Serialize, Deserialize)]
struct Reserve {
    pieces: u32,
}

fn main() {}
