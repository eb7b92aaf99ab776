use annals::prelude::*;

#[derive(Command, Clone, Copy)]
#[command("inventory.reserve")]
union Reserve {
    pieces: u32,
}

fn main() {}
