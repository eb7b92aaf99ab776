//! What annals stores, described as a constant.
//!
//! A [`Shape`] says what serde writes for a type: field names after serde's renames, types, options, nested shapes
//! all the way down. It is not what is typed in the source but what lies in the database, so two programs that
//! agree on a shape read each other's data. [`Schema`] gives a type its shape; `#[derive(Schema)]` of the crate
//! `annals` writes the implementation.

mod foreign;
mod shape;
mod std_types;
mod text;

pub use shape::{Enum, Field, Fields, Shape, Struct, Variant};

/// A type whose stored form is known.
///
/// Implemented by `#[derive(Schema)]` for your own types, by this crate for the types of `std` and, behind features,
/// for those of well-known crates.
///
/// The shape must be what `Serialize` writes and `Deserialize` reads. The derive sees to that for derived serde
/// implementations; whoever implements the trait by hand promises it.
#[diagnostic::on_unimplemented(
    message = "the stored shape of `{Self}` is not known",
    label = "annals cannot describe what is stored here",
    note = "add `#[derive(Schema)]` to `{Self}`",
    note = "if it is a type of another crate, declare on the field what it is stored as: `#[schema(as = \"text\")]`"
)]
pub trait Schema {
    /// What serde writes for a value of this type.
    const SHAPE: &'static Shape;
}
