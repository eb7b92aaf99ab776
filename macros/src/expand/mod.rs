//! From the model to Rust: the only place that generates code.
//!
//! Expansions are thin: names, tables and calls. What they do lies in `annals::__rt`, as ordinary code. Every path is
//! rooted, and everything but the enum of an aggregate's events lies in a `const _`, where it meets nobody's names.

mod aggregate;
mod block;
mod event;
pub(crate) mod fallback;
mod literal;
mod lock;
mod locked;
mod past;
mod process;
mod projected;
mod projection;
mod reaction;
mod read_model;
mod recursion;
mod shape;
mod span;

pub(crate) use aggregate::aggregate;
pub(crate) use block::block;
pub(crate) use event::event;
pub(crate) use past::past;
pub(crate) use process::process;
pub(crate) use projection::projection;
pub(crate) use read_model::read_model;
pub(crate) use shape::schema;
