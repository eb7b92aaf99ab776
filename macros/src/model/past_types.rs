//! From the shape of an old version to the types that have it.

use std::collections::BTreeMap;

use annals_schema::{
    Field, Fields, Shape, Skip, Struct, Tagging, Variant, field_path, variant_path,
};
use proc_macro2::{Ident, Span};
use syn::{LitStr, Type};

use super::past::{Content, Def, DefBody, DefField, DefVariant, Setting, Ty, Types};
use crate::names::{pascal_case, snake_case};

/// The types of an event of this name and shape, some of them given by the user.
pub(crate) fn types(ident: &Ident, shape: &Shape<'_>, given: &[(LitStr, Type)]) -> Types {
    let mut maker = Maker {
        root: ident,
        given,
        made: Types::default(),
        names: BTreeMap::from([(".".to_owned(), ident.clone())]),
        within: Vec::new(),
    };
    maker.define(".", shape);
    maker.made.defs.reverse();
    maker.made
}

struct Maker<'a> {
    root: &'a Ident,
    given: &'a [(LitStr, Type)],
    made: Types,
    /// The name of the type at each place.
    names: BTreeMap<String, Ident>,
    /// The places of the types that are being made.
    within: Vec<String>,
}

impl Maker<'_> {
    /// Makes the type of a place.
    fn define(&mut self, path: &str, shape: &Shape<'_>) -> Ident {
        let name = self.name(path);
        self.within.push(path.to_owned());
        let (serde, body) = match shape {
            Shape::Struct(of) => self.structure(path, of),
            Shape::Enum(of) => {
                let variants = of.variants.iter();
                let variants = variants
                    .map(|variant| self.variant(path, variant))
                    .collect();
                (tagging(of.tagging, of.closed), DefBody::Enum(variants))
            }
            Shape::Tuple(items) => (Vec::new(), DefBody::Items(self.items(path, items))),
            Shape::Format(format) => {
                let body = DefBody::Format {
                    name: format.name.to_owned(),
                    sample: format.sample.to_owned(),
                };
                (Vec::new(), body)
            }
            shape => (Vec::new(), DefBody::Newtype(self.inner(path, shape))),
        };
        self.within.pop();
        self.made.defs.push(Def {
            name: name.clone(),
            serde,
            body,
        });
        name
    }

    fn structure(&mut self, path: &str, of: &Struct<'_>) -> (Vec<Setting>, DefBody) {
        let mut serde = Vec::new();
        if let Some((tag, value)) = of.tag {
            serde.push(Setting::Text("tag", tag.to_owned()));
            serde.push(Setting::Text("rename", value.to_owned()));
        }
        if of.closed {
            serde.push(Setting::Word("deny_unknown_fields"));
        }
        let body = match of.fields {
            Fields::Named(fields) => DefBody::Struct(self.fields(path, fields)),
            Fields::Newtype(field) => DefBody::Newtype(self.inner(path, field.shape)),
            Fields::Transparent(field) => {
                serde.push(Setting::Word("transparent"));
                DefBody::Newtype(self.inner(path, field.shape))
            }
            Fields::Unit | Fields::Tuple(_) => DefBody::Struct(Vec::new()),
        };
        (serde, body)
    }

    fn fields(&mut self, path: &str, fields: &[Field<'_>]) -> Vec<DefField> {
        let mut taken: Vec<String> = Vec::new();
        let mut made = Vec::new();
        for (number, field) in fields.iter().enumerate() {
            let place = match field.flatten {
                true => join(path, "{..}"),
                false => join(path, &field_path(field.name)),
            };
            let wanted = match field.flatten {
                true => "rest".to_owned(),
                false => snake_case(field.name),
            };
            let ident = ident(&wanted, number, &mut taken);
            let mut serde = Vec::new();
            if field.flatten {
                serde.push(Setting::Word("flatten"));
            } else if syn::ext::IdentExt::unraw(&ident) != field.name {
                serde.push(Setting::Text("rename", field.name.to_owned()));
            }
            let aliases = field.aliases.iter();
            serde.extend(aliases.map(|alias| Setting::Text("alias", (*alias).to_owned())));
            if field.default {
                serde.push(Setting::Word("default"));
            }
            let ty = self.ty(&place, field.shape);
            if field.omitted {
                serde.push(match ty {
                    Ty::Optional(_) => Setting::Text(
                        "skip_serializing_if",
                        "::core::option::Option::is_none".to_owned(),
                    ),
                    _ => Setting::NeverOmitted,
                });
            }
            match field.skip {
                Skip::Write => serde.push(Setting::Word("skip_serializing")),
                Skip::Read => serde.push(Setting::Word("skip_deserializing")),
                Skip::No | Skip::Both => {}
            }
            if field.default && !ty.has_default() {
                let reason = "has a default, which only its own type knows".to_owned();
                self.made.lacking.push((place, reason));
            }
            made.push(DefField { ident, serde, ty });
        }
        made
    }

    fn variant(&mut self, path: &str, variant: &Variant<'_>) -> DefVariant {
        let mut serde = Vec::new();
        let place = format!("{}{}", bare(path), variant_path(variant.name));
        let ident = match pascal_case(variant.name) {
            name if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) => {
                Ident::new(&format!("Variant{name}"), Span::call_site())
            }
            name => Ident::new(&name, Span::call_site()),
        };
        if ident != variant.name {
            serde.push(Setting::Text("rename", variant.name.to_owned()));
        }
        let aliases = variant.aliases.iter();
        serde.extend(aliases.map(|alias| Setting::Text("alias", (*alias).to_owned())));
        if variant.other {
            serde.push(Setting::Word("other"));
        }
        if variant.untagged {
            serde.push(Setting::Word("untagged"));
        }
        let content = match variant.fields {
            Fields::Newtype(field) if self.given(&place).is_none() => match field.shape {
                Shape::Struct(Struct {
                    fields: Fields::Named(fields),
                    tag: None,
                    ..
                }) => Content::Fields(self.fields(&place, fields)),
                Shape::Tuple(items) => Content::Items(self.items(&place, items)),
                shape => Content::One(self.ty(&place, shape)),
            },
            Fields::Newtype(field) => Content::One(self.ty(&place, field.shape)),
            _ => Content::Unit,
        };
        DefVariant {
            ident,
            serde,
            content,
        }
    }

    fn items(&mut self, path: &str, items: &[&Shape<'_>]) -> Vec<Ty> {
        let items = items.iter().enumerate();
        items
            .map(|(i, item)| self.ty(&format!("{}[{i}]", bare(path)), item))
            .collect()
    }

    /// The type of a place in another type.
    fn ty(&mut self, path: &str, shape: &Shape<'_>) -> Ty {
        if let Some(given) = self.given(path) {
            return Ty::Given(Box::new(given));
        }
        self.inner(path, shape)
    }

    fn inner(&mut self, path: &str, shape: &Shape<'_>) -> Ty {
        let inside = |end: &str| format!("{}{end}", bare(path));
        match shape {
            Shape::Optional(inner) => Ty::Optional(Box::new(self.ty(path, inner))),
            Shape::List(item) => Ty::List(Box::new(self.ty(&inside("[]"), item))),
            Shape::Set(item) => {
                let item = self.ty(&inside("[]"), item);
                self.require_order(path, &item, "a set of what has no order");
                Ty::Set(Box::new(item))
            }
            Shape::Array(item, length) => {
                if *length > 32 {
                    self.lack(path, "an array of more than 32 values");
                }
                Ty::Array(Box::new(self.ty(&inside("[]"), item)), *length)
            }
            Shape::Map(key, value) => {
                let key = self.ty(&inside("{key}"), key);
                self.require_order(path, &key, "a map by what has no order");
                Ty::Map(Box::new(key), Box::new(self.ty(&inside("{}"), value)))
            }
            Shape::Tuple(items) => Ty::Tuple(self.items(path, items)),
            Shape::Ref(target) => self.reference(path, target),
            Shape::Format(format) => match known(format.name) {
                Some(known) => Ty::Known(known),
                None => Ty::Made(self.define(path, shape)),
            },
            Shape::Struct(_) | Shape::Enum(_) => Ty::Made(self.define(path, shape)),
            plain => Ty::Plain(plain.to_string().replacen(".: ", "", 1)),
        }
    }

    fn reference(&mut self, path: &str, target: &str) -> Ty {
        let is_nearest = self.within.last().is_some_and(|nearest| nearest == target);
        if !is_nearest {
            self.lack(path, "a type that holds the one around it");
        }
        Ty::Itself(self.name(target))
    }

    fn require_order(&mut self, path: &str, of: &Ty, what: &str) {
        let is_ordered = match of {
            Ty::Plain(word) => !matches!(word.as_str(), "any" | "f32" | "f64"),
            Ty::Known(_) | Ty::Given(_) => true,
            _ => false,
        };
        if !is_ordered {
            self.lack(path, what);
        }
    }

    fn lack(&mut self, path: &str, what: &str) {
        self.made
            .lacking
            .push((path.to_owned(), format!("is {what}")));
    }

    fn given(&self, path: &str) -> Option<Type> {
        let mut given = self.given.iter();
        let found = given.find(|(place, _)| place.value() == path);
        found.map(|(_, ty)| ty.clone())
    }

    fn name(&mut self, path: &str) -> Ident {
        if let Some(name) = self.names.get(path) {
            return name.clone();
        }
        let wanted = format!("{}{}", self.root, pascal_case(path));
        let is_taken = |name: &str| self.names.values().any(|taken| taken == name);
        let numbered = (2..).map(|number| format!("{wanted}{number}"));
        let free = std::iter::once(wanted.clone())
            .chain(numbered)
            .find(|name| !is_taken(name));
        let name = Ident::new(&free.unwrap_or_default(), self.root.span());
        self.names.insert(path.to_owned(), name.clone());
        name
    }
}

