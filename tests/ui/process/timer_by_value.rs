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

#[derive(Event, Serialize, Deserialize)]
#[event("payment.timed_out")]
struct PaymentTimeout;

#[process("order-fulfilment")]
impl Fulfilment {
    #[key(event.order)]
    fn placed(event: &OrderPlaced) -> Self {
        Fulfilment { is_paid: event.order.is_empty() }
    }

    fn timed_out(&mut self, _: Timer<PaymentTimeout>) {
        self.is_paid = false;
    }
}

fn main() {}
