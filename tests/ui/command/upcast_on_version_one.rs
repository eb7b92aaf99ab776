use annals::prelude::*;

#[derive(Command, Clone, Serialize, Deserialize)]
#[command("inventory.reserve", upcast = |old: u32| Reserve { pieces: old })]
struct Reserve {
    pieces: u32,
}

fn main() {}
