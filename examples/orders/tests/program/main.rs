//! The program as its users run it.

mod crashes;
mod load;
mod paths;
mod program;
