//! A shape that was read from the lock, as the expression that makes it.

use annals_schema::{Field, Fields, Shape, Skip, Struct, Tagging, Variant};
use proc_macro2::TokenStream;
use quote::quote;

/// A reference to the shape.
pub(super) fn shape(of: &Shape<'_>, rt: &TokenStream) -> TokenStream {
    let kind = match of {
        Shape::Unit => quote!(Unit),
        Shape::Bool => quote!(Bool),
        Shape::Char => quote!(Char),
        Shape::Text => quote!(Text),
        Shape::Any => quote!(Any),
        Shape::Unseen => quote!(Unseen),
        Shape::Integer {
            bits,
            signed,
            nonzero,
        } => quote!(Integer { bits: #bits, signed: #signed, nonzero: #nonzero }),
        Shape::Float { bits } => quote!(Float { bits: #bits }),
        Shape::Optional(inner) => {
            let inner = shape(inner, rt);
            quote!(Optional(#inner))
        }
        Shape::List(item) => {
            let item = shape(item, rt);
            quote!(List(#item))
        }
        Shape::Set(item) => {
            let item = shape(item, rt);
            quote!(Set(#item))
        }
        Shape::Array(item, length) => {
            let item = shape(item, rt);
            quote!(Array(#item, #length))
        }
        Shape::Map(key, value) => {
            let (key, value) = (shape(key, rt), shape(value, rt));
            quote!(Map(#key, #value))
        }
        Shape::Tuple(items) => {
            let items = items.iter().map(|item| shape(item, rt));
            quote!(Tuple(&[#(#items),*]))
        }
        Shape::Struct(of) => {
            let of = structure(of, rt);
            quote!(Struct(#of))
        }
        Shape::Enum(of) => {
            let name = of.name;
            let tagging = tagging(of.tagging, rt);
            let closed = of.closed;
            let variants = of.variants.iter().map(|of| variant(of, rt));
            quote!(Enum(#rt::Enum {
                name: #name,
                serde: "",
                tagging: #tagging,
                closed: #closed,
                variants: &[#(#variants),*],
            }))
        }
        Shape::Format(format) => {
            let name = format.name;
            quote!(Format(#rt::Format { name: #name, sample: "" }))
        }
        Shape::Ref(name) => quote!(Ref(#name)),
    };
    quote!(&#rt::Shape::#kind)
}

fn structure(of: &Struct<'_>, rt: &TokenStream) -> TokenStream {
    let name = of.name;
    let fields = fields(&of.fields, rt);
    let tag = of
        .tag
        .map(|(tag, value)| quote!(tag: ::core::option::Option::Some((#tag, #value)),));
    let closed = of.closed.then(|| quote!(closed: true,));
    quote!(#rt::Struct { name: #name, fields: #fields, #tag #closed ..#rt::Struct::PLAIN })
}

fn tagging(of: Tagging<'_>, rt: &TokenStream) -> TokenStream {
    match of {
        Tagging::External => quote!(#rt::Tagging::External),
        Tagging::Untagged => quote!(#rt::Tagging::Untagged),
        Tagging::Internal { tag } => quote!(#rt::Tagging::Internal { tag: #tag }),
        Tagging::Adjacent { tag, content } => {
            quote!(#rt::Tagging::Adjacent { tag: #tag, content: #content })
        }
    }
}

fn variant(of: &Variant<'_>, rt: &TokenStream) -> TokenStream {
    let Variant {
        name,
        aliases,
        other,
        untagged,
        ..
    } = of;
    let fields = fields(&of.fields, rt);
    quote! {
        #rt::Variant {
            name: #name,
            aliases: &[#(#aliases),*],
            other: #other,
            untagged: #untagged,
            fields: #fields,
            ..#rt::Variant::PLAIN
        }
    }
}

fn fields(of: &Fields<'_>, rt: &TokenStream) -> TokenStream {
    let all = |fields: &[Field<'_>]| -> Vec<_> { fields.iter().map(|of| field(of, rt)).collect() };
    match of {
        Fields::Unit => quote!(#rt::Fields::Unit),
        Fields::Newtype(of) => {
            let of = field(of, rt);
            quote!(#rt::Fields::Newtype(&#of))
        }
        Fields::Transparent(of) => {
            let of = field(of, rt);
            quote!(#rt::Fields::Transparent(&#of))
        }
        Fields::Tuple(fields) => {
            let fields = all(fields);
            quote!(#rt::Fields::Tuple(&[#(#fields),*]))
        }
        Fields::Named(fields) => {
            let fields = all(fields);
            quote!(#rt::Fields::Named(&[#(#fields),*]))
        }
    }
}

/// The field itself.
pub(super) fn field(of: &Field<'_>, rt: &TokenStream) -> TokenStream {
    let Field {
        name,
        aliases,
        default,
        omitted,
        flatten,
        skip,
        ..
    } = of;
    let shape = shape(of.shape, rt);
    let aliases = (!aliases.is_empty()).then(|| quote!(aliases: &[#(#aliases),*],));
    let default = default.then(|| quote!(default: true,));
    let omitted = omitted.then(|| quote!(omitted: true,));
    let flatten = flatten.then(|| quote!(flatten: true,));
    let skip = self::skip(*skip, rt);
    quote! {
        #rt::Field { name: #name, shape: #shape, #aliases #default #omitted #flatten #skip ..#rt::Field::PLAIN }
    }
}

/// The setting of a field that serde passes over; nothing for one that is stored and read.
pub(super) fn skip(of: Skip, rt: &TokenStream) -> Option<TokenStream> {
    match of {
        Skip::No => None,
        Skip::Write => Some(quote!(skip: #rt::Skip::Write,)),
        Skip::Read => Some(quote!(skip: #rt::Skip::Read,)),
        Skip::Both => Some(quote!(skip: #rt::Skip::Both,)),
    }
}
