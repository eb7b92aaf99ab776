//! A row for each order: where it stands, and since when.

use annals::prelude::*;
use chrono::{DateTime, Utc};

use crate::cents::Cents;
use crate::inventory::InventoryReserved;
use crate::order::{OrderCancelled, OrderPlaced, OrderShipped};
use crate::wallet::PaymentTaken;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Schema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Placed,
    Reserved,
    Paid,
    Shipped,
    Cancelled,
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
    fn reserved(&mut self, event: &InventoryReserved, cx: &Recorded) {
        self.stands(Standing::Reserved, cx);
    }

    #[key(event.order)]
    fn paid(&mut self, event: &PaymentTaken, cx: &Recorded) {
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
