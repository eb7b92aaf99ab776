//! Where the schema lock lies, and what of it the compiler has to watch.

use std::path::Path;

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

use crate::model::lock::Lock;

/// The path of the folder. Without a name for it, the compiler that runs the expansion says where it is, and not the one that
/// expanded it.
pub(super) fn folder(folder: Option<&Path>, named: Option<&LitStr>) -> TokenStream {
    match (folder, named) {
        (Some(folder), Some(_)) => {
            let folder = folder.to_string_lossy();
            quote!(#folder)
        }
        (Some(_), None) => {
            quote!(::core::concat!(
                ::core::env!("CARGO_MANIFEST_DIR"),
                "/annals"
            ))
        }
        (None, _) => quote!(""),
    }
}

/// Makes the compiler look at the declaration again when a file of the lock has changed.
pub(super) fn watch<T>(lock: &Lock<T>) -> TokenStream {
    let files = lock.watched.iter().map(|file| file.to_string_lossy());
    quote!(#(const _: &[::core::primitive::u8] = ::core::include_bytes!(#files);)*)
}
