use annals::prelude::*;

#[derive(ReadModel)]
#[annals(lock = "elsewhere")]
struct Balance {
    #[key]
    account: String,
}

fn main() {}
