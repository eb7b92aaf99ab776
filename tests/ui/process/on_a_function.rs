use annals::prelude::*;

#[process("order-fulfilment")]
fn fulfil() {}

fn main() {}
