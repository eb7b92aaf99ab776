use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::ext::IdentExt;

use super::recursion::Recursion;
use crate::model::Item;
use crate::model::shape::{Body, Field, Fields, Serde, Stored, Variant};
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
            const SHAPE: &'static #rt::Shape = &#shape;
        }
    }
}

struct Writer<'a> {
    recursion: Recursion<'a>,
    rt: &'a TokenStream,
}

impl Writer<'_> {
    fn stored(&mut self, stored: &Stored, name: &str) -> TokenStream {
        let rt = self.rt;
        if let Some(word) = &stored.declared {
            return quote!(#rt::Shape::Declared(#word));
        }
        let serde = serde(&stored.serde);
        match &stored.body {
            Body::Struct(fields) => {
                let fields = self.fields(fields);
                quote! {
                    #rt::Shape::Struct(#rt::Struct { name: #name, serde: #serde, fields: #fields })
                }
            }
            Body::Enum(variants) => {
                let variants: Vec<_> = variants.iter().map(|of| self.variant(of)).collect();
                quote! {
                    #rt::Shape::Enum(#rt::Enum {
                        name: #name,
                        serde: #serde,
                        variants: &[#(#variants),*],
                    })
                }
            }
            // Refused, with a shape of its own in the fallback.
            Body::Union(_) => quote!(#rt::Shape::Any),
        }
    }

    fn variant(&mut self, variant: &Variant) -> TokenStream {
        let rt = self.rt;
        let Variant { name, .. } = variant;
        let serde = serde(&variant.serde);
        let fields = self.fields(&variant.fields);
        quote!(#rt::Variant { name: #name, serde: #serde, fields: #fields })
    }

    fn fields(&mut self, fields: &Fields) -> TokenStream {
        let rt = self.rt;
        let list: Vec<_> = fields.list().iter().map(|of| self.field(of)).collect();
        match fields {
            Fields::Unit => quote!(#rt::Fields::Unit),
            Fields::Tuple(_) => quote!(#rt::Fields::Tuple(&[#(#list),*])),
            Fields::Named(_) => quote!(#rt::Fields::Named(&[#(#list),*])),
        }
    }

    fn field(&mut self, field: &Field) -> TokenStream {
        let rt = self.rt;
        let Field { name, .. } = field;
        let stored = field.serde.is_stored();
        let shape = if let Some(word) = &field.declared {
            quote!(&#rt::Shape::Declared(#word))
        } else if field.serde.skip.is_some() {
            // Its type is not mentioned: what is not stored needs no shape.
            quote!(&#rt::Shape::Unit)
        } else {
            let ty = self.recursion.mark(&field.ty);
            quote!(<#ty as #rt::Schema>::SHAPE)
        };
        let serde = serde(&field.serde);
        let ty = text(field.ty.to_token_stream());
        quote!(#rt::Field { name: #name, ty: #ty, serde: #serde, stored: #stored, shape: #shape })
    }
}

fn serde(serde: &Serde) -> String {
    let attributes: Vec<String> = serde.tokens.iter().cloned().map(text).collect();
    attributes.join(", ")
}
