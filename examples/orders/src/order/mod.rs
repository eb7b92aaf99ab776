//! The order: what was asked for, and the one way in which it ended.

mod events;
#[cfg(test)]
mod tests;

pub use events::{OrderCancelled, OrderPlaced, OrderShipped, Reason};

use annals::Command;
use annals::prelude::*;

use crate::cents::Cents;

/// Postcodes that begin like this lie on an island to which no carrier goes.
const ISLAND: &str = "9";

/// Asks for goods. Only a caller does that, so it is no command as data.
#[derive(Debug, Clone)]
pub struct PlaceOrder(pub OrderPlaced);

#[derive(Debug, Clone, PartialEq, Command, Serialize, Deserialize)]
#[command("order.ship")]
pub struct ShipOrder;

#[derive(Debug, Clone, PartialEq, Command, Serialize, Deserialize)]
#[command("order.cancel")]
pub struct CancelOrder {
    pub reason: Reason,
}

/// Why an order refuses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
pub enum Unfit {
    #[error("the order was placed already")]
    PlacedAlready,
    #[error("there is no such order")]
    NotPlaced,
    #[error("an order is for one piece at least, at a price")]
    Empty,
    #[error("the order has ended")]
    Ended,
    #[error("no carrier goes to {postcode}")]
    OutOfReach { postcode: String },
}

#[derive(Debug, Default, PartialEq, Aggregate)]
#[aggregate(
    name = "order",
    events(OrderPlaced, OrderShipped, OrderCancelled),
    commands(ShipOrder, CancelOrder)
)]
pub enum Order {
    #[default]
    NotPlaced,
    Open {
        postcode: String,
    },
    Shipped,
    Cancelled,
}

#[aggregate]
impl Order {
    fn placed(&mut self, event: OrderPlaced) {
        *self = Order::Open {
            postcode: event.postcode,
        };
    }

    fn shipped(&mut self, _: OrderShipped) {
        *self = Order::Shipped;
    }

    fn cancelled(&mut self, _: OrderCancelled) {
        *self = Order::Cancelled;
    }

    fn place(&self, PlaceOrder(order): PlaceOrder) -> Result<OrderPlaced, Unfit> {
        if *self != Order::NotPlaced {
            return Err(Unfit::PlacedAlready);
        }
        if order.quantity == 0 || order.price <= Cents::default() {
            return Err(Unfit::Empty);
        }
        Ok(order)
    }

    fn ship(&self, _: ShipOrder) -> Result<OrderShipped, Unfit> {
        match self {
            Order::NotPlaced => Err(Unfit::NotPlaced),
            Order::Shipped | Order::Cancelled => Err(Unfit::Ended),
            Order::Open { postcode } if postcode.starts_with(ISLAND) => Err(Unfit::OutOfReach {
                postcode: postcode.clone(),
            }),
            Order::Open { .. } => Ok(OrderShipped {}),
        }
    }

    // Once more, it says nothing new.
    fn cancel(&self, command: CancelOrder) -> Result<Option<OrderCancelled>, Unfit> {
        match self {
            Order::NotPlaced => Err(Unfit::NotPlaced),
            Order::Shipped => Err(Unfit::Ended),
            Order::Cancelled => Ok(None),
            Order::Open { .. } => Ok(Some(OrderCancelled {
                reason: command.reason,
            })),
        }
    }
}
