use annals::prelude::*;

#[derive(Aggregate, Default)]
#[aggregate(name = "account")]
struct Account {
    owner: String,
}

fn main() {}
