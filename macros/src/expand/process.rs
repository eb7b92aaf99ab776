use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use super::{fallback, reaction};
use crate::model::process::{Handlers, Process};

/// What `#[process]` expands to: the block, a trait implementation for each method, and the table of them.
pub(crate) fn process(of: &Process, handlers: &Handlers<'_>) -> TokenStream {
    let krate = &of.krate;
    let rt = quote!(#krate::__rt);
    let source = &of.source;
    let each = handlers.good.iter();
    let each = each.map(|handler| reaction::implementation(of, handler, &rt));
    let table = match of.of_trait.is_none() && of.generics.is_empty() {
        true => table(of, handlers, &rt),
        false => TokenStream::new(),
    };
    let excused = fallback::reactions(of, handlers, &rt);
    quote! {
        // What these lints ask for is what the signatures of handlers are.
        #[allow(
            clippy::needless_pass_by_value,
            clippy::trivially_copy_pass_by_ref,
            clippy::unnecessary_wraps,
            clippy::unused_self
        )]
        #source
        #[allow(deprecated)]
        const _: () = {
            #(#each)*
            #table
            #excused
        };
    }
}

/// The implementation of the process itself.
fn table(of: &Process, handlers: &Handlers<'_>, rt: &TokenStream) -> TokenStream {
    let target = &of.target;
    let name = of
        .name
        .as_ref()
        .map_or_else(|| quote!(""), ToTokens::to_token_stream);
    let version = of.version.as_ref().map_or(1, |of| of.number);
    let partitions = of.partitions.as_ref().map_or(1, |of| of.number);
    let inputs = handlers.good.iter().map(|handler| {
        let cfgs = &handler.method.written.cfgs;
        let input = reaction::input(handler, target, rt);
        quote!(#(#cfgs)* #input)
    });
    quote! {
        #[automatically_derived]
        impl #rt::Process for #target {
            const PROCESS: &'static ::core::primitive::str = #name;
            const PROCESS_VERSION: ::core::primitive::u32 = #version;
            const PARTITIONS: ::core::primitive::u32 = #partitions;
            const INPUTS: &'static [#rt::Input<Self>] = &[#(#inputs),*];
        }
    }
}
