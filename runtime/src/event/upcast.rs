//! Steps from one version of an event to the next.

use std::fmt::{self, Display};
use std::marker::PhantomData;

use serde::Deserialize;

use super::{Event, Lineage, Misfit, decode, without_payload};
use annals_schema::text::{Text, same};

/// The step that leads to a version of an event from what was stored before it.
pub struct Past<New: 'static> {
    pub(super) step: &'static dyn Step<New>,
    pub(super) lineage: Option<&'static Lineage>,
    pub(super) tokens: &'static str,
}

impl<New> Clone for Past<New> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<New> Copy for Past<New> {}

impl<New> fmt::Debug for Past<New> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Past")
            .field("lineage", &self.lineage)
            .finish_non_exhaustive()
    }
}

impl<New: Event> Past<New> {
    /// A typed step. The step must come from the version below, of the same event: anything else stops the compiler.
    ///
    /// # Panics
    /// At compile time only, where the step does not lead from the version below.
    #[track_caller]
    #[must_use]
    pub const fn of<Old: Event, F: Fn(Old) -> New + Sync>(
        step: &'static Upcast<Old, F>,
        tokens: &'static str,
    ) -> Self {
        // In functions of their own, since the compiler computes all constants that a function names before it runs:
        // a cycle of steps would be reported as a cycle of constants, far from the mistake.
        require_step::<Old, New>();
        Past {
            step,
            lineage: Some(lineage_of::<Old>()),
            tokens,
        }
    }

    /// A step over raw JSON, from every version below.
    #[must_use]
    pub const fn of_json<F, E>(step: &'static UpcastJson<F>, tokens: &'static str) -> Self
    where
        F: Fn(RawEvent<'_>) -> Result<New, E> + Sync,
        E: Display,
    {
        Past {
            step,
            lineage: None,
            tokens,
        }
    }
}

#[track_caller]
const fn require_step<Old: Event, New: Event>() {
    // An event that the derive refused has no name, and its mistake is reported already.
    if Old::NAME.is_empty() || New::NAME.is_empty() {
        return;
    }
    if Old::VERSION + 1 != New::VERSION {
        let wrong = Text::new()
            .and("the upcast to `")
            .and(New::TYPE)
            .and("` (`")
            .and(New::NAME)
            .and("` version ")
            .number(New::VERSION)
            .and(") starts from `")
            .and(Old::TYPE)
            .and("`, which is version ")
            .number(Old::VERSION)
            .and("\nhelp: take a function whose argument is the type of version ")
            .number(New::VERSION - 1);
        panic!("{}", wrong.as_str());
    }
    if !same(Old::NAME, New::NAME) && !is_among(Old::NAME, New::ALIASES) {
        let wrong = Text::new()
            .and("the upcast to `")
            .and(New::TYPE)
            .and("` starts from `")
            .and(Old::TYPE)
            .and("`, which is stored as `")
            .and(Old::NAME)
            .and("`, not as `")
            .and(New::NAME)
            .and("`\nhelp: if the event was renamed, add `aliases(\"")
            .and(Old::NAME)
            .and("\")` to `")
            .and(New::TYPE)
            .and("`");
        panic!("{}", wrong.as_str());
    }
}

const fn lineage_of<E: Event>() -> &'static Lineage {
    E::LINEAGE
}

const fn is_among(name: &str, names: &[&str]) -> bool {
    let mut i = 0;
    while i < names.len() {
        if same(name, names[i]) {
            return true;
        }
        i += 1;
    }
    false
}

/// Reads a stored event of some older version as the version `New`.
pub trait Step<New>: Sync {
    /// Decodes the payload into the type of its own version, once, and converts it in memory.
    ///
    /// # Errors
    /// Where the payload does not fit its version, or no step leads from that version.
    fn read(&self, version: u32, payload: &[u8]) -> Result<New, Misfit>;
}

/// A typed step: a function from the version below.
pub struct Upcast<Old, F>(F, PhantomData<fn(Old)>);

/// Makes a typed step of a function; the old type is inferred from its argument.
#[must_use]
pub const fn upcast<New, Old, F: Fn(Old) -> New>(function: F) -> Upcast<Old, F> {
    Upcast(function, PhantomData)
}

impl<Old: Event, New: Event, F: Fn(Old) -> New + Sync> Step<New> for Upcast<Old, F> {
    fn read(&self, version: u32, payload: &[u8]) -> Result<New, Misfit> {
        decode::<Old>(version, payload).map(&self.0)
    }
}

/// A step over raw JSON.
pub struct UpcastJson<F>(F);

/// Makes a step over raw JSON of a function.
#[must_use]
pub const fn upcast_json<New, E, F: Fn(RawEvent<'_>) -> Result<New, E>>(
    function: F,
) -> UpcastJson<F> {
    UpcastJson(function)
}

impl<New: Event, E: Display, F: Fn(RawEvent<'_>) -> Result<New, E> + Sync> Step<New>
    for UpcastJson<F>
{
    fn read(&self, version: u32, payload: &[u8]) -> Result<New, Misfit> {
        (self.0)(RawEvent { version, payload }).map_err(|reason| Misfit::payload("", reason))
    }
}

/// A stored event of a version for which the program has no type: what an upcast over raw JSON gets.
///
/// ```
/// use annals::RawEvent;
///
/// #[derive(serde::Deserialize)]
/// struct Old { cents: i64 }
///
/// fn amount(old: RawEvent<'_>) -> Result<i64, serde_json::Error> {
///     match old.version() {
///         1 => Ok(old.json::<Old>()?.cents),
///         _ => old.json(),
///     }
/// }
/// ```
#[derive(Clone, Copy)]
pub struct RawEvent<'a> {
    version: u32,
    payload: &'a [u8],
}

impl<'a> RawEvent<'a> {
    /// The version in which the event was stored: below that of the type to which the step leads.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Reads the stored JSON as `T`, which may borrow from it: a struct of your own, or `serde_json::Value`.
    ///
    /// # Errors
    /// Where the JSON does not fit `T`. The error says so without the values of the JSON.
    pub fn json<T: Deserialize<'a>>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(self.payload).map_err(|error| without_payload(&error))
    }
}

/// Without the payload: what is debugged ends in logs.
impl fmt::Debug for RawEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawEvent")
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}
