use annals::prelude::*;

#[derive(Command, Clone, Serialize, Deserialize)]
#[command("inventory.reserve")]
struct Reserve {
    #[serde(skip)]
    pieces: u32,
}

fn main() {}
