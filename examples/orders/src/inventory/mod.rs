//! The stock of one item: what lies there, and for whom some of it is kept.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use annals::Command;
use annals::prelude::*;

#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("stock.received")]
pub struct StockReceived {
    pub quantity: u32,
}

/// Kept for an order; what is never released leaves with its parcel.
#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("inventory.reserved")]
pub struct InventoryReserved {
    pub order: String,
    pub quantity: u32,
}

#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("inventory.released")]
pub struct InventoryReleased {
    pub order: String,
    pub quantity: u32,
}

#[derive(Debug, Clone)]
pub struct ReceiveStock {
    pub quantity: u32,
}

#[derive(Debug, Clone, PartialEq, Command, Serialize, Deserialize)]
#[command("inventory.reserve")]
pub struct ReserveInventory {
    pub order: String,
    pub quantity: u32,
}

#[derive(Debug, Clone, PartialEq, Command, Serialize, Deserialize)]
#[command("inventory.release")]
pub struct ReleaseInventory {
    pub order: String,
}

/// Why nothing is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[error("{asked} are asked for, and {available} are there")]
pub struct OutOfStock {
    pub asked: u32,
    pub available: u32,
}

#[derive(Debug, Default, PartialEq, Aggregate, Serialize, Deserialize)]
#[aggregate(
    name = "inventory",
    events(StockReceived, InventoryReserved, InventoryReleased),
    commands(ReserveInventory, ReleaseInventory),
    snapshot(every = 100)
)]
pub struct Inventory {
    available: u32,
    reserved: BTreeMap<String, u32>,
}

#[aggregate]
impl Inventory {
    fn received(&mut self, event: StockReceived) {
        self.available += event.quantity;
    }

    fn reserved(&mut self, event: InventoryReserved) {
        self.available -= event.quantity;
        *self.reserved.entry(event.order).or_default() += event.quantity;
    }

    fn released(&mut self, event: InventoryReleased) {
        self.available += event.quantity;
        self.reserved.remove(&event.order);
    }

    fn receive(&self, command: ReceiveStock) -> Result<StockReceived, OutOfStock> {
        Ok(StockReceived {
            quantity: command.quantity,
        })
    }

    // No look at what is kept for the order already: an order may want more, and the same command takes effect once.
    fn reserve(&self, command: ReserveInventory) -> Result<InventoryReserved, OutOfStock> {
        if command.quantity > self.available {
            return Err(OutOfStock {
                asked: command.quantity,
                available: self.available,
            });
        }
        Ok(InventoryReserved {
            order: command.order,
            quantity: command.quantity,
        })
    }

    // Where nothing is kept there is nothing to release, and nothing to refuse.
    fn release(&self, command: ReleaseInventory) -> Result<Option<InventoryReleased>, OutOfStock> {
        let kept = self.reserved.get(&command.order);
        Ok(kept.map(|quantity| InventoryReleased {
            quantity: *quantity,
            order: command.order,
        }))
    }
}
