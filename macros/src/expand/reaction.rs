//! The methods of processes.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{ReturnType, Type};

use super::projected::{Scope, text_key};
use super::span;
use crate::model::process::{Handler, Input, Process, Role, Step};

/// The trait of the method.
pub(super) fn implementation(of: &Process, handler: &Handler<'_>, rt: &TokenStream) -> TokenStream {
    let target = &of.target;
    let Handler { method, .. } = handler;
    let cfgs = &method.written.cfgs;
    let of_trait = of_trait(&handler.input, rt);
    let function = &method.written.sig.ident;
    // What is wrong with it is wrong with its written type.
    let out = handler.out.map(|ty| {
        let (place, _) = span::ends(ty);
        let out = Ident::new("out", Span::call_site().located_at(place));
        quote!(, #out)
    });
    let body = match &handler.role {
        Role::Event {
            event,
            step,
            pattern,
            cx,
        } => {
            let scope = Scope::of(pattern, *cx);
            let rows = method.rows.as_ref();
            let key = rows.map(|rows| text_key(&rows.expression, event, scope, rt));
            let cx = cx.map(|_| quote!(, cx));
            let (step, closure) = match step {
                Step::Begin => (
                    quote!(begin),
                    quote!(|| <#target>::#function(event #cx #out)),
                ),
                Step::GoOn => (
                    quote!(go_on),
                    quote!(|state| <#target>::#function(state, event #cx #out)),
                ),
                Step::Either => (
                    quote!(either),
                    quote!(|state| <#target>::#function(state, event #cx #out)),
                ),
            };
            let call = call(handler, &step, closure, rt);
            quote! {
                #key

                fn react(
                    state: ::core::option::Option<Self>,
                    event: &#event,
                    cx: &#rt::Recorded,
                    out: &mut #rt::Out<Self>,
                ) -> ::core::result::Result<::core::option::Option<Self>, #rt::Failure> {
                    let _ = (cx, &out);
                    #call
                }
            }
        }
        Role::Own(taken) => {
            let name = own(&handler.input);
            let closure = quote!(|state| <#target>::#function(state, input #out));
            let call = call(handler, &quote!(change), closure, rt);
            quote! {
                fn #name(
                    state: Self,
                    input: #taken,
                    out: &mut #rt::Out<Self>,
                ) -> ::core::result::Result<Self, #rt::Failure> {
                    let _ = &out;
                    #call
                }
            }
        }
    };
    quote! {
        #(#cfgs)*
        #[automatically_derived]
        impl #of_trait for #target {
            #body
        }
    }
}

/// The trait that is implemented for an input, at the place where that is written.
pub(super) fn of_trait(input: &Input, rt: &TokenStream) -> TokenStream {
    match input {
        Input::Event(event) => span::placed(quote!(#rt::ReactTo<#event>), event),
        Input::Rejected(aggregate, command) => span::placed(
            quote!(#rt::OnRejected<#aggregate, #command>),
            quote!(#aggregate #command),
        ),
        Input::Timer(timer) => span::placed(quote!(#rt::OnTimer<#timer>), timer),
    }
}

/// What reacts to an input that an instance has itself brought about.
pub(super) fn own(input: &Input) -> TokenStream {
    match input {
        Input::Rejected(..) => quote!(rejected),
        Input::Event(_) | Input::Timer(_) => quote!(due),
    }
}

/// What is wrong with the answer is wrong with the written return type.
fn call(
    handler: &Handler<'_>,
    step: &TokenStream,
    closure: TokenStream,
    rt: &TokenStream,
) -> TokenStream {
    match &handler.method.written.sig.output {
        ReturnType::Type(_, ty) => {
            let closure = span::placed(closure, ty);
            span::call(ty, quote!(#rt::#step), &quote!(state, #closure))
        }
        ReturnType::Default => {
            quote!(#rt::#step(state, #closure))
        }
    }
}

/// The line of the table. It alone mentions that an event is one, at its place in the method.
pub(super) fn input(handler: &Handler<'_>, target: &Type, rt: &TokenStream) -> TokenStream {
    let none = TokenStream::new();
    let named = |ty: &Type| span::without_self(ty, &target.to_token_stream());
    match &handler.input {
        Input::Event(place) => {
            let event = named(place);
            span::call(place, quote!(#rt::Input::event::<#event>), &none)
        }
        Input::Rejected(aggregate, command) => {
            let place = quote!(#aggregate #command);
            let (aggregate, command) = (named(aggregate), named(command));
            span::call(
                place,
                quote!(#rt::Input::rejected::<#aggregate, #command>),
                &none,
            )
        }
        Input::Timer(place) => {
            let timer = named(place);
            span::call(place, quote!(#rt::Input::timer::<#timer>), &none)
        }
    }
}
