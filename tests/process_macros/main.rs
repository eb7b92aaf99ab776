//! What the macros of commands and processes make.

mod command;
mod process;
