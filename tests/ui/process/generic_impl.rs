use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("order.placed")]
struct OrderPlaced {
    order: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event("payment.taken")]
struct PaymentTaken {
    order: String,
}

struct Fulfilment<T>(T);

#[process("order-fulfilment")]
impl<T> Fulfilment<T> {
    #[key(1)]
    fn placed(_: &OrderPlaced) -> Self {
        todo!()
    }
}

fn main() {}
