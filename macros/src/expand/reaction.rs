//! The methods of processes.

use proc_macro2::TokenStream;
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
    let out = handler.out.then(|| quote!(, out));
    let body = match (&handler.input, &handler.role) {
        (Input::Event(event), Role::Event { step, pattern, cx }) => {
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
        (input, _) => {
            let (name, parameter) = own(input, rt);
            let closure = quote!(|state| <#target>::#function(state, input #out));
            let call = call(handler, &quote!(change), closure, rt);
            quote! {
                fn #name(
                    state: Self,
                    input: #parameter,
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

/// What reacts to an input that an instance has itself brought about, and the type of what it is given.
pub(super) fn own(input: &Input, rt: &TokenStream) -> (TokenStream, TokenStream) {
    match input {
        Input::Rejected(aggregate, command) => (
            quote!(rejected),
            quote!(&#rt::Rejected<#aggregate, #command>),
        ),
        Input::Event(content) | Input::Timer(content) => {
            (quote!(due), quote!(&#rt::Timer<#content>))
        }
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
        ReturnType::Default => quote!(#rt::#step(state, #closure)),
    }
}

/// The line of the table.
pub(super) fn input(handler: &Handler<'_>, target: &Type, rt: &TokenStream) -> TokenStream {
    let named = |ty: &Type| span::without_self(ty, &target.to_token_stream());
    match &handler.input {
        Input::Event(event) => {
            let event = named(event);
            quote!(#rt::Input::event::<#event>())
        }
        Input::Rejected(aggregate, command) => {
            let (aggregate, command) = (named(aggregate), named(command));
            quote!(#rt::Input::rejected::<#aggregate, #command>())
        }
        Input::Timer(timer) => {
            let timer = named(timer);
            quote!(#rt::Input::timer::<#timer>())
        }
    }
}
