use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Type;
use syn::ext::IdentExt;

use super::literal;
use super::recursion::Recursion;
use crate::model::Item;
use crate::model::shape::{Body, BothWays, Declared, Field, Fields, Names, Serde, Stored, Variant};
use crate::text::text;

/// What `#[derive(Schema)]` expands to.
pub(crate) fn schema(item: &Item) -> TokenStream {
    let schema = implementation(item);
    quote! {
        const _: () = {
            #schema
        };
    }
}

/// The implementation of `Schema`, without a block of its own.
pub(super) fn implementation(item: &Item) -> TokenStream {
    let krate = &item.krate;
    let rt = quote!(#krate::__rt);
    let ident = &item.ident;
    let name = ident.unraw().to_string();
    let mut writer = Writer {
        recursion: Recursion::new(ident),
        rt: &rt,
    };
    let shape = writer.stored(&item.stored, &name);
    let marker = writer.recursion.marker(&rt, &name);
    let (parameters, arguments, written) = item.generics.split_for_impl();
    let written = written.iter().flat_map(|bounds| &bounds.predicates);
    let types = item
        .generics
        .type_params()
        .map(|parameter| &parameter.ident);
    quote! {
        #marker
        #[automatically_derived]
        impl #parameters #rt::Schema for #ident #arguments
        where
            #(#written,)*
            #(#types: #rt::Schema,)*
        {
            const SHAPE: &'static #rt::Shape<'static> = #shape;
        }
    }
}

/// A shape that the user declared.
pub(super) fn declared(declared: &Declared, rt: &TokenStream) -> TokenStream {
    let word = declared.word.value();
    let sample = declared.sample.as_ref().map(syn::LitStr::value);
    let sample = sample.unwrap_or_default();
    match word.strip_prefix("optional ") {
        // Functions read it, who do not take its absence for null.
        Some(word) => quote! {
            &#rt::Shape::Struct(#rt::Struct {
                fields: #rt::Fields::Newtype(&#rt::Field {
                    shape: &#rt::Shape::Optional(&#rt::Shape::of_word(#word, #sample)),
                    ..#rt::Field::PLAIN
                }),
                ..#rt::Struct::PLAIN
            })
        },
        None => quote!(&#rt::Shape::of_word(#word, #sample)),
    }
}

struct Writer<'a> {
    recursion: Recursion<'a>,
    rt: &'a TokenStream,
}

