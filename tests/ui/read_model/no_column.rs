use annals::prelude::*;

struct Money(i64);

#[derive(ReadModel)]
struct Balance {
    #[key]
    account: String,
    held: Money,
}

fn main() {}