impl Ty {
    fn has_default(&self) -> bool {
        !matches!(self, Ty::Made(_) | Ty::Itself(_) | Ty::Known(_))
    }
}

/// The forms for which annals has a type at hand.
fn known(format: &str) -> Option<&'static str> {
    Some(match format {
        "uuid" => "Uuid",
        "date-time" => "DateTime",
        "local date-time" => "NaiveDateTime",
        "date" => "NaiveDate",
        "time" => "NaiveTime",
        _ => return None,
    })
}

fn tagging(of: Tagging<'_>, closed: bool) -> Vec<Setting> {
    let mut serde = match of {
        Tagging::External => Vec::new(),
        Tagging::Untagged => vec![Setting::Word("untagged")],
        Tagging::Internal { tag } => vec![Setting::Text("tag", tag.to_owned())],
        Tagging::Adjacent { tag, content } => vec![
            Setting::Text("tag", tag.to_owned()),
            Setting::Text("content", content.to_owned()),
        ],
    };
    if closed {
        serde.push(Setting::Word("deny_unknown_fields"));
    }
    serde
}

/// A path as the beginning of a longer one.
fn bare(path: &str) -> &str {
    match path {
        "." => "",
        path => path,
    }
}

fn join(path: &str, field: &str) -> String {
    match (bare(path), field.starts_with('{')) {
        ("", _) => field.to_owned(),
        (path, true) => format!("{path}{field}"),
        (path, false) => format!("{path}.{field}"),
    }
}

/// A name that can stand in the source and is not taken yet.
fn ident(wanted: &str, number: usize, taken: &mut Vec<String>) -> Ident {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut name: String = wanted.replace(|c| !is_letter(c), "_");
    if name.trim_matches('_').is_empty() {
        name = format!("field_{number}");
    } else if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, '_');
    }
    while taken.contains(&name) {
        name.push('_');
    }
    taken.push(name.clone());
    let plain = syn::parse_str::<Ident>(&name);
    plain.unwrap_or_else(|_| match name.as_str() {
        "self" | "super" | "crate" | "Self" => Ident::new(&format!("{name}_"), Span::call_site()),
        name => Ident::new_raw(name, Span::call_site()),
    })
}
