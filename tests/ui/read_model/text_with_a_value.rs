use annals::prelude::*;

#[derive(ReadModel)]
struct Balance {
    #[key]
    account: String,
    #[column(text = true)]
    extra: u128,
}

fn main() {}
