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

#[derive(Event, Serialize, Deserialize)]
#[event("fulfilment.stepped")]
struct Fulfilment {
    is_paid: bool,
}

#[process("order-fulfilment")]
impl Clone for Fulfilment {
    fn clone(&self) -> Self {
        Fulfilment { is_paid: self.is_paid }
    }
}

fn main() {}
