//! Shapes in the words of others: JSON Schema and AsyncAPI.

mod asyncapi;
mod enums;
mod json_schema;
mod objects;
mod values;

pub use asyncapi::{Message, asyncapi};
pub use json_schema::json_schema;
