use annals::prelude::*;

type Perhaps = Option<String>;

#[derive(ReadModel)]
struct Balance {
    #[key]
    account: Perhaps,
    cents: i64,
}

fn main() {}
