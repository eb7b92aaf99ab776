use annals::prelude::*;

#[derive(Aggregate, Default)]
struct Account {
    owner: String,
}

fn main() {}
