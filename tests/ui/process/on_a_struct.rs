use annals::prelude::*;

#[process("order-fulfilment")]
struct Fulfilment {
    is_paid: bool,
}

fn main() {}
