//! The macros in places where names are not what they seem.

#[path = "hygiene/forms.rs"]
mod forms;
#[path = "hygiene/in_function.rs"]
mod in_function;
#[path = "hygiene/lints.rs"]
pub mod lints;
#[path = "hygiene/no_prelude.rs"]
mod no_prelude;
#[path = "hygiene/privacy.rs"]
mod privacy;
#[path = "hygiene/raw_identifiers.rs"]
mod raw_identifiers;
#[path = "hygiene/readme.rs"]
mod readme;
#[path = "hygiene/shadowed.rs"]
mod shadowed;
#[path = "hygiene/shapes.rs"]
mod shapes;
#[path = "hygiene/wrapped.rs"]
mod wrapped;
