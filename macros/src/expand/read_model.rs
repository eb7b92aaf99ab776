use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use super::{lock, span};
use crate::model::read_model::{Field, ReadModel};

/// What `#[derive(ReadModel)]` expands to.
pub(crate) fn read_model(model: &ReadModel) -> TokenStream {
    let krate = &model.krate;
    let rt = quote!(#krate::__rt);
    let ident = &model.ident;
    let fields: Vec<&Ident> = model.fields().iter().map(|field| &field.ident).collect();
    let constants: Vec<Ident> = (0..fields.len())
        .map(|i| format_ident!("__ANNALS_COLUMN_{i}"))
        .collect();
    let declared = model.fields().iter().zip(&constants);
    let declared = declared.map(|(field, constant)| column(field, constant, &rt));
    let columns = model.fields().iter().zip(&constants);
    let columns = columns.map(|(field, constant)| {
        let key = field.key.as_ref().map(|_| quote!(.key()));
        let index = field.index.as_ref().map(|_| quote!(.indexed()));
        quote!(#constant.column()#key #index)
    });
    let key_type = key_type(model);
    let key = key(model, &constants);
    let folder = lock::folder(model.folder.as_deref(), model.lock.as_ref());
    let vec = quote!(::std::vec::Vec<#rt::ColumnValue>);
    quote! {
        const _: () = {
            #(#declared)*

            #[automatically_derived]
            impl #rt::ReadModel for #ident {
                type Key = #key_type;

                const COLUMNS: &'static [#rt::Column] = &[#(#columns),*];
                const LOCK: &'static ::core::primitive::str = #folder;

                fn key(&self) -> Self::Key {
                    #key
                }

                fn to_values(&self) -> ::core::result::Result<#vec, #rt::Misfilled> {
                    #rt::values([#(#constants.value(&self.#fields)),*])
                }

                fn from_values(values: #vec) -> ::core::result::Result<Self, #rt::Misfilled> {
                    let mut values = ::core::iter::IntoIterator::into_iter(values);
                    ::core::result::Result::Ok(Self {
                        #(#fields: #constants.field(&mut values)?),*
                    })
                }
            }
        };
    }
}

/// The constant that alone mentions what the type of the field needs.
fn column(field: &Field, constant: &Ident, rt: &TokenStream) -> TokenStream {
    let ty = &field.ty;
    let name = field.column();
    let made = |function: TokenStream, arguments: TokenStream| {
        span::call(ty, quote!(#rt::#function), &arguments)
    };
    if field.key.is_some() {
        let key = key_constant(constant);
        let (of, made) = match &field.text {
            Some(_) => (
                quote!(::std::string::String),
                made(quote!(KeyOf::text), quote!(#name)),
            ),
            None => (
                ty.to_token_stream(),
                quote!({
                    #[allow(unused_imports)]
                    use #rt::NoKey as _;
                    #rt::KeyProbe::<#ty>::KEY.named(#name)
                }),
            ),
        };
        return quote! {
            const #key: #rt::KeyOf<#ty, #of> = #made;
            const #constant: #rt::ColumnOf<#ty> = #key.column;
        };
    }
    let made = match (&field.text, &field.json) {
        (_, Some(_)) => {
            let nullable = quote!({
                #[allow(unused_imports)]
                use #rt::NotNull as _;
                #rt::Nullability::<#ty>::NULLABLE
            });
            made(quote!(ColumnOf::json), quote!(#name, #nullable))
        }
        (Some(_), None) => made(quote!(ColumnOf::text), quote!(#name)),
        (None, None) => made(quote!(ColumnOf::new), quote!(#name)),
    };
    quote!(const #constant: #rt::ColumnOf<#ty> = #made;)
}

/// The constant that knows the key besides the column.
fn key_constant(constant: &Ident) -> Ident {
    format_ident!("{constant}_KEY")
}

/// The type of the key, or a tuple of them.
pub(super) fn key_type(model: &ReadModel) -> TokenStream {
    let types = model.keys().map(|field| match &field.text {
        Some(_) => quote!(::std::string::String),
        None => field.ty.to_token_stream(),
    });
    tuple(types.collect(), &model.ident)
}

fn key(model: &ReadModel, constants: &[Ident]) -> TokenStream {
    let fields = model.fields().iter().zip(constants);
    let keys = fields.filter(|(field, _)| field.key.is_some());
    let parts = keys.map(|(Field { ident, .. }, constant)| {
        let constant = key_constant(constant);
        quote!((#constant.key)(&self.#ident))
    });
    tuple(parts.collect(), &model.ident)
}

fn tuple(mut parts: Vec<TokenStream>, place: &Ident) -> TokenStream {
    match parts.len() {
        1 => parts.remove(0),
        _ => quote_spanned!(place.span()=> (#(#parts),*)),
    }
}
