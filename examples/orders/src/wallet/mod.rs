//! The wallet of one customer: what was paid in, and what orders take out of it by way of the payment provider.

mod commands;
mod events;
#[cfg(test)]
mod tests;

pub use commands::{
    ChargePayment, ConfirmPayment, DeclinePayment, PayIn, RefundPayment, VoidPayment,
};
pub use events::{
    MoneyPaidIn, PaymentFailed, PaymentRefunded, PaymentRequested, PaymentTaken, PaymentVoided,
};

use std::collections::BTreeMap;

use annals::prelude::*;

use crate::cents::Cents;

/// Why a payment is refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
pub enum Declined {
    #[error("{asked} are asked for, and {balance} are there")]
    NotCovered { asked: Cents, balance: Cents },
    #[error("the payment was taken already: it can be refunded")]
    TakenAlready,
}

#[derive(Debug, Default, PartialEq, Aggregate, Serialize, Deserialize)]
#[aggregate(
    name = "wallet",
    events(
        MoneyPaidIn,
        PaymentRequested,
        PaymentTaken,
        PaymentFailed,
        PaymentVoided,
        PaymentRefunded,
    ),
    commands(ChargePayment, VoidPayment, RefundPayment),
    snapshot(every = 100)
)]
pub struct Wallet {
    /// What is free, without what payments on the way have set aside.
    balance: Cents,
    /// By order; what failed, was voided or refunded is no longer there.
    payments: BTreeMap<String, Payment>,
}

#[derive(Debug, Clone, Copy, PartialEq, Schema, Serialize, Deserialize)]
struct Payment {
    amount: Cents,
    is_taken: bool,
}

#[aggregate]
impl Wallet {
    fn paid_in(&mut self, event: MoneyPaidIn) {
        self.balance += event.amount;
    }

    fn requested(&mut self, event: PaymentRequested) {
        self.balance -= event.amount;
        let payment = Payment {
            amount: event.amount,
            is_taken: false,
        };
        self.payments.insert(event.order, payment);
    }

    fn taken(&mut self, event: PaymentTaken) {
        if let Some(payment) = self.payments.get_mut(&event.order) {
            payment.is_taken = true;
        }
    }

    fn failed(&mut self, event: PaymentFailed) {
        self.give_back(&event.order);
    }

    fn voided(&mut self, event: PaymentVoided) {
        self.give_back(&event.order);
    }

    fn refunded(&mut self, event: PaymentRefunded) {
        self.give_back(&event.order);
    }

    fn pay_in(&self, command: PayIn) -> Result<MoneyPaidIn, Declined> {
        Ok(MoneyPaidIn {
            amount: command.amount,
        })
    }

    // The money is set aside until the provider has answered.
    fn charge(&self, command: ChargePayment) -> Result<PaymentRequested, Declined> {
        if command.amount > self.balance {
            return Err(Declined::NotCovered {
                asked: command.amount,
                balance: self.balance,
            });
        }
        Ok(PaymentRequested {
            order: command.order,
            amount: command.amount,
        })
    }

    // An answer that comes late, or twice, does nothing.
    fn confirm(&self, command: ConfirmPayment) -> Result<Option<PaymentTaken>, Declined> {
        let amount = self.on_the_way(&command.order);
        Ok(amount.map(|amount| PaymentTaken {
            order: command.order,
            amount,
        }))
    }

    fn decline(&self, command: DeclinePayment) -> Result<Option<PaymentFailed>, Declined> {
        let amount = self.on_the_way(&command.order);
        Ok(amount.map(|amount| PaymentFailed {
            order: command.order,
            amount,
        }))
    }

    fn void(&self, command: VoidPayment) -> Result<Option<PaymentVoided>, Declined> {
        match self.payments.get(&command.order) {
            Some(Payment { is_taken: true, .. }) => Err(Declined::TakenAlready),
            Some(payment) => Ok(Some(PaymentVoided {
                order: command.order,
                amount: payment.amount,
            })),
            None => Ok(None),
        }
    }

    fn refund(&self, command: RefundPayment) -> Result<Option<PaymentRefunded>, Declined> {
        let payment = self.payments.get(&command.order);
        let taken = payment.filter(|payment| payment.is_taken);
        Ok(taken.map(|payment| PaymentRefunded {
            order: command.order,
            amount: payment.amount,
        }))
    }
}

impl Wallet {
    /// The amount of a payment on which the provider has not answered.
    fn on_the_way(&self, order: &str) -> Option<Cents> {
        let payment = self.payments.get(order)?;
        (!payment.is_taken).then_some(payment.amount)
    }

    fn give_back(&mut self, order: &str) {
        if let Some(payment) = self.payments.remove(order) {
            self.balance += payment.amount;
        }
    }
}
