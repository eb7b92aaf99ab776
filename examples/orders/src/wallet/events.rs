//! What happens to a wallet. Names and shapes are stored, so they stay as they are.

use annals::prelude::*;

use crate::cents::Cents;

#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("money.paid_in")]
pub struct MoneyPaidIn {
    pub amount: Cents,
}

/// The provider was asked, and the amount is set aside.
#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("payment.requested")]
pub struct PaymentRequested {
    pub order: String,
    pub amount: Cents,
}

#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("payment.taken")]
pub struct PaymentTaken {
    pub order: String,
    pub amount: Cents,
}

/// The provider said no.
#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("payment.failed")]
pub struct PaymentFailed {
    pub order: String,
    pub amount: Cents,
}

/// Nobody waits for the provider any more: whatever it says comes too late.
#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("payment.voided")]
pub struct PaymentVoided {
    pub order: String,
    pub amount: Cents,
}

#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("payment.refunded")]
pub struct PaymentRefunded {
    pub order: String,
    pub amount: Cents,
}
