use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Expr;
use syn::ext::IdentExt;

use super::{lock, locked, shape, span};
use crate::model::event::{Event, Noun};
use crate::names::snake_case;
use crate::text::text;

/// What `#[derive(Event)]` and `#[derive(Command)]` expand to.
pub(crate) fn event(event: &Event) -> TokenStream {
    let krate = &event.item.krate;
    let rt = quote!(#krate::__rt);
    let ident = &event.item.ident;
    let type_name = ident.unraw().to_string();
    let schema = shape::implementation(&event.item);
    let name = &event.name;
    let version = event.version();
    let aliases = &event.aliases;
    let meaning = event
        .meaning
        .as_ref()
        .map(|meaning| quote!(const MEANING: &'static ::core::primitive::str = #meaning;));
    let folder = lock::folder(event.lock.folder.as_deref(), event.item.lock.as_ref());
    let watch = lock::watch(&event.lock);
    let locked = locked::checks(event, &rt);
    let newest = event.locked().map_or(0, |locked| locked.newest);
    let is_locked = event.released().is_some();
    let (past, upcast) = steps(event, &rt).unzip();
    let command = (event.noun == Noun::Command).then(|| {
        quote! {
            #[automatically_derived]
            impl #rt::Command for #ident {}
        }
    });
    quote! {
        const _: () = {
            #schema

            #[automatically_derived]
            impl #rt::Event for #ident {
                const NAME: &'static ::core::primitive::str = #name;
                const VERSION: ::core::primitive::u32 = #version;
                const ALIASES: &'static [&'static ::core::primitive::str] = &[#(#aliases),*];
                const TYPE: &'static ::core::primitive::str = #type_name;
                #meaning
                const RELEASE: #rt::Release =
                    #rt::Release { folder: #folder, is_locked: #is_locked, newest: #newest };
                #past
                const EQUAL: ::core::option::Option<
                    fn(&Self, &Self) -> ::core::primitive::bool
                > = {
                    #[allow(unused_imports)]
                    use #rt::Absent as _;
                    #rt::Probe::<Self>::EQUAL
                };
                const DEBUG: ::core::option::Option<
                    fn(&Self, &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result
                > = {
                    #[allow(unused_imports)]
                    use #rt::Absent as _;
                    #rt::Probe::<Self>::DEBUG
                };
            }
            #command

            #upcast
            #watch
            #locked
        };
    }
}

/// The step from below, and the constant that holds it.
///
/// The constant is not generic, so that the compiler looks at the step even where nothing uses the event yet. The
/// expression stands there once, so that the type from which it starts is inferred, and misfits, once.
fn steps(event: &Event, rt: &TokenStream) -> Option<(TokenStream, TokenStream)> {
    let (step, call) = match (&event.upcast, &event.upcast_json) {
        (Some(step), _) => (step, call(step, event, rt, "upcast", "of")),
        (None, Some(step)) => (step, call(step, event, rt, "upcast_json", "of_json")),
        (None, None) => return None,
    };
    let ident = &event.item.ident;
    let snake = snake_case(&ident.unraw().to_string());
    let (start, _) = span::ends(step);
    let upcast = format_ident!("UPCAST_TO_{}", snake.to_uppercase(), span = start);
    let past = quote! {
        const PAST: ::core::option::Option<#rt::Past<Self>> =
            ::core::option::Option::Some(#upcast);
    };
    Some((past, quote!(const #upcast: #rt::Past<#ident> = #call;)))
}

/// A call of `Past`, all of it at the place of the expression.
fn call(
    step: &Expr,
    event: &Event,
    rt: &TokenStream,
    made_by: &str,
    taken_by: &str,
) -> TokenStream {
    let tokens = text(step.to_token_stream());
    let ident = &event.item.ident;
    let (start, _) = span::ends(step);
    let (made_by, taken_by) = (Ident::new(made_by, start), Ident::new(taken_by, start));
    let function = span::without_self(step, &ident.to_token_stream());
    let made = span::call(step, quote!(#rt::#made_by::<#ident, _, _>), &function);
    span::call(
        step,
        quote!(#rt::Past::<#ident>::#taken_by),
        &quote_spanned!(start=> &#made, #tokens),
    )
}
