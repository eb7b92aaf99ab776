//! What the test suites share: databases to test on, and a small domain to test with.

#![allow(
    clippy::missing_panics_doc,
    clippy::missing_errors_doc,
    reason = "a test fails by panicking"
)]

pub mod append_only;
pub mod cluster;
pub mod databases;
pub mod domain;
mod money;
pub mod nats;
mod programs;
pub mod proxy;
pub mod relays;
pub mod releases;
mod server;
mod small_disk;
mod suites;
pub mod tallies;
mod user_crate;

pub use cluster::{Cluster, Setup};
pub use databases::{Database, options, postgres, sqlite};
pub use money::Money;
pub use small_disk::SmallDisk;
pub use user_crate::UserCrate;
