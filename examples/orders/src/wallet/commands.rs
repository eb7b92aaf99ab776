//! What a wallet can be asked for: by its owner, by the payment provider, and by the process of an order.

use annals::Command;
use annals::prelude::*;

use crate::cents::Cents;

#[derive(Debug, Clone)]
pub struct PayIn {
    pub amount: Cents,
}

/// The provider has taken the money.
#[derive(Debug, Clone)]
pub struct ConfirmPayment {
    pub order: String,
}

/// The provider will not take it.
#[derive(Debug, Clone)]
pub struct DeclinePayment {
    pub order: String,
}

#[derive(Debug, Clone, PartialEq, Command, Serialize, Deserialize)]
#[command("payment.charge")]
pub struct ChargePayment {
    pub order: String,
    pub amount: Cents,
}

#[derive(Debug, Clone, PartialEq, Command, Serialize, Deserialize)]
#[command("payment.void")]
pub struct VoidPayment {
    pub order: String,
}

#[derive(Debug, Clone, PartialEq, Command, Serialize, Deserialize)]
#[command("payment.refund")]
pub struct RefundPayment {
    pub order: String,
}