impl Writer<'_> {
    fn stored(&mut self, stored: &Stored, name: &str) -> TokenStream {
        let rt = self.rt;
        if let Some(declared) = &stored.declared {
            return self::declared(declared, rt);
        }
        if let Some(other) = stored.serde.stands_for() {
            return self.of_type(other);
        }
        let serde = serde(&stored.serde);
        let closed = stored.serde.deny_unknown_fields.is_some();
        match &stored.body {
            Body::Struct(fields) => {
                let default = stored.serde.default.is_some();
                let fields = match stored.serde.transparent {
                    Some(_) => self.transparent(fields),
                    None => self.fields(fields, &stored.serde.rename_all, default),
                };
                let tag = stored.serde.tag.as_ref().map(|tag| {
                    let value = match &stored.serde.rename.written {
                        Some(renamed) => renamed.value(),
                        None => name.to_owned(),
                    };
                    quote!(tag: ::core::option::Option::Some((#tag, #value)),)
                });
                let serde = (!serde.is_empty()).then(|| quote!(serde: #serde,));
                let closed = closed.then(|| quote!(closed: true,));
                quote! {
                    &#rt::Shape::Struct(#rt::Struct {
                        name: #name,
                        fields: #fields,
                        #tag
                        #serde
                        #closed
                        ..#rt::Struct::PLAIN
                    })
                }
            }
            Body::Enum(variants) => {
                let tagging = tagging(&stored.serde, rt);
                let variants = variants.iter().map(|of| self.variant(of, &stored.serde));
                let variants: Vec<_> = variants.collect();
                quote! {
                    &#rt::Shape::Enum(#rt::Enum {
                        name: #name,
                        serde: #serde,
                        tagging: #tagging,
                        closed: #closed,
                        variants: &[#(#variants),*],
                    })
                }
            }
            // Refused, with a shape of its own in the fallback.
            Body::Union(_) => quote!(&#rt::Shape::Any),
        }
    }

    fn variant(&mut self, variant: &Variant, of: &Serde) -> TokenStream {
        let rt = self.rt;
        let names = variant.names(&of.rename_all);
        let Names { written, .. } = &names;
        let aliases = aliases(&names);
        let other = variant.serde.other.is_some().then(|| quote!(other: true,));
        let untagged = variant
            .serde
            .untagged
            .is_some()
            .then(|| quote!(untagged: true,));
        let is_skipped = variant.serde.is_unread();
        let skipped = is_skipped.then(|| quote!(skipped: true,));
        let source = source(&variant.name, None, &variant.serde);
        let fields = match &variant.fields {
            // Its types are not mentioned: what is not stored needs no shape.
            _ if is_skipped => quote!(#rt::Fields::Unit),
            // serde stores such a variant as if it had no field.
            Fields::Tuple(fields)
                if fields.len() == 1 && fields[0].serde.is_skipped_both_ways() =>
            {
                quote!(#rt::Fields::Unit)
            }
            fields => self.fields(fields, variant.rules(of), false),
        };
        quote! {
            #rt::Variant {
                name: #written,
                source: #source,
                fields: #fields,
                #aliases
                #other
                #untagged
                #skipped
                ..#rt::Variant::PLAIN
            }
        }
    }

    fn fields(&mut self, fields: &Fields, all: &BothWays, default: bool) -> TokenStream {
        let rt = self.rt;
        let list = fields.list().iter();
        let list: Vec<_> = list.map(|of| self.field(of, all, default)).collect();
        match fields {
            Fields::Unit => quote!(#rt::Fields::Unit),
            Fields::Tuple(one) if one.len() == 1 => quote!(#rt::Fields::Newtype(&#(#list),*)),
            Fields::Tuple(_) => quote!(#rt::Fields::Tuple(&[#(#list),*])),
            Fields::Named(_) => quote!(#rt::Fields::Named(&[#(#list),*])),
        }
    }

    /// The one field that a transparent struct is stored as; serde demands that the others store nothing.
    fn transparent(&mut self, fields: &Fields) -> TokenStream {
        let rt = self.rt;
        let mut stored = fields.list().iter().filter(|field| !is_nothing(field));
        match stored.next() {
            Some(field) => {
                let field = self.field(field, &BothWays::default(), false);
                quote!(#rt::Fields::Transparent(&#field))
            }
            None => quote!(#rt::Fields::Unit),
        }
    }

    fn field(&mut self, field: &Field, all: &BothWays, default: bool) -> TokenStream {
        let rt = self.rt;
        let names = field.names(all);
        let Names { written, .. } = &names;
        let aliases = aliases(&names);
        let source = source(&field.name, Some(&field.ty), &field.serde);
        let serde = &field.serde;
        let shape = if let Some(declared) = &field.declared {
            self::declared(declared, rt)
        } else if serde.is_skipped_both_ways() {
            // Its type is not mentioned: what is not stored needs no shape.
            quote!(&#rt::Shape::Unit)
        } else {
            self.of_type(&field.ty)
        };
        let default = (default || serde.default.is_some()).then(|| quote!(default: true,));
        let omitted = serde.omitted.is_some().then(|| quote!(omitted: true,));
        let flatten = serde.flatten.is_some().then(|| quote!(flatten: true,));
        let whole = (!serde.is_stored()).then(|| quote!(whole: false,));
        let skip = literal::skip(serde.skip(), rt);
        quote! {
            #rt::Field {
                name: #written,
                source: #source,
                shape: #shape,
                #aliases
                #default
                #omitted
                #flatten
                #whole
                #skip
                ..#rt::Field::PLAIN
            }
        }
    }

    fn of_type(&mut self, ty: &Type) -> TokenStream {
        let rt = self.rt;
        let ty = self.recursion.mark(ty);
        quote!(<#ty as #rt::Schema>::SHAPE)
    }
}

fn is_nothing(field: &Field) -> bool {
    let is_phantom = match &field.ty {
        Type::Path(path) => {
            let last = path.path.segments.last();
            last.is_some_and(|last| last.ident == "PhantomData")
        }
        _ => false,
    };
    is_phantom || field.serde.is_skipped_both_ways()
}

fn tagging(serde: &Serde, rt: &TokenStream) -> TokenStream {
    match (&serde.tag, &serde.content) {
        _ if serde.untagged.is_some() => quote!(#rt::Tagging::Untagged),
        (Some(tag), Some(content)) => {
            quote!(#rt::Tagging::Adjacent { tag: #tag, content: #content })
        }
        (Some(tag), None) => quote!(#rt::Tagging::Internal { tag: #tag }),
        (None, _) => quote!(#rt::Tagging::External),
    }
}

fn aliases(names: &Names) -> Option<TokenStream> {
    let aliases: Vec<_> = names.aliases().collect();
    (!aliases.is_empty()).then(|| quote!(aliases: &[#(#aliases),*],))
}

/// What the source says, whatever is stored of it.
fn source(name: &str, ty: Option<&Type>, of: &Serde) -> String {
    let ty = ty.map(|ty| text(ty.to_token_stream()));
    let serde = serde(of);
    match (ty, serde.is_empty()) {
        (Some(ty), true) => format!("{name}: {ty}"),
        (Some(ty), false) => format!("{name}: {ty} <{serde}>"),
        (None, true) => name.to_owned(),
        (None, false) => format!("{name} <{serde}>"),
    }
}

fn serde(serde: &Serde) -> String {
    let attributes: Vec<String> = serde.tokens.iter().cloned().map(text).collect();
    attributes.join(", ")
}
