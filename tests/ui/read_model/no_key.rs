use annals::prelude::*;

#[derive(ReadModel)]
struct Balance {
    account: String,
    cents: i64,
}

fn main() {}
