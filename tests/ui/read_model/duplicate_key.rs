use annals::prelude::*;

#[derive(ReadModel)]
struct Balance {
    #[key]
    #[key]
    account: String,
    cents: i64,
}

fn main() {}
