use annals::prelude::*;

#[derive(ReadModel)]
struct Balance {
    #[key]
    #[column(json)]
    account: Vec<String>,
    cents: i64,
}

fn main() {}
