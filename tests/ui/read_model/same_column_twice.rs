use annals::prelude::*;

#[derive(ReadModel)]
struct Balance {
    #[key]
    account: String,
    cents: i64,
    #[column(name = "cents")]
    euros: i64,
}

fn main() {}
