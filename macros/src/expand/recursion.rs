use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::visit_mut::{VisitMut, visit_type_mut};
use syn::{Path, Type};

/// Stands for a type within its own shape, which would otherwise have no end.
pub(super) struct Recursion<'a> {
    of: &'a Ident,
    pub(super) found: bool,
}

impl<'a> Recursion<'a> {
    pub(super) fn new(of: &'a Ident) -> Self {
        Recursion { of, found: false }
    }

    /// The type, with a marker in place of the type whose shape is being described.
    pub(super) fn mark(&mut self, ty: &Type) -> Type {
        let mut ty = ty.clone();
        self.visit_type_mut(&mut ty);
        ty
    }

    /// The marker, where it was needed.
    pub(super) fn marker(&self, rt: &TokenStream, name: &str) -> TokenStream {
        if !self.found {
            return TokenStream::new();
        }
        // `Clone` for the sake of `Cow`.
        quote! {
            #[derive(::core::clone::Clone)]
            struct __AnnalsItself;
            #[automatically_derived]
            impl #rt::Schema for __AnnalsItself {
                const SHAPE: &'static #rt::Shape<'static> = &#rt::Shape::Ref(#name);
            }
        }
    }

    fn is_itself(&self, path: &Path) -> bool {
        if path.leading_colon.is_some() {
            return false;
        }
        let mut segments = path.segments.iter().map(|segment| &segment.ident);
        match (segments.next(), segments.next(), segments.next()) {
            (Some(one), None, None) => one == self.of || one == "Self",
            (Some(module), Some(one), None) => module == "self" && one == self.of,
            _ => false,
        }
    }
}

impl VisitMut for Recursion<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        match ty {
            Type::Path(path) if path.qself.is_none() && self.is_itself(&path.path) => {
                self.found = true;
                *ty = Type::Verbatim(quote!(__AnnalsItself));
            }
            _ => visit_type_mut(self, ty),
        }
    }
}
