use annals::prelude::*;

#[derive(ReadModel)]
struct Balance {
    #[key]
    account: Option<String>,
    cents: i64,
}

fn main() {}
