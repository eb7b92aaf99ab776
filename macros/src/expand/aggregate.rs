use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Expr, Path};

use super::{lock, shape, span};
use crate::model::aggregate::{Aggregate, Snapshot, variant};
use crate::text::text;

/// What `#[derive(Aggregate)]` expands to.
pub(crate) fn aggregate(aggregate: &Aggregate) -> TokenStream {
    let krate = &aggregate.item.krate;
    let rt = quote!(#krate::__rt);
    let set = set(aggregate);
    let enumeration = enumeration(aggregate, &aggregate.events);
    let conversions = conversions(aggregate, &aggregate.events, &rt);
    let kinds = kinds(aggregate, &set, &rt);
    let dispatch = dispatch(aggregate, &set, &rt);
    let schema = aggregate
        .snapshot
        .as_ref()
        .map(|_| shape::implementation(&aggregate.item));
    let checks = checks(aggregate, &rt);
    let watch = lock::watch(&aggregate.lock);
    quote! {
        #enumeration
        const _: () = {
            #schema
            #conversions
            #kinds
            #dispatch
            #checks
            #watch
        };
    }
}

/// The name of the enum.
pub(super) fn set(aggregate: &Aggregate) -> Ident {
    format_ident!("{}Event", aggregate.item.ident)
}

pub(super) fn enumeration(aggregate: &Aggregate, events: &[Path]) -> TokenStream {
    let set = set(aggregate);
    let vis = &aggregate.item.vis;
    let doc = format!("What can happen to `{}`.", aggregate.item.ident);
    let variants = events.iter().map(|event| {
        let variant = variant(event);
        let doc = format!("`{variant}`.");
        quote!(#[doc = #doc] #variant(#event))
    });
    quote! {
        #[doc = #doc]
        #[allow(
            clippy::enum_variant_names,
            clippy::large_enum_variant,
            clippy::module_name_repetitions,
            non_camel_case_types,
            unreachable_pub
        )]
        #vis enum #set {
            #(#variants),*
        }
    }
}

pub(super) fn conversions(aggregate: &Aggregate, events: &[Path], rt: &TokenStream) -> TokenStream {
    let ident = &aggregate.item.ident;
    let set = set(aggregate);
    let each = events.iter().map(|event| {
        let variant = variant(event);
        quote! {
            #[automatically_derived]
            impl ::core::convert::From<#event> for #set {
                fn from(event: #event) -> Self {
                    #set::#variant(event)
                }
            }
        }
    });
    quote! {
        #(#each)*
        #[automatically_derived]
        impl ::core::convert::From<#set> for #rt::Events<#ident> {
            fn from(event: #set) -> Self {
                ::core::iter::FromIterator::from_iter([event])
            }
        }
        #[automatically_derived]
        impl ::core::fmt::Debug for #set {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                #rt::debug(self, f)
            }
        }
    }
}

fn kinds(aggregate: &Aggregate, set: &Ident, rt: &TokenStream) -> TokenStream {
    let ident = &aggregate.item.ident;
    let variants: Vec<_> = aggregate.events.iter().map(variant).collect();
    let events = &aggregate.events;
    let reads = aggregate.reads.iter().map(|read| read_as(read, ident, rt));
    quote! {
        #[automatically_derived]
        impl #rt::EventSet for #set {
            const KINDS: &'static [#rt::Kind<Self>] = &[
                #(#rt::Kind::of::<#events>(),)*
                #(#reads,)*
            ];

            fn visit<V: #rt::Visit>(&self, visitor: V) -> V::Answer {
                match self {
                    #(#set::#variants(event) => #rt::Visit::event(visitor, event),)*
                }
            }

            fn into_any(self) -> #rt::AnyEvent {
                match self {
                    #(#set::#variants(event) => #rt::any_event(event),)*
                }
            }
        }
    }
}

