//! The program of a user who has the corpus for events.

use std::process::Output;

use annals_tests::UserCrate;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Item;

use crate::corpus::{Corpus, Module};
use crate::entry::Entry;
use crate::refactor;

pub(crate) struct Program(UserCrate);

impl Program {
    pub(crate) fn new() -> Self {
        Program(UserCrate::new(
            "alarms-program",
            env!("CARGO_TARGET_TMPDIR"),
        ))
    }

    /// Writes the source anew.
    pub(crate) fn write(&self, corpus: &Corpus) {
        let within = format_ident!("{}", corpus.within);
        let names = corpus.modules.iter().map(|of| format_ident!("{}", of.name));
        let names: Vec<_> = names.collect();
        for module in &corpus.modules {
            let path = format!("src/{}/{}.rs", corpus.within, module.name);
            self.0.write(&path, &source(module).to_string());
        }
        let types: TokenStream = refactor::TYPES.parse().expect("types");
        let main = quote! {
            #![allow(dead_code, unused_imports, private_interfaces)]

            mod #within {
                #(pub(crate) mod #names;)*
            }

            #types

            #[tokio::main(flavor = "current_thread")]
            async fn main() -> std::process::ExitCode {
                let app = annals::App::new("sqlite://events.db");
                #(let app = #within::#names::all(app);)*
                annals::cli::run(app).await
            }
        };
        self.0.write("src/main.rs", &main.to_string());
    }

    /// Builds and runs the program: whether it ends well, and all that it prints.
    pub(crate) fn run(&self, arguments: &str) -> (bool, String) {
        self.told(self.0.run(arguments.split(' ')))
    }

    /// What the compiler says of a program that it does not build.
    pub(crate) fn broken_build(&self) -> String {
        let (is_built, told) = self.told(self.0.cargo("build"));
        assert!(!is_built, "{told}");
        told
    }

    fn told(&self, output: Output) -> (bool, String) {
        let told = self.0.text([output.stdout, output.stderr].concat());
        (output.status.success(), told)
    }
}

fn source(module: &Module) -> TokenStream {
    let rest = &module.rest;
    let entries = module.entries.iter().map(|of| entry(module.name, of));
    let names = module.entries.iter().map(|of| &of.name);
    quote! {
        #(#rest)*
        #(#entries)*
        pub(crate) fn all(app: annals::App) -> annals::App {
            #(let app = #names::all(app);)*
            app
        }
    }
}

/// The type as an event where it can be one, and as what another event holds.
fn entry(module: &str, entry: &Entry) -> TokenStream {
    let Entry { name, of, .. } = entry;
    let stored = format!("{module}.{name}");
    let event = entry.event();
    let items = entry.items.iter().enumerate();
    let items = items.map(|(number, item)| match item {
        Item::Struct(_) | Item::Enum(_) if Some(number) == event => quote! {
            #[derive(annals::Event, serde::Serialize, serde::Deserialize)]
            #[event(#stored)]
            #item
        },
        _ => quote! {
            #[derive(annals::Schema, serde::Serialize, serde::Deserialize)]
            #item
        },
    });
    let held = format!("{stored}.held");
    let itself = event.map(|_| quote!(let app = app.event::<#of>();));
    quote! {
        pub(crate) mod #name {
            use super::*;
            #(#items)*

            #[derive(annals::Event, serde::Serialize, serde::Deserialize)]
            #[event(#held)]
            struct Held {
                value: #of,
            }

            pub(crate) fn all(app: annals::App) -> annals::App {
                #itself
                app.event::<Held>()
            }
        }
    }
}
