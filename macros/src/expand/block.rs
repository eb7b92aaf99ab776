use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Type;

use super::{fallback, span};
use crate::model::block::{Answer, Block, Handler, Handlers, Role};
use crate::text::text;

/// What `#[aggregate]` on an impl block expands to: the block, and a trait implementation for each method.
pub(crate) fn block(block: &Block, handlers: &Handlers<'_>) -> TokenStream {
    let krate = &block.krate;
    let rt = quote!(#krate::__rt);
    let source = &block.source;
    let implementations = handlers.good.iter().map(|handler| match &handler.role {
        Role::Apply => apply(block, handler, &rt),
        Role::Decide(answer) => decide(block, handler, answer, &rt),
    });
    let excused = fallback::handlers(block, handlers, &rt);
    quote! {
        // What these lints ask for is what the signatures of handlers are.
        #[allow(clippy::needless_pass_by_value, clippy::unnecessary_wraps, clippy::unused_self)]
        #source
        #[allow(deprecated)]
        const _: () = {
            #(#implementations)*
            #excused
        };
    }
}

fn apply(block: &Block, handler: &Handler<'_>, rt: &TokenStream) -> TokenStream {
    let target = &block.target;
    let event = &handler.message.ty;
    let cfgs = &handler.method.cfgs;
    let logic = text(handler.method.tokens.clone());
    let sees_record = handler.context;
    let (cx, call) = call(block, handler, &quote!(event));
    let place = span::without_self(event, &target.to_token_stream());
    let listed = span::call(
        event,
        quote!(#rt::listed::<#target, #place>),
        &TokenStream::new(),
    );
    quote! {
        #(#cfgs)*
        #[automatically_derived]
        impl #rt::Apply<#event> for #target {
            const LOGIC: ::core::option::Option<&'static ::core::primitive::str> =
                ::core::option::Option::Some(#logic);
            const SEES_RECORD: ::core::primitive::bool = #sees_record;

            fn apply(&mut self, event: #event, #cx: &#rt::Recorded) {
                #call
            }
        }
        #(#cfgs)*
        const _: () = #listed;
    }
}

fn decide(block: &Block, handler: &Handler<'_>, answer: &Answer, rt: &TokenStream) -> TokenStream {
    let target = &block.target;
    let command = &handler.message.ty;
    let cfgs = &handler.method.cfgs;
    let error = error(answer, rt);
    let place = match &answer.parts {
        Some((events, _)) => events,
        None => &answer.whole,
    };
    let (cx, call) = call(block, handler, &quote!(command));
    // What is wrong with the answer is wrong with the events in the written return type.
    let call = span::placed(call, place);
    let answered = span::call(place, quote!(#rt::answer::<#target, _, _>), &call);
    quote! {
        #(#cfgs)*
        #[automatically_derived]
        impl #rt::Handle<#command> for #target {
            type Error = #error;

            fn handle(
                &self,
                command: #command,
                #cx: &#rt::Context,
            ) -> ::core::result::Result<#rt::Events<#target>, #error> {
                #answered
            }
        }
    }
}

/// The type of the error, as written or as the alias has it.
fn error(answer: &Answer, rt: &TokenStream) -> TokenStream {
    match &answer.parts {
        Some((_, error)) => error.to_token_stream(),
        None => {
            let whole: &Type = &answer.whole;
            quote!(<#whole as #rt::Answer>::Error)
        }
    }
}

/// The name of the second parameter, and the call of the method.
fn call(block: &Block, handler: &Handler<'_>, message: &TokenStream) -> (TokenStream, TokenStream) {
    let target = &block.target;
    let method = &handler.method.sig.ident;
    let message = if handler.message.by_reference {
        quote!(&#message)
    } else {
        message.clone()
    };
    if handler.context {
        (quote!(cx), quote!(<#target>::#method(self, #message, cx)))
    } else {
        (quote!(_), quote!(<#target>::#method(self, #message)))
    }
}
