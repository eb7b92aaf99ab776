//! A crate of its own, built by cargo as a user would build it.
