use proc_macro2::TokenStream;
use syn::{Attribute, Path, PathSegment, Signature, Type};

/// An impl block under `#[aggregate]`.
pub(crate) struct Block {
    pub(crate) krate: Path,
    /// The aggregate.
    pub(crate) target: Type,
    /// The aggregate's name, for messages.
    pub(crate) name: String,
    /// The block as it was written, which is kept.
    pub(crate) source: TokenStream,
    pub(crate) methods: Vec<Method>,
    /// Constants, types and macros, with what each is called.
    pub(crate) strays: Vec<(TokenStream, &'static str)>,
    /// The trait, where it is the impl of one.
    pub(crate) of_trait: Option<Path>,
    /// The generic parameters, where it has some.
    pub(crate) generics: TokenStream,
}

pub(crate) struct Method {
    pub(crate) sig: Signature,
    /// `#[cfg(..)]`, which applies to what is generated, too.
    pub(crate) cfgs: Vec<Attribute>,
    /// All of it without its documentation: what its effect depends on.
    pub(crate) tokens: TokenStream,
}

/// A method whose signature says what it is for.
pub(crate) struct Handler<'a> {
    pub(crate) method: &'a Method,
    pub(crate) role: Role,
    /// The event or the command.
    pub(crate) message: Message,
    /// Whether it asks for the circumstances, too.
    pub(crate) context: bool,
}

pub(crate) enum Role {
    /// Changes the state by an event.
    Apply,
    /// Decides on a command.
    Decide(Box<Answer>),
}

/// What a deciding method answers.
pub(crate) struct Answer {
    pub(crate) whole: Type,
    /// The events and the error, where both are written; an alias hides one of them.
    pub(crate) parts: Option<(Type, Type)>,
}

pub(crate) struct Message {
    pub(crate) ty: Type,
    pub(crate) by_reference: bool,
}

/// What became of a block's methods.
pub(crate) struct Handlers<'a> {
    pub(crate) good: Vec<Handler<'a>>,
    /// What methods with a mistake take: it counts as applied and decided on, so that nothing else complains.
    pub(crate) excused: Vec<Excused>,
}

pub(crate) struct Excused {
    pub(crate) message: Type,
    /// The error with which a decision on it is refused, as far as that can be read.
    pub(crate) error: Option<Type>,
}

/// The event or command that the type of a parameter stands for.
pub(crate) fn message(ty: &Type) -> Message {
    match ty {
        Type::Reference(reference) if reference.mutability.is_none() => Message {
            ty: (*reference.elem).clone(),
            by_reference: true,
        },
        Type::Group(group) => message(&group.elem),
        Type::Paren(paren) => message(&paren.elem),
        _ => Message {
            ty: ty.clone(),
            by_reference: false,
        },
    }
}

/// The last segment of a type that is a path, like `Recorded` of `annals::Recorded`.
pub(crate) fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        Type::Group(group) => last_segment(&group.elem),
        Type::Paren(paren) => last_segment(&paren.elem),
        _ => None,
    }
}
