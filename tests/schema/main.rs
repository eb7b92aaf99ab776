//! What the shapes of types say, against what serde does.

mod corpus;
mod cost;
mod facts;
mod fits;
mod random;
mod refactors;
mod rules;
mod samples;
