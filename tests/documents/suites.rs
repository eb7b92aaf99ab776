//! The tests of a suite, by their full names, as its sources say.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::TokenTree;
use syn::{Attribute, Expr, Item, ItemMod, Lit, Meta};

use crate::repository;

/// All tests of a suite. `contract!` and `plants!` make two of each name: one on PostgreSQL, one on SQLite.
pub(crate) fn tests_of(suite: &str) -> BTreeSet<String> {
    let mut tests = BTreeSet::new();
    let (root, beside) = root_of(suite);
    walk(&items(&root), "", &beside, &mut tests);
    tests
}

/// The first file of a suite, and the folder of its modules.
fn root_of(suite: &str) -> (PathBuf, PathBuf) {
    let root = ["tests", "tests/prove"].into_iter().find_map(|package| {
        let package = repository().join(package);
        let manifest = fs::read_to_string(package.join("Cargo.toml")).expect("a manifest");
        let (_, found) =
            manifest.split_once(&format!("[[test]]\nname = \"{suite}\"\npath = \""))?;
        let path = found.split('"').next()?;
        Some(package.join(path))
    });
    let root = root.unwrap_or_else(|| panic!("there is no suite `{suite}`"));
    let beside = root.parent().expect("a folder").to_owned();
    (root, beside)
}

fn items(file: &Path) -> Vec<Item> {
    let text =
        fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    syn::parse_file(&text)
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
        .items
}

fn walk(items: &[Item], module: &str, folder: &Path, tests: &mut BTreeSet<String>) {
    for item in items {
        match item {
            Item::Fn(function) if function.attrs.iter().any(is_test) => {
                tests.insert(format!("{module}{}", function.sig.ident));
            }
            Item::Mod(found) => {
                let module = format!("{module}{}::", found.ident);
                let beside = folder.join(found.ident.to_string());
                match &found.content {
                    Some((_, items)) => walk(items, &module, &beside, tests),
                    None => walk(
                        &self::items(&file_of(found, folder)),
                        &module,
                        &beside,
                        tests,
                    ),
                }
            }
            Item::Macro(found)
                if found
                    .mac
                    .path
                    .segments
                    .last()
                    .is_some_and(|last| last.ident == "contract") =>
            {
                for token in found.mac.tokens.clone() {
                    if let TokenTree::Ident(name) = token {
                        on_both(module, &name.to_string(), tests);
                    }
                }
            }
            Item::Macro(found) if found.mac.path.is_ident("plants") => {
                let tokens: Vec<_> = found.mac.tokens.clone().into_iter().collect();
                for pair in tokens.windows(2) {
                    if let [TokenTree::Ident(name), TokenTree::Punct(after)] = pair
                        && after.as_char() == ':'
                    {
                        on_both(module, &name.to_string(), tests);
                    }
                }
            }
            _ => {}
        }
    }
}

fn on_both(module: &str, name: &str, tests: &mut BTreeSet<String>) {
    for store in ["postgres", "sqlite"] {
        tests.insert(format!("{module}{store}::{name}"));
    }
}

fn is_test(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|last| last.ident == "test")
}

/// The file of a module: beside the one that names it, in a folder of its own, or where it says.
fn file_of(module: &ItemMod, folder: &Path) -> PathBuf {
    let said = module
        .attrs
        .iter()
        .find_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
                Expr::Lit(literal) => match &literal.lit {
                    Lit::Str(path) => Some(folder.join(path.value())),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        });
    let name = module.ident.to_string();
    let places = [
        folder.join(format!("{name}.rs")),
        folder.join(&name).join("mod.rs"),
    ];
    said.or_else(|| places.into_iter().find(|place| place.exists()))
        .unwrap_or_else(|| panic!("module `{name}` has no file in {}", folder.display()))
}
