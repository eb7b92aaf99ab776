//! What happens to an order. Names and shapes are stored, so they stay as they are.

use std::fmt;

use annals::prelude::*;

use crate::cents::Cents;

#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("order.placed")]
pub struct OrderPlaced {
    pub customer: String,
    pub item: String,
    pub quantity: u32,
    /// Of all pieces together.
    pub price: Cents,
    pub postcode: String,
    /// How long the payment provider may take to answer.
    pub pay_within_ms: u32,
}

#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("order.shipped")]
pub struct OrderShipped {}

#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("order.cancelled")]
pub struct OrderCancelled {
    pub reason: Reason,
}

/// Why an order came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Schema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    OutOfStock,
    NotCovered,
    PaymentDeclined,
    PaymentTimedOut,
    OutOfReach,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Reason::OutOfStock => "out of stock",
            Reason::NotCovered => "not covered",
            Reason::PaymentDeclined => "payment declined",
            Reason::PaymentTimedOut => "payment timed out",
            Reason::OutOfReach => "out of reach",
        })
    }
}
