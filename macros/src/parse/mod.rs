//! From tokens to the model: the only place where syn parses.

pub(crate) mod aggregate;
pub(crate) mod block;
pub(crate) mod event;
mod item;
mod serde;
mod settings;

pub(crate) use item::schema;
