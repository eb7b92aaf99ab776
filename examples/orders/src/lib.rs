//! Orders: placed, reserved, paid and shipped, or taken back step by step.

#![allow(
    missing_docs,
    reason = "the library of a program, whose readers have its source before them"
)]

mod books;
mod cents;
mod failure;
mod fulfilment;
mod inventory;
mod load;
mod order;
mod provider;
mod read_models;
mod wallet;

pub use books::{Books, Ending, Fault};
pub use cents::Cents;
pub use failure::Failure;
pub use fulfilment::{OrderFulfilment, PaymentTimeout, Step};
pub use inventory::{
    Inventory, InventoryReleased, InventoryReserved, OutOfStock, ReceiveStock, ReleaseInventory,
    ReserveInventory, StockReceived,
};
pub use load::{Load, Placed};
pub use order::{
    CancelOrder, Order, OrderCancelled, OrderPlaced, OrderShipped, PlaceOrder, Reason, ShipOrder,
    Unfit,
};
pub use provider::{Answer, Provider};
pub use read_models::{OrderStatus, Standing, Stock};
pub use wallet::{
    ChargePayment, ConfirmPayment, DeclinePayment, Declined, MoneyPaidIn, PayIn, PaymentFailed,
    PaymentRefunded, PaymentRequested, PaymentTaken, PaymentVoided, RefundPayment, VoidPayment,
    Wallet,
};

use annals::{App, StoreSource};

/// What the program consists of.
pub fn app(store: impl Into<StoreSource>) -> App {
    App::new(store)
        .aggregate::<Order>()
        .aggregate::<Inventory>()
        .aggregate::<Wallet>()
        .projection::<OrderStatus>()
        .projection::<Stock>()
        .process::<OrderFulfilment>()
}
