use annals::prelude::*;

#[derive(ReadModel)]
union Balance {
    cents: i64,
    euros: i64,
}

fn main() {}
