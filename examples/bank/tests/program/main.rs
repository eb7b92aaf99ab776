//! The program as its users run it.

mod bank;
mod import;
mod release_1;
mod reports;
