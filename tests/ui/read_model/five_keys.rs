use annals::prelude::*;

#[derive(ReadModel)]
struct Balance {
    #[key]
    bank: String,
    #[key]
    branch: String,
    #[key]
    account: String,
    #[key]
    currency: String,
    #[key]
    year: i64,
}

fn main() {}
