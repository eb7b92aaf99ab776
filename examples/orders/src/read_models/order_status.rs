//! A row for each order: where it stands, and since when.

use std::fmt;
use std::str::FromStr;

use annals::prelude::*;
use chrono::{DateTime, Utc};

use crate::cents::Cents;
use crate::inventory::InventoryReserved;
use crate::order::{OrderCancelled, OrderPlaced, OrderShipped};
use crate::wallet::PaymentTaken;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Placed,
    Reserved,
    Paid,
    Shipped,
    Cancelled,
}

impl Standing {
    const ALL: [Standing; 5] = [
        Standing::Placed,
        Standing::Reserved,
        Standing::Paid,
        Standing::Shipped,
        Standing::Cancelled,
    ];
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Standing::Placed => "placed",
            Standing::Reserved => "reserved",
            Standing::Paid => "paid",
            Standing::Shipped => "shipped",
            Standing::Cancelled => "cancelled",
        })
    }
}

impl FromStr for Standing {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let all = Standing::ALL.into_iter();
        let mut found = all.filter(|standing| standing.to_string() == text);
        found
            .next()
            .ok_or_else(|| format!("no order stands at `{text}`"))
    }
}

#[derive(Debug, Clone, PartialEq, ReadModel)]
pub struct OrderStatus {
    #[key]
    pub order: String,
    #[index]
    pub customer: String,
    pub cents: i64,
    #[index]
    #[column(text)]
    pub standing: Standing,
    pub since: DateTime<Utc>,
    pub placed_at: DateTime<Utc>,
    /// Why it was cancelled.
    pub reason: Option<String>,
}

#[projection(name = "orders", version = 1)]
impl OrderStatus {
    fn placed(event: &OrderPlaced, cx: &Recorded) -> Self {
        let Cents(cents) = event.price;
        OrderStatus {
            order: cx.stream().id().to_owned(),
            customer: event.customer.clone(),
            cents,
            standing: Standing::Placed,
            since: cx.recorded_at(),
            placed_at: cx.recorded_at(),
            reason: None,
        }
    }

    #[key(event.order)]
    fn reserved(&mut self, _: &InventoryReserved, cx: &Recorded) {
        self.stands(Standing::Reserved, cx);
    }

    #[key(event.order)]
    fn paid(&mut self, _: &PaymentTaken, cx: &Recorded) {
        self.stands(Standing::Paid, cx);
    }

    fn shipped(&mut self, _: &OrderShipped, cx: &Recorded) {
        self.stands(Standing::Shipped, cx);
    }

    fn cancelled(&mut self, event: &OrderCancelled, cx: &Recorded) {
        self.stands(Standing::Cancelled, cx);
        self.reason = Some(event.reason.to_string());
    }
}

impl OrderStatus {
    fn stands(&mut self, standing: Standing, cx: &Recorded) {
        self.standing = standing;
        self.since = cx.recorded_at();
    }
}
