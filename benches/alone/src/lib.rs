//! What the measurements share: accounts, stores to measure in, and what lies in them before.

#![allow(
    clippy::missing_panics_doc,
    clippy::missing_errors_doc,
    reason = "a measurement fails by panicking"
)]

pub mod accounts;
pub mod domain;
pub mod filling;
pub mod migration;
pub mod places;
pub mod read_models;
pub mod seed;
