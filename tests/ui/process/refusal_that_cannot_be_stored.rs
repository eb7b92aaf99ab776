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

#[derive(Command, Clone, Serialize, Deserialize)]
#[command("payment.charge")]
struct ChargePayment {
    order: String,
}

struct Declined;

#[derive(Aggregate, Default)]
#[aggregate(events(PaymentTaken))]
struct Payment;

#[aggregate]
impl Payment {
    fn taken(&mut self, _: PaymentTaken) {}

    fn charge(&self, command: ChargePayment) -> Result<PaymentTaken, Declined> {
        Ok(PaymentTaken {
            order: command.order,
        })
    }
}

#[process("order-fulfilment")]
impl Fulfilment {
    #[key(event.order)]
    fn placed(event: &OrderPlaced) -> Self {
        Fulfilment { is_paid: event.order.is_empty() }
    }

    fn refused(&mut self, _: &Rejected<Payment, ChargePayment>) {
        self.is_paid = false;
    }
}

fn main() {}
