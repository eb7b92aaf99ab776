//! What an item with mistakes expands to: the promised traits with bodies that are never run, so that nothing else
//! in the program complains about their absence.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Path, Type};

use super::aggregate::{accepts, conversions, enumeration, id, set};
use super::reaction;
use super::read_model::key_type;
use crate::model::Item;
use crate::model::aggregate::{Aggregate, variant};
use crate::model::block::{Block, Excused, Handlers, Role};
use crate::model::event::{Event, Noun};
use crate::model::past::Past;
use crate::model::process::{self, Input, Process};
use crate::model::projection::{self, Kind, Projection};
use crate::model::read_model::ReadModel;
use crate::model::shape::Body;

pub(crate) fn event(event: &Event) -> TokenStream {
    let krate = &event.item.krate;
    let rt = quote!(#krate::__rt);
    let ident = &event.item.ident;
    let schema = implementation(&event.item, &rt);
    let name = ident.to_string();
    let version = event.version();
    if matches!(event.item.stored.body, Body::Union(_)) {
        // serde has nothing for unions, and its absence would be reported, too.
        return quote!(const _: () = { #schema };);
    }
    let (parameters, arguments, bounds) = event.item.generics.split_for_impl();
    let also = bounds.map_or_else(|| quote!(where), |bounds| quote!(#bounds));
    let comma = bounds.and_then(|bounds| (!bounds.predicates.trailing_punct()).then(|| quote!(,)));
    // The bound is there for the sake of generics: of what they lack, nothing more is said. For the rest it would be
    // one more mistake that is reported.
    let bound = (!event.item.generics.params.is_empty()).then(|| {
        quote!(#also #comma #ident #arguments: #rt::Stored + ::core::marker::Send + ::core::marker::Sync + 'static)
    });
    let command = (event.noun == Noun::Command).then(|| {
        let bound = (!event.item.generics.params.is_empty())
            .then(|| quote!(#also #comma #ident #arguments: #rt::Event + ::core::clone::Clone));
        quote! {
            #[automatically_derived]
            impl #parameters #rt::Command for #ident #arguments #bound {}
        }
    });
    quote! {
        const _: () = {
            #schema
            #command
            #[automatically_derived]
            impl #parameters #rt::Event for #ident #arguments #bound {
                // No name, so that the checks across events leave it alone.
                const NAME: &'static ::core::primitive::str = "";
                const VERSION: ::core::primitive::u32 = #version;
                const TYPE: &'static ::core::primitive::str = #name;
            }
        };
    }
}

/// The type alone: what is done with its fields cannot be excused.
pub(crate) fn past(past: &Past) -> TokenStream {
    let Past {
        krate, vis, ident, ..
    } = past;
    let rt = quote!(#krate::__rt);
    let version = past.version.number;
    let name = ident.to_string();
    let serde = past.rt("serde");
    quote! {
        #[derive(#rt::serde::Serialize, #rt::serde::Deserialize)]
        #[serde(crate = #serde)]
        #vis struct #ident {}
        const _: () = {
            impl #rt::Schema for #ident {
                const SHAPE: &'static #rt::Shape<'static> = &#rt::Shape::Unit;
            }
            impl #rt::Event for #ident {
                const NAME: &'static ::core::primitive::str = "";
                const VERSION: ::core::primitive::u32 = #version;
                const TYPE: &'static ::core::primitive::str = #name;
            }
        };
    }
}

pub(crate) fn schema(item: &Item) -> TokenStream {
    let krate = &item.krate;
    let schema = implementation(item, &quote!(#krate::__rt));
    quote! {
        const _: () = {
            #schema
        };
    }
}

fn implementation(item: &Item, rt: &TokenStream) -> TokenStream {
    let ident = &item.ident;
    let (parameters, arguments, bounds) = item.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #parameters #rt::Schema for #ident #arguments #bounds {
            const SHAPE: &'static #rt::Shape<'static> = &#rt::Shape::Unit;
        }
    }
}

pub(crate) fn aggregate(aggregate: &Aggregate) -> TokenStream {
    // A generic one could not be named by its enum.
    if !aggregate.item.generics.params.is_empty() {
        return TokenStream::new();
    }
    let krate = &aggregate.item.krate;
    let rt = quote!(#krate::__rt);
    let ident = &aggregate.item.ident;
    let name = aggregate.name();
    let set = set(aggregate);
    let id = id(aggregate);
    let (mut events, mut namesakes) = (Vec::<Path>::new(), Vec::<Path>::new());
    for event in &aggregate.events {
        if events.iter().all(|other| variant(other) != variant(event)) {
            events.push(event.clone());
        } else if !events.contains(event) && !namesakes.contains(event) {
            namesakes.push(event.clone());
        }
    }
    let enumeration = enumeration(aggregate, &events);
    let conversions = conversions(aggregate, &events, &rt);
    let accepts = accepts(aggregate, &rt);
    let schema = aggregate
        .snapshot
        .as_ref()
        .map(|_| implementation(&aggregate.item, &rt));
    quote! {
        #[allow(dead_code)]
        #enumeration
        const _: () = {
            #schema
            #conversions
            #(
                #[automatically_derived]
                impl ::core::convert::From<#namesakes> for #set {
                    fn from(_: #namesakes) -> Self {
                        ::core::unreachable!()
                    }
                }
            )*
            #[automatically_derived]
            impl #rt::EventSet for #set {
                const KINDS: &'static [#rt::Kind<Self>] = &[];

                fn visit<V: #rt::Visit>(&self, _: V) -> V::Answer {
                    ::core::unreachable!()
                }

                fn into_any(self) -> #rt::AnyEvent {
                    ::core::unreachable!()
                }
            }
            #[automatically_derived]
            impl #rt::Aggregate for #ident {
                const NAME: &'static ::core::primitive::str = #name;
                const LOGIC: &'static [::core::option::Option<&'static ::core::primitive::str>] = &[];
                type Id = #id;
                type Event = #set;

                fn evolve(&mut self, _: #set, _: &#rt::Recorded) {}
            }
            #accepts
        };
    }
}

/// For the methods with a mistake: what they take is applied and decided on, since it is not known which was meant.
pub(super) fn handlers(block: &Block, handlers: &Handlers<'_>, rt: &TokenStream) -> TokenStream {
    let target = &block.target;
    let handled = |ty: &Type, apply: bool| {
        handlers.good.iter().any(|handler| {
            matches!(handler.role, Role::Apply) == apply && handler.message.ty == *ty
        })
    };
    let mut implementations = TokenStream::new();
    for (i, Excused { message, error }) in handlers.excused.iter().enumerate() {
        if handlers.excused[..i]
            .iter()
            .any(|earlier| earlier.message == *message)
        {
            continue;
        }
        if !handled(message, true) {
            implementations.extend(quote! {
                #[automatically_derived]
                impl #rt::Apply<#message> for #target {
                    fn apply(&mut self, _: #message, _: &#rt::Recorded) {}
                }
            });
        }
        if !handled(message, false) {
            let error = match error {
                Some(error) => error.to_token_stream(),
                None => quote!(::core::convert::Infallible),
            };
            implementations.extend(quote! {
                #[automatically_derived]
                impl #rt::Handle<#message> for #target {
                    type Error = #error;

                    fn handle(
                        &self,
                        _: #message,
                        _: &#rt::Context,
                    ) -> ::core::result::Result<#rt::Events<Self>, Self::Error> {
                        ::core::unreachable!()
                    }
                }
            });
        }
    }
    implementations
}

