use annals::prelude::*;

#[derive(ReadModel)]
struct Balance(#[key] String, i64);

fn main() {}
