use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};

use crate::model::past::{Content, Def, DefBody, DefField, DefVariant, Past, Setting, Ty};

/// What `past!` expands to: the types of an old version, as if they stood in the source.
pub(crate) fn past(past: &Past) -> TokenStream {
    // The check has seen that the shape can be read.
    let Ok(types) = past.types() else {
        return TokenStream::new();
    };
    let writer = Writer { past };
    let mut defs = types.defs.iter();
    let event = defs.next().map(|def| writer.event(def));
    let values = defs.map(|def| writer.value(def));
    quote!(#event #(#values)*)
}

struct Writer<'a> {
    past: &'a Past,
}

impl Writer<'_> {
    fn event(&self, def: &Def) -> TokenStream {
        let Past {
            krate,
            folder,
            event,
            version,
            upcast,
            upcast_json,
            ident,
            ..
        } = self.past;
        let mut number = proc_macro2::Literal::u32_unsuffixed(version.number);
        number.set_span(version.span);
        let aliases = self.past.aliases();
        let aliases = (!aliases.is_empty()).then(|| quote!(, aliases(#(#aliases),*)));
        let upcast = upcast.as_ref().map(|upcast| quote!(, upcast = #upcast));
        let upcast_json = upcast_json
            .as_ref()
            .map(|upcast| quote!(, upcast_json = #upcast));
        let meaning = self.past.locked().map(|locked| locked.meaning.as_str());
        let meaning = meaning.filter(|meaning| !meaning.is_empty());
        let meaning = meaning.map(|meaning| quote!(, meaning = #meaning));
        let folder = folder.as_ref().map(|folder| quote!(, lock = #folder));
        let doc = format!(
            "Version {} of event `{}`, brought back from the schema lock.",
            version.number,
            event.value()
        );
        let attributes = quote! {
            #[doc = #doc]
            #[event(name = #event, version = #number #upcast #upcast_json #aliases #meaning)]
            #[annals(crate = #krate #folder)]
        };
        self.def(def, ident, &quote!(__rt::PastEvent), &attributes)
    }

    fn value(&self, def: &Def) -> TokenStream {
        let krate = &self.past.krate;
        let doc = format!("Part of [`{}`].", self.past.ident);
        let format = match &def.body {
            DefBody::Format { name, sample } => {
                let sample = (!sample.is_empty()).then(|| quote!(, sample = #sample));
                Some(quote!(#[schema(as = #name #sample)]))
            }
            _ => None,
        };
        let attributes = quote!(#[doc = #doc] #format #[annals(crate = #krate)]);
        self.def(def, &def.name, &quote!(Schema), &attributes)
    }

    fn def(
        &self,
        def: &Def,
        name: &Ident,
        derive: &TokenStream,
        attributes: &TokenStream,
    ) -> TokenStream {
        let Past { krate, vis, .. } = self.past;
        let rt = quote!(#krate::__rt);
        let serde = self.past.rt("serde");
        let settings = settings(&def.serde, self.past);
        // The types of the user's need not have what those made here could have.
        let derives = self.past.types.is_empty().then(
            || quote!(#[derive(::core::fmt::Debug, ::core::clone::Clone, ::core::cmp::PartialEq)]),
        );
        let body = match &def.body {
            DefBody::Struct(fields) => {
                let fields = fields.iter().map(|field| self.field(field, true));
                quote!(struct #name { #(#fields),* })
            }
            DefBody::Items(items) => {
                let items = items.iter().map(|ty| self.ty(ty));
                quote!(struct #name(#(pub #items),*);)
            }
            DefBody::Newtype(ty) => {
                let ty = self.ty(ty);
                quote!(struct #name(pub #ty);)
            }
            DefBody::Format { .. } => quote!(struct #name(pub #rt::Value);),
            DefBody::Enum(variants) => {
                let variants = variants.iter().map(|variant| self.variant(variant));
                quote!(enum #name { #(#variants),* })
            }
        };
        quote! {
            #derives
            #[derive(#krate::#derive, #rt::serde::Serialize, #rt::serde::Deserialize)]
            #attributes
            #[serde(crate = #serde)]
            #settings
            #[allow(dead_code, missing_docs, clippy::enum_variant_names, clippy::large_enum_variant)]
            #vis #body
        }
    }

    fn field(&self, field: &DefField, public: bool) -> TokenStream {
        let DefField { ident, serde, ty } = field;
        let settings = settings(serde, self.past);
        let ty = self.ty(ty);
        let vis = public.then(|| quote!(pub));
        quote!(#settings #vis #ident: #ty)
    }

    fn variant(&self, variant: &DefVariant) -> TokenStream {
        let ident = &variant.ident;
        let settings = settings(&variant.serde, self.past);
        let content = match &variant.content {
            Content::Unit => TokenStream::new(),
            Content::One(ty) => {
                let ty = self.ty(ty);
                quote!((#ty))
            }
            Content::Items(items) => {
                let items = items.iter().map(|ty| self.ty(ty));
                quote!((#(#items),*))
            }
            Content::Fields(fields) => {
                let fields = fields.iter().map(|field| self.field(field, false));
                quote!({ #(#fields),* })
            }
        };
        quote!(#settings #ident #content)
    }

    fn ty(&self, ty: &Ty) -> TokenStream {
        let krate = &self.past.krate;
        let rt = quote!(#krate::__rt);
        match ty {
            Ty::Made(name) => name.to_token_stream(),
            Ty::Itself(name) => quote!(::std::boxed::Box<#name>),
            Ty::Given(ty) => ty.to_token_stream(),
            Ty::Plain(word) => plain(word, &rt),
            Ty::Known("DateTime") => quote!(#rt::DateTime<#rt::Utc>),
            Ty::Known(name) => {
                let name = format_ident!("{name}");
                quote!(#rt::#name)
            }
            Ty::Optional(inner) => {
                let inner = self.ty(inner);
                quote!(::core::option::Option<#inner>)
            }
            Ty::List(item) => {
                let item = self.ty(item);
                quote!(::std::vec::Vec<#item>)
            }
            Ty::Set(item) => {
                let item = self.ty(item);
                quote!(::std::collections::BTreeSet<#item>)
            }
            Ty::Array(item, length) => {
                let item = self.ty(item);
                quote!([#item; #length])
            }
            Ty::Map(key, value) => {
                let (key, value) = (self.ty(key), self.ty(value));
                quote!(::std::collections::BTreeMap<#key, #value>)
            }
            Ty::Tuple(items) => {
                let items = items.iter().map(|item| self.ty(item));
                quote!((#(#items,)*))
            }
        }
    }
}

/// The type for a word of the lock.
fn plain(word: &str, rt: &TokenStream) -> TokenStream {
    match word {
        "unit" => quote!(()),
        "text" => quote!(::std::string::String),
        "any" => quote!(#rt::Value),
        word => match word.strip_prefix("nonzero ") {
            Some(number) => {
                let name = format_ident!("NonZero{}", number.to_uppercase());
                quote!(::core::num::#name)
            }
            None => {
                let name = format_ident!("{word}");
                quote!(::core::primitive::#name)
            }
        },
    }
}

fn settings(settings: &[Setting], past: &Past) -> Option<TokenStream> {
    let each = settings.iter().map(|setting| match setting {
        Setting::Word(word) => format_ident!("{word}").to_token_stream(),
        Setting::Text(key, text) => {
            let key = format_ident!("{key}");
            quote!(#key = #text)
        }
        Setting::NeverOmitted => {
            let never = past.rt("never");
            quote!(skip_serializing_if = #never)
        }
    });
    (!settings.is_empty()).then(|| quote!(#[serde(#(#each),*)]))
}
