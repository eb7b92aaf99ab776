use annals::prelude::*;

#[derive(Clone, Serialize, Deserialize)]
struct Piece;

#[derive(Command, Clone, Serialize, Deserialize)]
#[command("inventory.reserve")]
struct Reserve {
    piece: Piece,
}

fn main() {}
