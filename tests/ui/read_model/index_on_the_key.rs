use annals::prelude::*;

#[derive(ReadModel)]
struct Balance {
    #[key]
    #[index]
    account: String,
    cents: i64,
}

fn main() {}
