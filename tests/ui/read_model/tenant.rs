use annals::prelude::*;

#[derive(ReadModel)]
struct Balance {
    #[key]
    tenant: String,
    cents: i64,
}

fn main() {}
