use annals::prelude::*;

#[derive(ReadModel)]
struct Balance {
    #[key]
    #[column(text)]
    account: Option<String>,
    cents: i64,
}

fn main() {}
