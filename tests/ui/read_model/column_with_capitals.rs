use annals::prelude::*;

#[derive(ReadModel)]
struct Balance {
    #[key]
    account: String,
    #[column(name = "heldCents")]
    cents: i64,
}

fn main() {}
