//! The derives and attributes of `annals`. Name the crate `annals`, which re-exports them.
//!
//! Each macro runs through four stages, which import in one direction only: `parse` (syntax into a model), `model`
//! (plain data), `check` (what is wrong with it, all at once), `expand` (the model into Rust). Where something is
//! wrong, the item is kept and what was promised is implemented all the same, so that one mistake is one error.

mod check;
mod diag;
mod expand;
mod model;
mod names;
mod parse;
mod text;
mod words;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

use diag::Mistakes;

#[doc = include_str!("docs/event.md")]
#[proc_macro_derive(Event, attributes(event, schema, annals))]
pub fn derive_event(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let mut mistakes = Mistakes::default();
    let event = parse::event::event(input, &mut mistakes);
    check::event(&event, &mut mistakes);
    match mistakes.report() {
        None => expand::event(&event).into(),
        Some(errors) => with(errors, expand::fallback::event(&event)),
    }
}

#[doc = include_str!("docs/aggregate.md")]
#[proc_macro_derive(Aggregate, attributes(aggregate, schema, annals))]
pub fn derive_aggregate(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let mut mistakes = Mistakes::default();
    let aggregate = parse::aggregate::aggregate(input, &mut mistakes);
    check::aggregate(&aggregate, &mut mistakes);
    match mistakes.report() {
        None => expand::aggregate(&aggregate).into(),
        Some(errors) => with(errors, expand::fallback::aggregate(&aggregate)),
    }
}

#[doc = include_str!("docs/aggregate_block.md")]
#[proc_macro_attribute]
pub fn aggregate(arguments: TokenStream, input: TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let block = parse::block::block(arguments.into(), input.clone().into(), &mut mistakes);
    let Some(block) = block else {
        let errors = mistakes.report().unwrap_or_default();
        return with(errors, input.into());
    };
    let handlers = check::block(&block, &mut mistakes);
    let errors = mistakes.report().unwrap_or_default();
    with(errors, expand::block(&block, &handlers))
}

#[doc = include_str!("docs/schema.md")]
#[proc_macro_derive(Schema, attributes(schema, annals))]
pub fn derive_schema(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    let mut mistakes = Mistakes::default();
    let item = parse::schema(input, &mut mistakes);
    check::schema(&item, &mut mistakes);
    match mistakes.report() {
        None => expand::schema(&item).into(),
        Some(errors) => with(errors, expand::fallback::schema(&item)),
    }
}

fn with(mut errors: proc_macro2::TokenStream, item: proc_macro2::TokenStream) -> TokenStream {
    errors.extend(item);
    errors.into()
}
