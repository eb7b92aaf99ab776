//! Lets what is asked for at the same time be done together: while one batch is under way, those who come wait, and the next
//! batch takes all of them. Nobody waits for company: who comes while a lane is free is served at once, and alone. Nobody waits
//! long either: a batch can be held up by what somebody else holds in the database, and others pass it by.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;

/// Work that can be done for many callers at once. Each ask holds the place where its answer goes.
pub(crate) trait Together: Send + Sync + 'static {
    type Ask: Send;
    type Batch: Send;

    /// Takes those out of the waiting that can be served together now, in their order; `None` where none can.
    fn take(&self, waiting: &mut VecDeque<Self::Ask>) -> Option<Self::Batch>;

    /// Whether a batch keeps the database busy for so long that the next one had better not wait for it.
    fn is_long(&self, _batch: &Self::Batch) -> bool {
        false
    }

    /// Serves a batch. Dropped on the way, it has told nobody anything yet.
    fn serve(&self, batch: Self::Batch) -> impl Future<Output = ()> + Send;
}

/// How long one waits behind batches before another lane is opened beside them: several times as long as a batch takes that
/// nothing holds up.
const PATIENCE: Duration = Duration::from_millis(20);

/// How many batches may be under way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Width {
    /// In any case.
    pub(crate) always: isize,
    /// How many more while as many are long.
    pub(crate) beside_long: usize,
    /// How many more while others are held up.
    pub(crate) beside_held: isize,
}

/// Who waits, and what may be begun.
pub(crate) struct Lanes<T: Together> {
    work: T,
    beside_held: isize,
    state: Mutex<State<T::Ask>>,
}

struct State<A> {
    waiting: VecDeque<A>,
    /// Less than none while lanes are open beside those that are held up.
    free: isize,
    /// How many lanes may still be opened beside long batches.
    beside_long: usize,
}

impl<T: Together> Lanes<T> {
    pub(crate) fn new(work: T, width: Width) -> Arc<Self> {
        Arc::new(Lanes {
            work,
            beside_held: width.beside_held,
            state: Mutex::new(State {
                waiting: VecDeque::new(),
                free: width.always,
                beside_long: width.beside_long,
            }),
        })
    }

    /// Takes up what is asked for, in this order and behind all that was asked before. It is served by nobody before what is
    /// answered here is awaited, where that is alone; what is served for several goes on whoever of them gives up.
    #[must_use = "what was taken up may be served by nobody else"]
    pub(crate) fn ask(self: &Arc<Self>, asks: impl IntoIterator<Item = T::Ask>) -> Served<T> {
        let mut state = self.state();
        let before = state.waiting.len();
        state.waiting.extend(asks);
        let is_alone = before == 0 && state.waiting.len() == 1;
        let mut begun = self.begin(&mut state);
        drop(state);
        if is_alone {
            return Served(begun.pop());
        }
        serve_behind(begun);
        Served(None)
    }

    /// A lane for a caller who serves himself, where one is free and nobody waits.
    pub(crate) fn enter(self: &Arc<Self>) -> Option<Lane<T>> {
        let mut state = self.state();
        if state.free <= 0 || !state.waiting.is_empty() {
            return None;
        }
        state.free -= 1;
        drop(state);
        Some(Lane {
            lanes: Arc::clone(self),
            is_widened: false,
        })
    }

    /// What others answer. Where that takes long, those who wait go on beside the batches that are under way.
    pub(crate) async fn wait<R>(self: &Arc<Self>, answer: impl Future<Output = R>) -> R {
        let mut answer = pin!(answer);
        loop {
            match tokio::time::timeout(PATIENCE, &mut answer).await {
                Ok(answer) => return answer,
                Err(_) => self.pass_by(),
            }
        }
    }

    fn pass_by(self: &Arc<Self>) {
        let mut state = self.state();
        if state.free <= -self.beside_held {
            return;
        }
        let begun = self.begin_one(&mut state);
        drop(state);
        serve_behind(begun);
    }

    /// Begins what there are lanes for.
    fn begin(self: &Arc<Self>, state: &mut State<T::Ask>) -> Vec<(T::Batch, Lane<T>)> {
        let mut begun = Vec::new();
        while state.free > 0
            && let Some(next) = self.begin_one(state)
        {
            begun.push(next);
        }
        begun
    }

    fn begin_one(self: &Arc<Self>, state: &mut State<T::Ask>) -> Option<(T::Batch, Lane<T>)> {
        let batch = self.work.take(&mut state.waiting)?;
        let is_widened = state.beside_long > 0 && self.work.is_long(&batch);
        if is_widened {
            state.beside_long -= 1;
        } else {
            state.free -= 1;
        }
        let lane = Lane {
            lanes: Arc::clone(self),
            is_widened,
        };
        Some((batch, lane))
    }

    fn state(&self) -> MutexGuard<'_, State<T::Ask>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What its caller has to serve; nothing where somebody else does.
pub(crate) struct Served<T: Together>(Option<(T::Batch, Lane<T>)>);

impl<T: Together> Served<T> {
    pub(crate) async fn done(self) {
        if let Some((batch, lane)) = self.0 {
            // Boxed, since what lies behind is deep: all that waits for it would be as deep, up to the caller's own functions,
            // and the compiler has a limit.
            lane.lanes.work.serve(batch).boxed().await;
        }
    }
}

/// A lane that is in use. However its batch ends, the next one follows.
pub(crate) struct Lane<T: Together> {
    lanes: Arc<Lanes<T>>,
    /// Whether its batch is a long one, beside which there is another lane.
    is_widened: bool,
}

fn serve_behind<T: Together>(begun: impl IntoIterator<Item = (T::Batch, Lane<T>)>) {
    // Where no runtime is there any more, nobody waits for an answer either.
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        return;
    };
    for (batch, lane) in begun {
        runtime.spawn(async move { lane.lanes.work.serve(batch).await });
    }
}

impl<T: Together> Drop for Lane<T> {
    fn drop(&mut self) {
        let mut state = self.lanes.state();
        if self.is_widened {
            state.beside_long += 1;
        } else {
            state.free += 1;
        }
        let begun = self.lanes.begin(&mut state);
        drop(state);
        serve_behind(begun);
    }
}
