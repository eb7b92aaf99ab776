//! What must hold of everything that annals reads, whatever it is given. One module for each kind of input; each is the body
//! of a target in `fuzz_targets`, and states its property.
#![forbid(unsafe_code)]

pub mod address;
pub mod arguments;
pub mod bank_files;
mod domain;
pub mod facts;
mod held;
pub mod import;
pub mod lock;
pub mod lock_folder;
pub mod payload;
pub mod rows;
