use annals::prelude::*;

struct Money(i64);

#[derive(ReadModel)]
struct Balance {
    #[key]
    account: String,
    #[column(text)]
    held: Option<Money>,
}

fn main() {}
