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
impl Fulfilment {
    #[key(event.order)]
    fn placed(event: &OrderPlaced) -> Self {
        Fulfilment { is_paid: event.order.is_empty() }
    }

    #[key(event.order)]
    fn taken(self, event: &PaymentTaken) -> Self {
        let _ = event;
        self
    }
}

fn main() {}
