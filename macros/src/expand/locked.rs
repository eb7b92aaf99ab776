//! Constants that hold the types of a declaration against what is locked, each at the type that it is about.

use annals_schema::{Bump, Field, Fields, Shape, Struct};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::ext::IdentExt;

use super::{literal, span};
use crate::model::event::Event;
use crate::model::lock::Locked;
use crate::model::shape::{self, Body, BothWays, Variant};

/// The constants, and nothing for a draft.
pub(super) fn checks(event: &Event, rt: &TokenStream) -> TokenStream {
    let (Some(locked), Some(version)) = (event.locked(), event.released()) else {
        return TokenStream::new();
    };
    let memory = Bump::new();
    // What is wrong with the lock itself was reported.
    let Ok(was) = version.shape.shape(&memory) else {
        return TokenStream::new();
    };
    let writer = Writer { event, rt };
    let checks = writer.checks(was);
    let name_now = event.item.ident.unraw().to_string();
    let constant = self::constant(&locked, (name(was), &name_now), rt);
    quote!(#constant #checks)
}

/// The name that stands for the type where parts of it refer to it.
fn name<'a>(was: &Shape<'a>) -> &'a str {
    match was {
        Shape::Struct(of) => of.name,
        Shape::Enum(of) => of.name,
        _ => "",
    }
}

/// The shape without the name that it got because parts of it refer to it.
fn unnamed<'a>(was: &'a Shape<'a>) -> &'a Shape<'a> {
    match was {
        Shape::Struct(Struct {
            fields: Fields::Transparent(field),
            ..
        }) => field.shape,
        was => was,
    }
}

/// What the messages of all constants of a declaration share.
fn constant(locked: &Locked<'_>, (name, name_now): (&str, &str), rt: &TokenStream) -> TokenStream {
    let Locked {
        noun,
        event,
        version,
        file,
        ..
    } = locked;
    let noun = noun.to_string();
    let bump = locked.bump();
    quote! {
        const __ANNALS_LOCKED: #rt::Locked = #rt::Locked {
            noun: #noun,
            event: #event,
            version: #version,
            file: #file,
            bump: #bump,
            name: #name,
            name_now: #name_now,
        };
    }
}

struct Writer<'a> {
    event: &'a Event,
    rt: &'a TokenStream,
}

