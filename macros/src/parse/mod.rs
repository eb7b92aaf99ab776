//! From tokens to the model: the only place where syn parses.

mod aggregate;
mod block;
mod event;
mod item;
mod keyed;
mod lock;
mod past;
mod process;
mod projection;
mod read_model;
mod serde;
mod settings;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::diag::Mistakes;
use crate::model;
use crate::model::event::Noun;

pub(crate) use block::block;
pub(crate) use past::past;
pub(crate) use process::process;
pub(crate) use projection::projection;

/// The item under `#[derive(Event)]`; `None` where it is no struct, enum or union at all.
pub(crate) fn event(input: TokenStream, mistakes: &mut Mistakes) -> Option<model::event::Event> {
    let input = derived_on(input, mistakes)?;
    Some(event::event(input, Noun::Event, mistakes))
}

/// The item under `#[derive(Command)]`.
pub(crate) fn command(input: TokenStream, mistakes: &mut Mistakes) -> Option<model::event::Event> {
    let input = derived_on(input, mistakes)?;
    Some(event::event(input, Noun::Command, mistakes))
}

/// A type that `past!` has made.
pub(crate) fn past_event(
    input: TokenStream,
    mistakes: &mut Mistakes,
) -> Option<model::event::Event> {
    let event = event(input, mistakes)?;
    Some(model::event::Event {
        is_past: true,
        ..event
    })
}

/// The item under `#[derive(Aggregate)]`.
pub(crate) fn aggregate(
    input: TokenStream,
    mistakes: &mut Mistakes,
) -> Option<model::aggregate::Aggregate> {
    Some(aggregate::aggregate(derived_on(input, mistakes)?, mistakes))
}

/// The item under `#[derive(Schema)]`.
pub(crate) fn schema(input: TokenStream, mistakes: &mut Mistakes) -> Option<model::Item> {
    Some(item::item(derived_on(input, mistakes)?, mistakes))
}

/// The item under `#[derive(ReadModel)]`.
pub(crate) fn read_model(
    input: TokenStream,
    mistakes: &mut Mistakes,
) -> Option<model::read_model::ReadModel> {
    Some(read_model::read_model(
        derived_on(input, mistakes)?,
        mistakes,
    ))
}

fn derived_on(input: TokenStream, mistakes: &mut Mistakes) -> Option<DeriveInput> {
    syn::parse2(input)
        .map_err(|error| mistakes.syntax(error))
        .ok()
}
