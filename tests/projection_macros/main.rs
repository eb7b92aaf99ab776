//! What the macros of read models and projections make.

mod projection;
mod read_model;
mod writes;
