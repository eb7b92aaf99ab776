use annals::prelude::*;

#[derive(Command, Clone, Serialize, Deserialize)]
#[command("inventory.reserve")]
struct Reserve<T> {
    pieces: T,
}

fn main() {}
