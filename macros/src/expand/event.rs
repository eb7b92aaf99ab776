use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;
use syn::ext::IdentExt;

use super::{shape, span};
use crate::model::event::Event;
use crate::text::text;

/// What `#[derive(Event)]` expands to.
pub(crate) fn event(event: &Event) -> TokenStream {
    let krate = &event.item.krate;
    let rt = quote!(#krate::__rt);
    let ident = &event.item.ident;
    let type_name = ident.unraw().to_string();
    let schema = shape::implementation(&event.item);
    let name = &event.name;
    let version = event.version();
    let aliases = &event.aliases;
    let past = past(event, &rt);
    quote! {
        const _: () = {
            #schema

            #[automatically_derived]
            impl #rt::Event for #ident {
                const NAME: &'static ::core::primitive::str = #name;
                const VERSION: ::core::primitive::u32 = #version;
                const ALIASES: &'static [&'static ::core::primitive::str] = &[#(#aliases),*];
                const TYPE: &'static ::core::primitive::str = #type_name;
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

            // Makes the compiler look at the whole chain even where nothing uses the event yet.
            const _: &#rt::Lineage = <#ident as #rt::Event>::LINEAGE;
        };
    }
}

/// The step from below. The expression stands once, so that the type it starts from is inferred, once.
fn past(event: &Event, rt: &TokenStream) -> TokenStream {
    let (step, of, wrap) = match (&event.upcast, &event.upcast_json) {
        (Some(step), _) => (step, "of", "upcast"),
        (None, Some(step)) => (step, "of_json", "upcast_json"),
        (None, None) => return TokenStream::new(),
    };
    let step_call = call(step, of, wrap, rt);
    quote! {
        const PAST: ::core::option::Option<#rt::Past<Self>> =
            ::core::option::Option::Some(#step_call);
    }
}

fn call(step: &Expr, of: &str, wrap: &str, rt: &TokenStream) -> TokenStream {
    let tokens = text(step.to_token_stream());
    let (start, _) = span::ends(step);
    let of = syn::Ident::new(of, start);
    let wrap = syn::Ident::new(wrap, start);
    span::call(
        step,
        |place| quote_spanned!(place=> #rt::Past::#of),
        &quote!(&#rt::#wrap(#step), #tokens),
    )
}
