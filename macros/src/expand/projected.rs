//! The methods of projections, and how an attribute of a method names what an event concerns.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Expr, ExprReference, Pat, ReturnType, Token, Type};

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
    let of_trait = span::placed(quote!(#rt::Project<#event>), event);
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
        impl #of_trait for #target {
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
    // Names that nobody can write, since the user's expression stands beside them, at the place of what they are for.
    let hidden = |name: &str, place: Span| Ident::new(name, Span::mixed_site().located_at(place));
    let (scope, place, body) = match &handler.method.rows {
        None => {
            let (place, _) = span::ends(event);
            let (cx, rows) = (hidden("cx", place), hidden("rows", place));
            let scope = Scope {
                event: quote!(_),
                cx: cx.to_token_stream(),
                patterns: TokenStream::new(),
            };
            let call = span::call(
                event,
                quote!(#rt::key_of_stream::<Self::Key>),
                &quote!(#cx, #rows),
            );
            (scope, place, call)
        }
        Some(of) => {
            let expression = &of.expression;
            let (place, _) = span::ends(expression);
            let rows = hidden("rows", place);
            let call = match of.several() {
                true => span::call(
                    expression,
                    quote!(#rt::keys_of::<Self::Key, _>),
                    &quote!(#expression, #rows),
                ),
                false => {
                    let key = reference(expression, place);
                    span::call(
                        expression,
                        quote!(#rt::key_of::<Self::Key, _>),
                        &quote!(#key, #rows),
                    )
                }
            };
            (Scope::of(handler.pattern, handler.cx), place, call)
        }
    };
    let rows = hidden("rows", place);
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
    let of_trait = span::placed(quote!(#rt::HandleEvent<#event>), event);
    let effect = method.effect.is_some();
    let scope = Scope::of(handler.pattern, handler.cx);
    let rows = method.rows.as_ref();
    let key = rows.map(|of| text_key(&of.expression, event, scope, rt));
    let function = &method.written.sig.ident;
    let cx = handler.cx.map(|_| quote!(, cx));
    let tx = handler.tx.then(|| quote!(, tx));
    let call = quote!(<#target>::#function(self, event #cx #tx).await);
    // What is wrong with its future is wrong with the method.
    let signature = span::placed(quote!(async fn handle), function);
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
        impl #of_trait for #target {
            const LOGIC: ::core::option::Option<&'static ::core::primitive::str> =
                ::core::option::Option::Some(#logic);
            const EFFECT: ::core::primitive::bool = #effect;

            #key

            #signature(
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

/// A function that tells by an expression what an event concerns.
pub(super) fn text_key(
    expression: &Expr,
    event: &Type,
    scope: Scope,
    rt: &TokenStream,
) -> TokenStream {
    let (place, _) = span::ends(expression);
    let key = reference(expression, place);
    let call = span::call(expression, quote!(#rt::text_key), &key);
    let Scope {
        event: event_name,
        cx,
        patterns,
    } = scope;
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
}

/// A reference to the expression, with parentheses where they are needed and nowhere else, since lints ask for that.
fn reference(expression: &Expr, place: Span) -> TokenStream {
    let reference = ExprReference {
        attrs: Vec::new(),
        and_token: Token![&](place),
        mutability: None,
        expr: Box::new(expression.clone()),
    };
    reference.into_token_stream()
}

/// The names by which an expression in an attribute may call what the method is given.
pub(super) struct Scope {
    event: TokenStream,
    cx: TokenStream,
    /// Takes apart what the method takes apart.
    patterns: TokenStream,
}

impl Scope {
    pub(super) fn of(pattern: &Pat, circumstances: Option<&Pat>) -> Self {
        let mut patterns = TokenStream::new();
        let event = name(Some(pattern), quote!(event), &mut patterns);
        let cx = name(circumstances, quote!(cx), &mut patterns);
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
