use annals::prelude::*;

#[derive(ReadModel)]
struct Balance<T> {
    #[key]
    account: T,
    cents: i64,
}

fn main() {}
