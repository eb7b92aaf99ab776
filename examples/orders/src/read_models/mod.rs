//! What is made of the events to be read: tables that follow them.

mod order_status;
mod stock;

pub use order_status::{OrderStatus, Standing};
pub use stock::Stock;
