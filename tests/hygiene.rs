//! The macros in places where names are not what they seem.

#[path = "hygiene/readme.rs"]
mod readme;
