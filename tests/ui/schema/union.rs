use annals::prelude::*;

#[derive(Schema)]
union Money {
    cents: i64,
    bits: u64,
}

fn main() {}
