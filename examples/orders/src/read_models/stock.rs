//! A row for each item: how much of it is free, and how much is kept for orders or has left with them.

use annals::prelude::*;

use crate::inventory::{Inventory, InventoryReleased, InventoryReserved, StockReceived};

#[derive(Debug, Clone, PartialEq, ReadModel)]
pub struct Stock {
    #[key]
    pub item: String,
    pub available: i64,
    pub reserved: i64,
}

#[projection(name = "stock", version = 1, exhaustive(Inventory))]
impl Stock {
    fn received(row: Option<Self>, event: &StockReceived, cx: &Recorded) -> Self {
        let mut stock = row.unwrap_or_else(|| Stock {
            item: cx.stream().id().to_owned(),
            available: 0,
            reserved: 0,
        });
        stock.available += i64::from(event.quantity);
        stock
    }

    fn reserved(&mut self, event: &InventoryReserved) {
        self.available -= i64::from(event.quantity);
        self.reserved += i64::from(event.quantity);
    }

    fn released(&mut self, event: &InventoryReleased) {
        self.available += i64::from(event.quantity);
        self.reserved -= i64::from(event.quantity);
    }
}
