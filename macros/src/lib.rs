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
mod renames;
mod text;
mod words;

use proc_macro::TokenStream;

use diag::Mistakes;

#[doc = include_str!("docs/event.md")]
#[proc_macro_derive(Event, attributes(event, command, schema, annals))]
pub fn derive_event(input: TokenStream) -> TokenStream {
    derive(
        input,
        parse::event,
        check::event,
        expand::event,
        expand::fallback::event,
    )
}

#[doc = include_str!("docs/command.md")]
#[proc_macro_derive(Command, attributes(command, event, schema, annals))]
pub fn derive_command(input: TokenStream) -> TokenStream {
    derive(
        input,
        parse::command,
        check::event,
        expand::event,
        expand::fallback::event,
    )
}

/// `Event` for the types that `past!` makes: what is wrong with them cannot be mended in the source of the event.
#[doc(hidden)]
#[proc_macro_derive(PastEvent, attributes(event, schema, annals))]
pub fn derive_past_event(input: TokenStream) -> TokenStream {
    derive(
        input,
        parse::past_event,
        check::event,
        expand::event,
        expand::fallback::event,
    )
}

#[doc = include_str!("docs/aggregate.md")]
#[proc_macro_derive(Aggregate, attributes(aggregate, schema, annals))]
pub fn derive_aggregate(input: TokenStream) -> TokenStream {
    derive(
        input,
        parse::aggregate,
        check::aggregate,
        expand::aggregate,
        expand::fallback::aggregate,
    )
}

#[doc = include_str!("docs/schema.md")]
#[proc_macro_derive(Schema, attributes(schema, annals))]
pub fn derive_schema(input: TokenStream) -> TokenStream {
    derive(
        input,
        parse::schema,
        check::schema,
        expand::schema,
        expand::fallback::schema,
    )
}

#[doc = include_str!("docs/aggregate_block.md")]
#[proc_macro_attribute]
pub fn aggregate(arguments: TokenStream, input: TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let Some(block) = parse::block(arguments.into(), input.clone().into(), &mut mistakes) else {
        return both(mistakes.report(), input.into());
    };
    let handlers = check::block(&block, &mut mistakes);
    both(mistakes.report(), expand::block(&block, &handlers))
}

#[doc = include_str!("docs/read_model.md")]
#[proc_macro_derive(ReadModel, attributes(key, index, column, annals))]
pub fn derive_read_model(input: TokenStream) -> TokenStream {
    derive(
        input,
        parse::read_model,
        check::read_model,
        expand::read_model,
        expand::fallback::read_model,
    )
}

#[doc = include_str!("docs/projection.md")]
#[proc_macro_attribute]
pub fn projection(arguments: TokenStream, input: TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let Some(block) = parse::projection(arguments.into(), input.clone().into(), &mut mistakes)
    else {
        return both(mistakes.report(), input.into());
    };
    let handlers = check::projection(&block, &mut mistakes);
    let errors = mistakes.report();
    let expanded = expand::projection(&block, &handlers, errors.is_none());
    both(errors, expanded)
}

#[doc = include_str!("docs/process.md")]
#[proc_macro_attribute]
pub fn process(arguments: TokenStream, input: TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let Some(block) = parse::process(arguments.into(), input.clone().into(), &mut mistakes) else {
        return both(mistakes.report(), input.into());
    };
    let handlers = check::process(&block, &mut mistakes);
    both(mistakes.report(), expand::process(&block, &handlers))
}

#[doc = include_str!("docs/past.md")]
#[proc_macro]
pub fn past(input: TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let past = parse::past(input.into(), &mut mistakes);
    if let Some(past) = &past {
        check::past(past, &mut mistakes);
    }
    match (mistakes.report(), past) {
        (None, Some(past)) => expand::past(&past).into(),
        (errors, Some(past)) => both(errors, expand::fallback::past(&past)),
        (errors, None) => errors.unwrap_or_default().into(),
    }
}

/// The stages of a derive, for a model `M`.
fn derive<M>(
    input: TokenStream,
    parse: fn(proc_macro2::TokenStream, &mut Mistakes) -> Option<M>,
    check: fn(&M, &mut Mistakes),
    expand: fn(&M) -> proc_macro2::TokenStream,
    fallback: fn(&M) -> proc_macro2::TokenStream,
) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let model = parse(input.into(), &mut mistakes);
    if let Some(model) = &model {
        check(model, &mut mistakes);
    }
    match (mistakes.report(), model) {
        (None, Some(model)) => expand(&model).into(),
        (errors, Some(model)) => both(errors, fallback(&model)),
        (errors, None) => errors.unwrap_or_default().into(),
    }
}

fn both(errors: Option<proc_macro2::TokenStream>, item: proc_macro2::TokenStream) -> TokenStream {
    let mut tokens = errors.unwrap_or_default();
    tokens.extend(item);
    tokens.into()
}
