//! Finds out, for a type that a macro knows by name only, whether it has `PartialEq` and `Debug`.
//!
//! `Probe::<T>::EQUAL` is the inherent constant where `T: PartialEq`, and [`Absent`]'s where it is not: an inherent
//! item goes before one of a trait. It works for a type that is written out, not for a type parameter.

use std::fmt::{Debug, Formatter, Result};
use std::marker::PhantomData;

/// Asks about `T`.
#[doc(hidden)]
pub struct Probe<T>(PhantomData<T>);

/// What is said of a type that has neither.
#[doc(hidden)]
pub trait Absent<T> {
    /// No equality.
    const EQUAL: Option<fn(&T, &T) -> bool> = None;
    /// No text for debugging.
    const DEBUG: Option<fn(&T, &mut Formatter<'_>) -> Result> = None;
}

impl<T> Absent<T> for Probe<T> {}

impl<T: PartialEq> Probe<T> {
    /// The type's equality.
    pub const EQUAL: Option<fn(&T, &T) -> bool> = Some(<T as PartialEq>::eq);
}

impl<T: Debug> Probe<T> {
    /// The type's text for debugging.
    pub const DEBUG: Option<fn(&T, &mut Formatter<'_>) -> Result> = Some(<T as Debug>::fmt);
}
