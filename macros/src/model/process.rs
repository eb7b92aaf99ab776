use proc_macro2::TokenStream;
use syn::{LitStr, Pat, Path, Type};

use super::Number;
use super::projection::Method;

/// An impl block under `#[process]`.
pub(crate) struct Process {
    pub(crate) krate: Path,
    /// The state.
    pub(crate) target: Type,
    /// Its name, for messages.
    pub(crate) of: String,
    pub(crate) name: Option<LitStr>,
    pub(crate) version: Option<Number>,
    pub(crate) partitions: Option<Number>,
    /// Whether a key was there that could not be read: then its absence is no mistake of its own.
    pub(crate) garbled: bool,
    /// The block as it was written, without the attributes of its methods that are read here.
    pub(crate) source: TokenStream,
    pub(crate) methods: Vec<Method>,
    /// Constants, types and macros, with what each is called.
    pub(crate) strays: Vec<(TokenStream, &'static str)>,
    /// The trait, where it is the impl of one.
    pub(crate) of_trait: Option<Path>,
    /// The generic parameters, where it has some.
    pub(crate) generics: TokenStream,
}

/// What became of a block's methods.
pub(crate) struct Handlers<'a> {
    pub(crate) good: Vec<Handler<'a>>,
    /// What methods with a mistake react to.
    pub(crate) excused: Vec<Input>,
}

/// A method whose signature says what it is for.
pub(crate) struct Handler<'a> {
    pub(crate) method: &'a Method,
    pub(crate) role: Role<'a>,
    pub(crate) input: Input,
    /// The type of `out`, as it is written, where the method asks for it.
    pub(crate) out: Option<&'a Type>,
}

/// What a process reacts to.
#[derive(Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "one for each method of a block")]
pub(crate) enum Input {
    Event(Type),
    /// A refusal by an aggregate of a command.
    Rejected(Type, Type),
    Timer(Type),
}

/// What a method does.
#[allow(clippy::large_enum_variant, reason = "one for each method of a block")]
pub(crate) enum Role<'a> {
    /// Reacts to an event.
    Event {
        event: Type,
        step: Step,
        /// What the method calls the event.
        pattern: &'a Pat,
        /// What it calls the circumstances, where it asks for them.
        cx: Option<&'a Pat>,
    },
    /// Reacts to what the instance itself has brought about, of which this is the type as it is written.
    Own(&'a Type),
}

/// What an event does to an instance.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Begin,
    GoOn,
    Either,
}
