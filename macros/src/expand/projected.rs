//! The methods of projections.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Pat, ReturnType};

use super::span;
use crate::model::projection::{Handler, Projection, Role};
use crate::text::text;

/// A method that changes a row.
pub(super) fn row(of: &Projection, handler: &Handler<'_>, rt: &TokenStream) -> TokenStream {
    let target = &of.target;
    let Handler {
        method,
        role,
        event,
        ..
    } = handler;
    let cfgs = &method.written.cfgs;
    let logic = text(method.written.tokens.clone());
    let keys = keys(handler, rt);
    let function = &method.written.sig.ident;
    let cx = handler.cx.map(|_| quote!(, cx));
    let (role, closure) = match role {
        Role::Insert => (quote!(insert), quote!(|| <#target>::#function(event #cx))),
        Role::Update => (
            quote!(update),
            quote!(|row| <#target>::#function(row, event #cx)),
        ),
        Role::Replace => (
            quote!(replace),
            quote!(|row| <#target>::#function(row, event #cx)),
        ),
        Role::Upsert | Role::Write => (
            quote!(upsert),
            quote!(|row| <#target>::#function(row, event #cx)),
        ),
    };
    // What is wrong with the answer is wrong with the written return type.
    let call = match &method.written.sig.output {
        ReturnType::Type(_, ty) => {
            let closure = span::placed(closure, ty);
            span::call(ty, quote!(#rt::#role), &quote!(row, #closure))
        }
        ReturnType::Default => quote!(#rt::#role(row, #closure)),
    };
    quote! {
        #(#cfgs)*
        #[automatically_derived]
        impl #rt::Project<#event> for #target {
            const LOGIC: ::core::option::Option<&'static ::core::primitive::str> =
                ::core::option::Option::Some(#logic);

            #keys

            fn project(
                row: ::core::option::Option<Self>,
                event: &#event,
                cx: &#rt::Recorded,
            ) -> ::core::result::Result<::core::option::Option<Self>, #rt::Failure> {
                let _ = cx;
                #call
            }
        }
    }
}

/// Which rows the event changes.
fn keys(handler: &Handler<'_>, rt: &TokenStream) -> TokenStream {
    let event = &handler.event;
    // A name that nobody can write, since the user's expression stands beside it.
    let rows = Ident::new("rows", Span::mixed_site());
    let of_stream = quote!(cx, #rows);
    let (scope, body) = match &handler.method.rows {
        None => (
            Scope::none(),
            span::call(event, quote!(#rt::key_of_stream), &of_stream),
        ),
        Some(of) => {
            let expression = &of.expression;
            let call = match of.several() {
                true => span::call(
                    expression,
                    quote!(#rt::keys_of),
                    &quote!(#expression, #rows),
                ),
                false => {
                    let key = span::placed(quote!(&(#expression)), expression);
                    span::call(expression, quote!(#rt::key_of), &quote!(#key, #rows))
                }
            };
            (Scope::of(handler), call)
        }
    };
    let Scope {
        event: event_name,
        cx,
        patterns,
    } = scope;
    quote! {
        #[allow(unused_variables)]
        fn keys(
            #event_name: &#event,
            #cx: &#rt::Recorded,
            #rows: &mut ::std::vec::Vec<Self::Key>,
        ) -> ::core::result::Result<(), #rt::Failure> {
            #patterns
            #body
        }
    }
}

/// A method that writes by itself.
pub(super) fn write(of: &Projection, handler: &Handler<'_>, rt: &TokenStream) -> TokenStream {
    let target = &of.target;
    let Handler { method, event, .. } = handler;
    let cfgs = &method.written.cfgs;
    let logic = text(method.written.tokens.clone());
    let effect = method.effect.is_some();
    let key = method.rows.as_ref().map(|of| {
        let expression = &of.expression;
        let key = span::placed(quote!(&(#expression)), expression);
        let call = span::call(expression, quote!(#rt::text_key), &key);
        let Scope {
            event: event_name,
            cx,
            patterns,
        } = Scope::of(handler);
        quote! {
            #[allow(unused_variables)]
            fn key(
                #event_name: &#event,
                #cx: &#rt::Recorded,
            ) -> ::core::result::Result<::std::string::String, #rt::Failure> {
                #patterns
                #call
            }
        }
    });
    let function = &method.written.sig.ident;
    let cx = handler.cx.map(|_| quote!(, cx));
    let tx = handler.tx.then(|| quote!(, tx));
    let call = quote!(<#target>::#function(self, event #cx #tx).await);
    let call = match &method.written.sig.output {
        ReturnType::Type(_, ty) => {
            let call = span::placed(call, ty);
            span::call(ty, quote!(#rt::handled), &call)
        }
        ReturnType::Default => quote!(#rt::handled(#call)),
    };
    quote! {
        #(#cfgs)*
        #[automatically_derived]
        impl #rt::HandleEvent<#event> for #target {
            const LOGIC: ::core::option::Option<&'static ::core::primitive::str> =
                ::core::option::Option::Some(#logic);
            const EFFECT: ::core::primitive::bool = #effect;

            #key

            async fn handle(
                &self,
                event: &#event,
                cx: &#rt::Recorded,
                tx: &mut #rt::Tx,
            ) -> ::core::result::Result<(), #rt::Failure> {
                let _ = (cx, &tx);
                #call
            }
        }
    }
}

/// The names by which an expression in an attribute may call what the method is given.
struct Scope {
    event: TokenStream,
    cx: TokenStream,
    /// Takes apart what the method takes apart.
    patterns: TokenStream,
}

impl Scope {
    fn none() -> Self {
        Scope {
            event: quote!(event),
            cx: quote!(cx),
            patterns: TokenStream::new(),
        }
    }

    fn of(handler: &Handler<'_>) -> Self {
        let mut patterns = TokenStream::new();
        let event = name(Some(handler.pattern), quote!(event), &mut patterns);
        let cx = name(handler.cx, quote!(cx), &mut patterns);
        Scope {
            event,
            cx,
            patterns,
        }
    }
}

fn name(pattern: Option<&Pat>, otherwise: TokenStream, patterns: &mut TokenStream) -> TokenStream {
    match pattern {
        Some(Pat::Ident(of)) if of.subpat.is_none() => of.ident.to_token_stream(),
        None | Some(Pat::Wild(_)) => otherwise,
        Some(pattern) => {
            patterns.extend(quote!(let #pattern = #otherwise;));
            otherwise
        }
    }
}
