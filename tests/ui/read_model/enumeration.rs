use annals::prelude::*;

#[derive(ReadModel)]
enum Balance {
    Open { account: String },
}

fn main() {}