/// A read model without columns. Its key is the one that was written, as far as it can be one.
pub(crate) fn read_model(model: &ReadModel) -> TokenStream {
    // Nothing could be said of a generic one that would hold for all its types.
    if !model.generics.is_empty() {
        return TokenStream::new();
    }
    let krate = &model.krate;
    let rt = quote!(#krate::__rt);
    let ident = &model.ident;
    let key = match model.keys_are_right() {
        true => key_type(model),
        false => quote!(::std::string::String),
    };
    quote! {
        #[automatically_derived]
        impl #rt::ReadModel for #ident {
            type Key = #key;

            const COLUMNS: &'static [#rt::Column] = &[];

            fn key(&self) -> Self::Key {
                ::core::unreachable!()
            }

            fn to_values(
                &self,
            ) -> ::core::result::Result<::std::vec::Vec<#rt::ColumnValue>, #rt::Misfilled> {
                ::core::unreachable!()
            }

            fn from_values(
                _: ::std::vec::Vec<#rt::ColumnValue>,
            ) -> ::core::result::Result<Self, #rt::Misfilled> {
                ::core::unreachable!()
            }
        }
    }
}

/// For the methods with a mistake: what they take is handled.
pub(super) fn projected(
    of: &Projection,
    handlers: &projection::Handlers<'_>,
    rt: &TokenStream,
) -> TokenStream {
    let target = &of.target;
    let mut implementations = TokenStream::new();
    for (i, event) in handlers.excused.iter().enumerate() {
        let is_handled = handlers.good.iter().any(|good| good.event == *event);
        if is_handled || handlers.excused[..i].contains(event) {
            continue;
        }
        implementations.extend(match handlers.kind {
            Kind::Rows => quote! {
                #[automatically_derived]
                impl #rt::Project<#event> for #target {
                    fn keys(
                        _: &#event,
                        _: &#rt::Recorded,
                        _: &mut ::std::vec::Vec<Self::Key>,
                    ) -> ::core::result::Result<(), #rt::Failure> {
                        ::core::unreachable!()
                    }

                    fn project(
                        _: ::core::option::Option<Self>,
                        _: &#event,
                        _: &#rt::Recorded,
                    ) -> ::core::result::Result<::core::option::Option<Self>, #rt::Failure> {
                        ::core::unreachable!()
                    }
                }
            },
            Kind::Writes => quote! {
                #[automatically_derived]
                impl #rt::HandleEvent<#event> for #target {
                    async fn handle(
                        &self,
                        _: &#event,
                        _: &#rt::Recorded,
                        _: &mut #rt::Tx,
                    ) -> ::core::result::Result<(), #rt::Failure> {
                        ::core::unreachable!()
                    }
                }
            },
        });
    }
    implementations
}

