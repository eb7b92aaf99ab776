//! What is wrong with the model. Each check says what, where, and the edit that cures it.

mod aggregate;
mod block;
mod event;
mod function;
mod lock;
mod names;
mod past;
mod shape;
mod signature;

pub(crate) use aggregate::aggregate;
pub(crate) use block::block;
pub(crate) use event::event;
pub(crate) use past::past;
pub(crate) use shape::schema;