impl Writer<'_> {
    fn checks(&self, was: &Shape<'_>) -> TokenStream {
        let item = &self.event.item;
        let stored = &item.stored;
        let is_other = stored.declared.is_some() || stored.serde.stands_for().is_some();
        match &stored.body {
            Body::Struct(fields)
                if !is_other
                    && stored.serde.transparent.is_none()
                    && !matches!(fields, shape::Fields::Tuple(one) if one.len() == 1) =>
            {
                self.fields(fields, was)
            }
            Body::Enum(variants) if !is_other => {
                let checks = variants.iter().enumerate();
                checks.map(|(at, of)| self.variant(at, of, was)).collect()
            }
            _ => {
                let (rt, now) = (self.rt, self.shape());
                let was = literal::shape(was, rt);
                let arguments = quote!(&__ANNALS_LOCKED, #was, #now);
                let call = span::call(&item.ident, quote!(#rt::require), &arguments);
                quote!(const _: () = #call;)
            }
        }
    }

    /// The shape of the whole declaration.
    fn shape(&self) -> TokenStream {
        let (rt, ident) = (self.rt, &self.event.item.ident);
        quote!(<#ident as #rt::Schema>::SHAPE)
    }

    fn fields(&self, fields: &shape::Fields, was: &Shape<'_>) -> TokenStream {
        let shape = self.shape();
        let rt = self.rt;
        let all = &self.event.item.stored.serde.rename_all;
        let Shape::Struct(Struct { fields: locked, .. }) = was else {
            return self.items(fields, was);
        };
        let Fields::Named(locked) = locked else {
            return self.items(fields, was);
        };
        let mut checks = TokenStream::new();
        for (at, field) in fields.list().iter().enumerate() {
            if field.serde.flatten.is_none() {
                let now = quote!(#rt::field_of(#shape, #at));
                let within = quote!(#rt::Within::Struct);
                checks.extend(self.field(field, all, locked, &now, &within));
            }
        }
        checks.extend(self.flattened(fields, all, locked));
        checks
    }

    /// One field by its name; where nothing of that name is locked, it must not be required.
    fn field(
        &self,
        field: &shape::Field,
        all: &BothWays,
        locked: &[Field<'_>],
        now: &TokenStream,
        within: &TokenStream,
    ) -> TokenStream {
        let rt = self.rt;
        if field.serde.is_skipped_both_ways() {
            return TokenStream::new();
        }
        let names = field.names(all);
        let is_known =
            |name: &str| names.written == name || names.read.iter().any(|own| own == name);
        let was = locked.iter().find(|was| was.name == names.written);
        let was = was.or_else(|| locked.iter().find(|was| is_known(was.name)));
        let (place, function, arguments) = match was {
            Some(was) => {
                let was = literal::field(was, rt);
                let arguments = quote!(&__ANNALS_LOCKED, #within, &#was, #now);
                (
                    field.ty.to_token_stream(),
                    quote!(#rt::require_field),
                    arguments,
                )
            }
            None => {
                let arguments = quote!(&__ANNALS_LOCKED, #within, #now);
                (
                    field.place.clone(),
                    quote!(#rt::require_optional),
                    arguments,
                )
            }
        };
        let call = span::call(place, function, &arguments);
        quote!(const _: () = #call;)
    }

    /// What the declaration itself does not name lies in what is flattened.
    fn flattened(
        &self,
        fields: &shape::Fields,
        all: &BothWays,
        locked: &[Field<'_>],
    ) -> TokenStream {
        let rt = self.rt;
        let shape = self.shape();
        let flattened = fields.list().iter().enumerate();
        let flattened: Vec<_> = flattened
            .filter(|(_, field)| field.serde.flatten.is_some())
            .collect();
        let Some((_, first)) = flattened.first() else {
            return TokenStream::new();
        };
        let own = fields.own_names(all);
        let rest = locked
            .iter()
            .filter(|field| own.iter().all(|name| name != field.name));
        let rest: Vec<_> = rest.map(|field| literal::field(field, rt)).collect();
        let now = flattened
            .iter()
            .map(|(at, _)| quote!(*#rt::field_of(#shape, #at)));
        let arguments = quote!(&__ANNALS_LOCKED, &[#(#rest),*], &[#(#now),*]);
        let call = span::call(&first.ty, quote!(#rt::require_flattened), &arguments);
        quote!(const _: () = #call;)
    }

    /// Fields by position.
    fn items(&self, fields: &shape::Fields, was: &Shape<'_>) -> TokenStream {
        let rt = self.rt;
        let Shape::Tuple(locked) = unnamed(was) else {
            return TokenStream::new();
        };
        let shape = self.shape();
        let stored = fields.list().iter().enumerate();
        let stored = stored.filter(|(_, field)| !field.serde.is_skipped_both_ways());
        let checks = stored.zip(*locked).enumerate();
        let checks = checks.map(|(position, ((at, field), was))| {
            let now = quote!(#rt::field_of(#shape, #at).shape);
            let was = literal::shape(was, rt);
            let within = quote!(#rt::Within::Item(#position));
            let arguments = quote!(&__ANNALS_LOCKED, #within, #was, #now);
            let call = span::call(&field.ty, quote!(#rt::require_part), &arguments);
            quote!(const _: () = #call;)
        });
        checks.collect()
    }

    fn variant(&self, at: usize, variant: &Variant, was: &Shape<'_>) -> TokenStream {
        let Shape::Enum(of) = was else {
            return TokenStream::new();
        };
        let names = variant.names(&self.event.item.stored.serde.rename_all);
        let locked = of.variants.iter().find(|locked| {
            locked.name == names.written || names.read.iter().any(|name| name == locked.name)
        });
        let (Some(locked), Some(field)) = (locked, variant.fields.list().first()) else {
            return TokenStream::new();
        };
        let (rt, name) = (self.rt, &names.written);
        let within = quote!(#rt::Within::Variant(#name));
        self.content(at, variant, locked, field, &within)
    }

    fn content(
        &self,
        at: usize,
        variant: &Variant,
        locked: &annals_schema::Variant<'_>,
        first: &shape::Field,
        within: &TokenStream,
    ) -> TokenStream {
        let rt = self.rt;
        let shape = self.shape();
        let Fields::Newtype(content) = locked.fields else {
            return TokenStream::new();
        };
        let named = matches!(variant.fields, shape::Fields::Named(_));
        let flattens = variant
            .fields
            .list()
            .iter()
            .any(|of| of.serde.flatten.is_some());
        match content.shape {
            Shape::Struct(Struct {
                fields: Fields::Named(locked),
                ..
            }) if named && !flattens => {
                let all = variant.rules(&self.event.item.stored.serde);
                let fields = variant.fields.list().iter().enumerate();
                fields
                    .map(|(number, field)| {
                        let now = quote!(#rt::field_of_variant(#shape, #at, #number));
                        self.field(field, all, locked, &now, within)
                    })
                    .collect()
            }
            was => {
                let place = match &variant.fields {
                    shape::Fields::Tuple(fields) if fields.len() == 1 => first.ty.to_token_stream(),
                    _ => variant.ident.to_token_stream(),
                };
                let was = literal::shape(was, rt);
                let arguments = quote!(&__ANNALS_LOCKED, #within, #was, #shape, #at);
                let call = span::call(place, quote!(#rt::require_content), &arguments);
                quote!(const _: () = #call;)
            }
        }
    }
}
