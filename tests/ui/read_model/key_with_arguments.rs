use annals::prelude::*;

#[derive(ReadModel)]
struct Balance {
    #[key(account)]
    account: String,
    cents: i64,
}

fn main() {}
