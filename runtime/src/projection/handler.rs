//! Handlers of a projection: what its methods become, and the table of them.

use std::any::{Any, TypeId};
use std::fmt::{self, Display};

use super::kept_text::kept;
use super::read_model::{KeyOfStream, ReadModel, ToKey};
use crate::aggregate::{AnyEvent, any_event};
use crate::event::{Event, Lineage, Misfit, Recorded, decode};

/// A read model that is the fold of events.
///
/// Write `#[projection(name = "..", version = 1)]` on an impl block of the read model: each method handles an event, and its
/// signature says what it does to the row.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a projection",
    label = "not a projection",
    note = "write `#[projection(name = \"balances\", version = 1)] impl {Self} {{ .. }}` with a method for each event"
)]
pub trait Projection: ReadModel {
    /// Its name, which is that of the view on its rows.
    const NAME: &'static str;

    /// The version of its columns and rules. Raise it when either changes: the rows are then built anew, beside the old ones.
    const VERSION: u32;

    /// How its rows are kept up to date.
    const MODE: Mode = Mode::Following;

    /// In how many parts, by their keys, the rows are kept up to date side by side.
    const PARTITIONS: u32 = 1;

    /// What it handles.
    #[doc(hidden)]
    const HANDLERS: &'static [Handler<Self>];
}

/// How the rows of a projection are kept up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// In the background, soon after the events.
    Following,
    /// In the transaction that appends the events, where the program that appends knows the projection. Its rows are keyed by
    /// their streams.
    Inline,
    /// Not at all: they are folded when they are asked for.
    Live,
}

/// How a row changes by an event.
///
/// In a `#[projection]` impl block: a method that takes an event by reference.
///
/// An implementation must be pure: the same events give the same rows, today and in ten years.
#[diagnostic::on_unimplemented(
    message = "projection `{Self}` does not handle event `{E}`",
    label = "no method handles this event",
    note = "add to `#[projection(..)] impl {Self}`: `fn handled(&mut self, event: &{E}) {{ .. }}`"
)]
pub trait Project<E: Event>: ReadModel {
    /// The tokens of the implementation, which tell that the rules have changed; `None` for one written by hand.
    #[doc(hidden)]
    const LOGIC: Option<&'static str> = None;

    /// Names the rows that the event changes.
    ///
    /// # Errors
    /// Where it cannot be said which rows these are.
    fn keys(event: &E, cx: &Recorded, rows: &mut Vec<Self::Key>) -> Result<(), Failure>;

    /// The row after the event; `None` where there is none any more.
    ///
    /// # Errors
    /// Where the event does not go with the row.
    fn project(row: Option<Self>, event: &E, cx: &Recorded) -> Result<Option<Self>, Failure>;
}

/// Why an event could not be handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(String);

impl Failure {
    /// A failure, in words.
    pub fn new(reason: impl Display) -> Self {
        Failure(kept(reason.to_string()))
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

/// One event of a projection.
#[doc(hidden)]
pub struct Handler<P: 'static> {
    pub(crate) lineage: &'static Lineage,
    /// The type of the event.
    pub(crate) event: fn() -> TypeId,
    /// The tokens of the method.
    pub(crate) logic: Option<&'static str>,
    pub(crate) rules: &'static dyn Rules<P>,
}

impl<P> Handler<P> {
    /// The handler of the event `E`. It alone mentions `Project`, so that a missing one is one error.
    #[must_use]
    pub const fn of<E: Event>() -> Self
    where
        P: Project<E>,
    {
        Handler {
            lineage: E::LINEAGE,
            event: TypeId::of::<E>,
            logic: <P as Project<E>>::LOGIC,
            rules: &By(std::marker::PhantomData::<fn(E)>),
        }
    }
}

/// What is done with one type of event.
#[doc(hidden)]
pub trait Rules<P: ReadModel>: Sync {
    /// Reads a stored event.
    ///
    /// # Errors
    /// Where the version is not known or the payload does not fit it.
    fn read(&self, version: u32, payload: &[u8]) -> Result<AnyEvent, Misfit>;

    /// As [`Project::keys`].
    ///
    /// # Errors
    /// Those of the projection.
    fn keys(&self, event: &dyn Any, cx: &Recorded, rows: &mut Vec<P::Key>) -> Result<(), Failure>;

    /// As [`Project::project`].
    ///
    /// # Errors
    /// Those of the projection.
    fn project(&self, row: Option<P>, event: &dyn Any, cx: &Recorded)
    -> Result<Option<P>, Failure>;
}

struct By<E>(std::marker::PhantomData<fn(E)>);

impl<P: Project<E>, E: Event> Rules<P> for By<E> {
    fn read(&self, version: u32, payload: &[u8]) -> Result<AnyEvent, Misfit> {
        decode::<E>(version, payload).map(any_event)
    }

    fn keys(&self, event: &dyn Any, cx: &Recorded, rows: &mut Vec<P::Key>) -> Result<(), Failure> {
        P::keys(typed::<E>(event)?, cx, rows)
    }

