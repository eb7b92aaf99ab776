//! The program as its users run it.

mod annals;
mod bank;
mod import;
mod release_1;
mod reports;
