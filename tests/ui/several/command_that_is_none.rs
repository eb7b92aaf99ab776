//! 2 mistakes: what is sent is no command, and the aggregate does not list it.

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

#[derive(Clone)]
struct ChargePayment {
    order: String,
}

#[derive(Aggregate, Default)]
#[aggregate(events(PaymentTaken))]
struct Payment;

#[aggregate]
impl Payment {
    fn taken(&mut self, _: PaymentTaken) {}

    fn charge(&self, command: ChargePayment) -> Result<PaymentTaken, String> {
        Ok(PaymentTaken {
            order: command.order,
        })
    }
}

#[process("order-fulfilment")]
impl Fulfilment {
    #[key(event.order)]
    fn placed(event: &OrderPlaced, out: &mut Out<Self>) -> Self {
        let order = event.order.clone();
        out.to::<Payment>(&event.order).send_and_forget(ChargePayment { order });
        Fulfilment { is_paid: false }
    }
}

fn main() {}
