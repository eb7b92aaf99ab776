use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Type;

use super::{fallback, projected, span};
use crate::model::Number;
use crate::model::projection::{Handlers, Kind, Projection};

/// What `#[projection]` expands to: the block, a trait implementation for each method, and the table of them.
pub(crate) fn projection(of: &Projection, handlers: &Handlers<'_>, is_right: bool) -> TokenStream {
    let krate = &of.krate;
    let rt = quote!(#krate::__rt);
    let source = &of.source;
    let each = handlers.good.iter().map(|handler| match handlers.kind {
        Kind::Rows => projected::row(of, handler, &rt),
        Kind::Writes => projected::write(of, handler, &rt),
    });
    let table = match of.of_trait.is_none() && of.generics.is_empty() {
        true => table(of, handlers, &rt),
        false => TokenStream::new(),
    };
    // Where something is wrong with the block, it is not said what its methods leave out.
    let insists = is_right.then(|| insists(of, handlers.kind, &rt));
    let excused = fallback::projected(of, handlers, &rt);
    quote! {
        // What these lints ask for is what the signatures of handlers are.
        #[allow(
            clippy::needless_pass_by_value,
            clippy::trivially_copy_pass_by_ref,
            clippy::unnecessary_wraps,
            clippy::unused_async,
            clippy::unused_self
        )]
        #source
        #[allow(deprecated)]
        const _: () = {
            #(#each)*
            #table
            #insists
            #excused
        };
    }
}

/// The implementation of the projection itself.
fn table(of: &Projection, handlers: &Handlers<'_>, rt: &TokenStream) -> TokenStream {
    let target = &of.target;
    let settings = &of.settings;
    let name = settings
        .name
        .as_ref()
        .map_or_else(|| quote!(""), ToTokens::to_token_stream);
    let version = settings
        .version
        .as_ref()
        .map_or(1, |version| version.number);
    let partitions = match &settings.partitions {
        Some((_, Number { number, .. })) => *number,
        None => 1,
    };
    let mode = match (&settings.inline, &settings.live) {
        (Some(_), _) => quote!(Inline),
        (None, Some(_)) => quote!(Live),
        (None, None) => quote!(Following),
    };
    let (of_trait, entry, mode) = match handlers.kind {
        Kind::Rows => (
            quote!(Projection),
            quote!(Handler),
            Some(quote!(const MODE: #rt::Mode = #rt::Mode::#mode;)),
        ),
        Kind::Writes => (quote!(EventHandler), quote!(AsyncHandler), None),
    };
    let entries = handlers.good.iter().map(|handler| {
        let cfgs = &handler.method.written.cfgs;
        let event = span::without_self(&handler.event, &target.to_token_stream());
        quote!(#(#cfgs)* #rt::#entry::of::<#event>())
    });
    quote! {
        #[automatically_derived]
        impl #rt::#of_trait for #target {
            const NAME: &'static ::core::primitive::str = #name;
            const VERSION: ::core::primitive::u32 = #version;
            #mode
            const PARTITIONS: ::core::primitive::u32 = #partitions;
            const HANDLERS: &'static [#rt::#entry<Self>] = &[#(#entries),*];
        }
    }
}

/// What only types know, looked at where the key stands that is concerned.
fn insists(of: &Projection, kind: Kind, rt: &TokenStream) -> TokenStream {
    let target = &of.target;
    let settings = &of.settings;
    let none = TokenStream::new();
    let place = |ty: &Type| span::without_self(ty, &target.to_token_stream());
    let ignored = settings.ignore.iter().map(|event| {
        let ty = place(event);
        span::call(event, quote!(#rt::ignored::<#ty>), &none)
    });
    let function = match kind {
        Kind::Rows => quote!(require_projected),
        Kind::Writes => quote!(require_handled),
    };
    let insists = settings.exhaustive.iter().map(|aggregate| {
        let ty = place(aggregate);
        span::call(
            aggregate,
            quote!(#rt::#function::<#ty, #target>),
            &quote!(__ANNALS_IGNORED),
        )
    });
    if settings.ignore.is_empty() && settings.exhaustive.is_empty() {
        return none;
    }
    quote! {
        const __ANNALS_IGNORED: &[&#rt::Lineage] = &[#(#ignored),*];
        #(const _: () = #insists;)*
    }
}
