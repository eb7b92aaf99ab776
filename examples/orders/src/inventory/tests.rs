//! What the stock of an item decides, in scenarios.

use annals::testing::Scenario;

use super::*;

fn reserve(quantity: u32) -> ReserveInventory {
    ReserveInventory {
        order: "17".to_owned(),
        quantity,
    }
}

fn reserved(quantity: u32) -> InventoryReserved {
    InventoryReserved {
        order: "17".to_owned(),
        quantity,
    }
}

fn release() -> ReleaseInventory {
    ReleaseInventory {
        order: "17".to_owned(),
    }
}

#[test]
fn no_more_is_kept_than_there_is() {
    Scenario::<Inventory>::new()
        .when(ReceiveStock { quantity: 3 })
        .then(StockReceived { quantity: 3 })
        .when(reserve(2))
        .then(reserved(2))
        .when(reserve(2))
        .then_refused(OutOfStock {
            asked: 2,
            available: 1,
        });
}

#[test]
fn what_is_kept_is_released_whole_and_once() {
    Scenario::<Inventory>::new()
        .given((StockReceived { quantity: 3 }, reserved(2)))
        .when(release())
        .then(InventoryReleased {
            order: "17".to_owned(),
            quantity: 2,
        })
        .when(release())
        .then_nothing();
}

#[test]
fn nothing_is_released_where_nothing_is_kept() {
    Scenario::<Inventory>::new().when(release()).then_nothing();
}