/// An event that is read as others. `Self` means the aggregate there, as in the rest of its attribute.
fn read_as(read: &Expr, ident: &Ident, rt: &TokenStream) -> TokenStream {
    let tokens = text(read.to_token_stream());
    let function = span::without_self(read, &ident.to_token_stream());
    span::call(
        read,
        quote!(#rt::Kind::read_as::<#ident, _, _, _>),
        &quote!(&#rt::reads(#function), #tokens),
    )
}

fn dispatch(aggregate: &Aggregate, set: &Ident, rt: &TokenStream) -> TokenStream {
    let ident = &aggregate.item.ident;
    let name = aggregate.name();
    let id = id(aggregate);
    let folder = lock::folder(
        aggregate.lock.folder.as_deref(),
        aggregate.item.lock.as_ref(),
    );
    let events = &aggregate.events;
    let variants: Vec<_> = events.iter().map(variant).collect();
    let arms: Vec<_> = (0..events.len())
        .map(|i| format_ident!("__ANNALS_ARM_{i}"))
        .collect();
    // It alone mentions `Apply`, at the event's place in the list: a missing one is one error, there.
    let made = events
        .iter()
        .map(|event| span::call(event, quote!(#rt::Arm::new), &TokenStream::new()));
    let snapshots = aggregate.snapshot.as_ref().map(|of| snapshots(of, rt));
    let commands = commands(aggregate, rt);
    let accepts = accepts(aggregate, rt);
    quote! {
        #(const #arms: #rt::Arm<#ident, #events> = #made;)*

        #[automatically_derived]
        impl #rt::Aggregate for #ident {
            const NAME: &'static ::core::primitive::str = #name;
            const LOCK: &'static ::core::primitive::str = #folder;
            const LOGIC: &'static [::core::option::Option<&'static ::core::primitive::str>] =
                &[#(#arms.logic),*];
            const SEES_RECORD: ::core::primitive::bool = false #(|| #arms.sees_record)*;
            #snapshots
            #commands
            type Id = #id;
            type Event = #set;

            fn evolve(&mut self, event: #set, cx: &#rt::Recorded) {
                match event {
                    #(#set::#variants(event) => #arms.run(self, event, cx),)*
                }
            }
        }
        #accepts
    }
}

/// The commands that processes and brokers may send. This alone mentions `Handle`, at the command's place in the list.
fn commands(aggregate: &Aggregate, rt: &TokenStream) -> Option<TokenStream> {
    let ident = &aggregate.item.ident;
    let made = aggregate.commands.iter().map(|command| {
        span::call(
            command,
            quote!(#rt::Accepted::of::<#ident, #command>),
            &TokenStream::new(),
        )
    });
    (!aggregate.commands.is_empty())
        .then(|| quote!(const COMMANDS: &'static [#rt::Accepted] = &[#(#made),*];))
}

/// What lets the commands of the list be sent, each once.
pub(super) fn accepts(aggregate: &Aggregate, rt: &TokenStream) -> TokenStream {
    let ident = &aggregate.item.ident;
    let all = aggregate.commands.iter().enumerate();
    let each = all.filter(|(i, command)| !aggregate.commands[..*i].contains(command));
    each.map(|(_, command)| {
        let of_trait = span::placed(quote!(#rt::Accepts<#command>), command);
        quote! {
            #[automatically_derived]
            impl #of_trait for #ident {}
        }
    })
    .collect()
}

pub(super) fn id(aggregate: &Aggregate) -> TokenStream {
    match &aggregate.id {
        Some(id) => id.to_token_stream(),
        None => quote!(::std::string::String),
    }
}

fn snapshots(snapshot: &Snapshot, rt: &TokenStream) -> TokenStream {
    let (function, argument) = match (&snapshot.every, &snapshot.when) {
        (Some(every), _) => (
            quote!(#rt::Snapshots::every),
            every.events.to_token_stream(),
        ),
        (None, when) => (quote!(#rt::Snapshots::when), when.to_token_stream()),
    };
    let made = span::call(&snapshot.key, function, &argument);
    let logic = snapshot.logic.map(|logic| quote!(.logic(#logic)));
    quote! {
        const SNAPSHOTS: ::core::option::Option<#rt::Snapshots<Self>> =
            ::core::option::Option::Some(#made #logic);
    }
}

/// What only types know, looked at where the key stands that is concerned.
fn checks(aggregate: &Aggregate, rt: &TokenStream) -> TokenStream {
    let ident = &aggregate.item.ident;
    let none = TokenStream::new();
    let names = aggregate.events_key.as_ref().map(|key| {
        let names = span::call(key, quote!(#rt::unique_names::<#ident>), &none);
        quote!(const _: () = #names;)
    });
    let (file, locked) = aggregate.locked();
    let locked = aggregate.events_key.as_ref().map(|key| {
        let arguments = quote!(#file, &[#(#locked),*]);
        let check = span::call(key, quote!(#rt::require_events::<#ident>), &arguments);
        quote!(const _: () = #check;)
    });
    let snapshot = aggregate.snapshot.as_ref().map(|snapshot| {
        let key = &snapshot.key;
        let logic = span::call(key, quote!(#rt::require_logic_version::<#ident>), &none);
        let whole = span::call(key, quote!(#rt::require_whole_state::<#ident>), &none);
        quote! {
            const _: () = #logic;
            const _: () = #whole;
        }
    });
    quote!(#names #locked #snapshot)
}