    fn project(
        &self,
        row: Option<P>,
        event: &dyn Any,
        cx: &Recorded,
    ) -> Result<Option<P>, Failure> {
        P::project(row, typed::<E>(event)?, cx)
    }
}

/// The event as what it was read as.
///
/// # Errors
/// Where it was read as something else, which no caller here does.
pub(crate) fn typed<E: Event>(event: &dyn Any) -> Result<&E, Failure> {
    event
        .downcast_ref()
        .ok_or_else(|| Failure::new(format_args!("it was not read as `{}`", E::TYPE)))
}

/// The row that belongs to the event's stream: the key where a method names none.
///
/// # Errors
/// Where the id of the stream is no key.
#[doc(hidden)]
pub fn key_of_stream<K: KeyOfStream>(cx: &Recorded, rows: &mut Vec<K>) -> Result<(), Failure> {
    rows.push(K::of_stream(cx.stream()).map_err(Failure::new)?);
    Ok(())
}

/// The row that a method names.
///
/// # Errors
/// None: it has the form of its siblings.
#[doc(hidden)]
pub fn key_of<K, T: ToKey<K> + ?Sized>(key: &T, rows: &mut Vec<K>) -> Result<(), Failure> {
    rows.push(key.to_key());
    Ok(())
}

/// The rows that a method names, each once.
///
/// # Errors
/// None: it has the form of its siblings.
#[doc(hidden)]
pub fn keys_of<K: PartialEq, T: ToKey<K>>(
    keys: impl IntoIterator<Item = T>,
    rows: &mut Vec<K>,
) -> Result<(), Failure> {
    for key in keys {
        let key = key.to_key();
        if !rows.contains(&key) {
            rows.push(key);
        }
    }
    Ok(())
}

/// What a method can answer that makes a row.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a method of projection `{R}` answers a row, not `{Self}`",
    label = "expected `Self` or `Option<Self>`, or a `Result` of one of them"
)]
pub trait IntoRow<R> {
    /// The row, or none, or why there is no answer.
    ///
    /// # Errors
    /// The failure of the method.
    fn into_row(self) -> Result<Option<R>, Failure>;
}

impl<R: ReadModel> IntoRow<R> for R {
    fn into_row(self) -> Result<Option<R>, Failure> {
        Ok(Some(self))
    }
}

impl<R: ReadModel> IntoRow<R> for Option<R> {
    fn into_row(self) -> Result<Option<R>, Failure> {
        Ok(self)
    }
}

impl<R, T: IntoRow<R>, E: Display> IntoRow<R> for Result<T, E> {
    fn into_row(self) -> Result<Option<R>, Failure> {
        self.map_err(Failure::new)?.into_row()
    }
}

/// What a method can answer that changes a row in place.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "a method that takes `&mut self` changes it in place, and answers nothing, not `{Self}`",
    label = "expected nothing, or `Result<(), Error>`"
)]
pub trait IntoDone {
    /// Done, or why not.
    ///
    /// # Errors
    /// The failure of the method.
    fn into_done(self) -> Result<(), Failure>;
}

impl IntoDone for () {
    fn into_done(self) -> Result<(), Failure> {
        Ok(())
    }
}

impl<E: Display> IntoDone for Result<(), E> {
    fn into_done(self) -> Result<(), Failure> {
        self.map_err(Failure::new)
    }
}

/// A method that makes a new row: `fn opened(event: &AccountOpened) -> Self`.
///
/// # Errors
/// Where there is a row already, or the method fails.
#[doc(hidden)]
pub fn insert<R, T: IntoRow<R>>(
    row: Option<R>,
    make: impl FnOnce() -> T,
) -> Result<Option<R>, Failure> {
    match row {
        None => make().into_row(),
        Some(_) => Err(Failure::new(
            "the method makes a new row, and there is one already: take `row: Option<Self>` to handle both",
        )),
    }
}

/// A method that changes a row in place: `fn withdrawn(&mut self, event: &MoneyWithdrawn)`.
///
/// # Errors
/// Where there is no row, or the method fails.
#[doc(hidden)]
pub fn update<R, T: IntoDone>(
    row: Option<R>,
    change: impl FnOnce(&mut R) -> T,
) -> Result<Option<R>, Failure> {
    let mut row = row.ok_or_else(missing)?;
    change(&mut row).into_done()?;
    Ok(Some(row))
}

/// A method that replaces or deletes a row: `fn closed(self, event: &AccountClosed) -> Option<Self>`.
///
/// # Errors
/// Where there is no row, or the method fails.
#[doc(hidden)]
pub fn replace<R, T: IntoRow<R>>(
    row: Option<R>,
    make: impl FnOnce(R) -> T,
) -> Result<Option<R>, Failure> {
    make(row.ok_or_else(missing)?).into_row()
}

/// A method that handles both: `fn seen(row: Option<Self>, event: &Seen) -> Option<Self>`.
///
/// # Errors
/// Where the method fails.
#[doc(hidden)]
pub fn upsert<R, T: IntoRow<R>>(
    row: Option<R>,
    make: impl FnOnce(Option<R>) -> T,
) -> Result<Option<R>, Failure> {
    make(row).into_row()
}

fn missing() -> Failure {
    Failure::new(
        "the method changes a row, and there is none: take `row: Option<Self>` to handle both",
    )
}
