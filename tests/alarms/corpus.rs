//! The corpus, read from the sources of the suite that holds it.

use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Item, UseTree};

use crate::entry::{Entry, Types};
use crate::refactor;
use crate::rules::Rule;

const SOURCES: [(&str, &str); 6] = [
    ("enums", include_str!("../schema/corpus/enums.rs")),
    ("fields", include_str!("../schema/corpus/fields.rs")),
    ("flattened", include_str!("../schema/corpus/flattened.rs")),
    ("names", include_str!("../schema/corpus/names.rs")),
    ("recursion", include_str!("../schema/corpus/recursion.rs")),
    ("std_types", include_str!("../schema/corpus/std_types.rs")),
];

/// Pairs of types, before a refactor and after it.
const REFACTORS: &str = include_str!("../schema/refactors.rs");

/// Types of crates that the user's crate of these tests does not have, and types that threads cannot share, which are in no
/// event.
const LEFT_OUT: [&str; 2] = ["another_crate_with_one_format", "cells"];

pub(crate) struct Corpus {
    pub(crate) modules: Vec<Module>,
    /// The path of the modules in the crate.
    pub(crate) within: &'static str,
}

/// A file of the corpus.
pub(crate) struct Module {
    pub(crate) name: &'static str,
    pub(crate) entries: Vec<Entry>,
    /// What the entries need beside them.
    pub(crate) rest: Vec<Item>,
}

impl Corpus {
    /// As it is before any refactor.
    pub(crate) fn of_the_old() -> Self {
        let mut modules = Vec::from(SOURCES.map(|(name, text)| module(name, text)));
        let mut refactors = module("refactors", REFACTORS);
        refactors.rest.clear();
        modules.push(refactors);
        for module in &mut modules {
            let is_left_out = |entry: &Entry| LEFT_OUT.iter().any(|name| entry.name == name);
            module.entries.retain(|entry| !is_left_out(entry));
        }
        Corpus {
            modules,
            within: "before",
        }
    }

    /// The names under which the entries are stored.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> {
        self.modules.iter().flat_map(|module| {
            let entries = module.entries.iter();
            entries.map(|entry| format!("{}.{}", module.name, entry.name))
        })
    }

    /// Rewrites all of it without a change of what is stored: by what was written for an entry, or by rule. All modules move.
    pub(crate) fn refactor(&mut self) {
        self.within = "after";
        for entry in self.modules.iter_mut().flat_map(|of| &mut of.entries) {
            match entry.refactored.take() {
                Some(items) => entry.items = items,
                None => refactor::by_rule(entry),
            }
        }
    }

    /// Puts another type in the place of an entry.
    pub(crate) fn replace(&mut self, module: &str, entry: &str, item: &str) {
        let modules = self.modules.iter_mut().filter(|of| of.name == module);
        let mut entries = modules.flat_map(|of| &mut of.entries);
        let entry = entries.find(|of| of.name == entry).expect("an entry");
        entry.items = vec![syn::parse_str(item).expect("an item")];
        entry.of = syn::parse_quote!(T);
    }
}

fn module(name: &'static str, text: &str) -> Module {
    let file = syn::parse_file(text).expect("a source");
    let mut module = Module {
        name,
        entries: Vec::new(),
        rest: Vec::new(),
    };
    let mut rules = None;
    for item in file.items {
        match item {
            Item::Macro(of) => {
                let tokens = of.mac.tokens;
                let called = of.mac.path.get_ident().expect("a name").to_string();
                match called.as_str() {
                    "corpus" | "refactors" => module.entries.extend(all::<Entry>(tokens)),
                    "types" => {
                        let types = all::<Types>(tokens).into_iter();
                        module.entries.extend(types.map(|Types(entry)| entry));
                    }
                    "rules" => {
                        let definition = rules.as_ref().expect("defined above");
                        for rule in all::<Rule>(tokens) {
                            module
                                .entries
                                .extend(all::<Entry>(rule.entries(definition)));
                        }
                    }
                    _ => rules = Some(tokens),
                }
            }
            Item::Use(of) if matches!(&of.tree, UseTree::Path(path) if path.ident == "super") => {}
            Item::Fn(of) if of.attrs.iter().any(is_test) => {}
            item => module.rest.push(item),
        }
    }
    module
}

fn is_test(attribute: &Attribute) -> bool {
    attribute.path().is_ident("test")
}

fn all<T: Parse>(tokens: proc_macro2::TokenStream) -> Vec<T> {
    let list = |input: ParseStream<'_>| {
        let mut list = Vec::new();
        while !input.is_empty() {
            list.push(input.parse()?);
        }
        Ok(list)
    };
    list.parse2(tokens).expect("entries")
}
