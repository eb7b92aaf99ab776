use annals::prelude::*;

#[derive(ReadModel)]
struct Balance;

fn main() {}
