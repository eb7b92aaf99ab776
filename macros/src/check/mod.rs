//! What is wrong with the model. Each check says what, where, and the edit that cures it.

mod aggregate;
mod block;
mod event;
mod function;
mod lock;
mod names;
mod numbers;
mod past;
mod process;
mod projected;
mod projection;
mod reaction;
mod read_model;
mod row;
mod shape;
mod signature;
mod write;

pub(crate) use aggregate::aggregate;
pub(crate) use block::block;
pub(crate) use event::event;
pub(crate) use past::past;
pub(crate) use process::process;
pub(crate) use projection::projection;
pub(crate) use read_model::read_model;
pub(crate) use shape::schema;
