use annals::prelude::*;

#[aggregate]
fn opened() {}

fn main() {}