/// For the methods with a mistake: what they take is reacted to.
pub(super) fn reactions(
    of: &Process,
    handlers: &process::Handlers<'_>,
    rt: &TokenStream,
) -> TokenStream {
    let target = &of.target;
    let mut implementations = TokenStream::new();
    for (i, input) in handlers.excused.iter().enumerate() {
        let is_handled = handlers.good.iter().any(|good| good.input == *input);
        if is_handled || handlers.excused[..i].contains(input) {
            continue;
        }
        let of_trait = reaction::of_trait(input, rt);
        let body = match input {
            Input::Event(event) => quote! {
                fn key(
                    _: &#event,
                    _: &#rt::Recorded,
                ) -> ::core::result::Result<::std::string::String, #rt::Failure> {
                    ::core::unreachable!()
                }

                fn react(
                    _: ::core::option::Option<Self>,
                    _: &#event,
                    _: &#rt::Recorded,
                    _: &mut #rt::Out<Self>,
                ) -> ::core::result::Result<::core::option::Option<Self>, #rt::Failure> {
                    ::core::unreachable!()
                }
            },
            Input::Rejected(..) | Input::Timer(_) => {
                let name = reaction::own(input);
                let content = match input {
                    Input::Rejected(aggregate, command) => {
                        quote!(#rt::Rejected<#aggregate, #command>)
                    }
                    Input::Event(content) | Input::Timer(content) => quote!(#rt::Timer<#content>),
                };
                quote! {
                    fn #name(
                        _: Self,
                        _: &#content,
                        _: &mut #rt::Out<Self>,
                    ) -> ::core::result::Result<Self, #rt::Failure> {
                        ::core::unreachable!()
                    }
                }
            }
        };
        implementations.extend(quote! {
            #[automatically_derived]
            impl #of_trait for #target {
                #body
            }
        });
    }
    implementations
}
