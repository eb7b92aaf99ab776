use annals::prelude::*;

#[derive(ReadModel)]
#[allow(non_snake_case)]
struct Balance {
    #[key]
    accountId: String,
    cents: i64,
}

fn main() {}
