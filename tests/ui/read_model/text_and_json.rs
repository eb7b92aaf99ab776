use annals::prelude::*;

#[derive(ReadModel)]
struct Balance {
    #[key]
    account: String,
    #[column(text, json)]
    extra: u128,
}

fn main() {}
