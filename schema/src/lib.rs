//! What annals stores, described as a constant, compared, and kept.
//!
//! A [`Shape`] says what serde writes for a type: field names after serde's renames, types, options, nested shapes
//! all the way down. It is not what is typed in the source but what lies in the database, so two programs that
//! agree on a shape read each other's data. [`Schema`] gives a type its shape; `#[derive(Schema)]` of the crate
//! `annals` writes the implementation.
//!
//! [`change`] tells what has changed between two shapes, by named rules ([`RULES`]), in the compiler as well as in the
//! running program. [`Facts`] is a shape as text, line by line.

mod compare;
pub mod export;
mod facts;
mod foreign;
pub mod lock;
mod name;
mod named;
mod ordered;
mod plain;
mod questions;
pub mod sample;
mod shape;
mod std_structs;
mod std_types;
pub mod text;
mod view;

pub use bumpalo::Bump;
pub use compare::{Change, Part, RULES, Rule, Within, change, changes, field_path, variant_path};
pub use facts::{Facts, Flaw};
pub use shape::{Enum, Field, Fields, Format, Shape, Skip, Struct, Tagging, Variant};

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
    const SHAPE: &'static Shape<'static>;
}
