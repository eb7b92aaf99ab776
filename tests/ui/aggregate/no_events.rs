use annals::prelude::*;

#[derive(Aggregate, Default)]
#[aggregate(name = "account", events())]
struct Account {
    owner: String,
}

fn main() {}
