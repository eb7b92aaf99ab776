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

    /// Serves a batch. Dropped on the way, it has told nobody anything yet.
    fn serve(&self, batch: Self::Batch) -> impl Future<Output = ()> + Send;
}

/// How long one waits behind batches before another lane is opened beside them: several times as long as a batch takes that
/// nothing holds up.
const PATIENCE: Duration = Duration::from_millis(20);

/// Who waits, and how many batches may be under way.
pub(crate) struct Lanes<T: Together> {
    work: T,
    /// How many lanes may be opened beside those that are held up.
    more: isize,
    state: Mutex<State<T::Ask>>,
}

struct State<A> {
    waiting: VecDeque<A>,
    /// Less than none while lanes are open beside those that are held up.
    free: isize,
}

impl<T: Together> Lanes<T> {
    pub(crate) fn new(work: T, lanes: isize, more: isize) -> Arc<Self> {
        Arc::new(Lanes {
            work,
            more,
            state: Mutex::new(State {
                waiting: VecDeque::new(),
                free: lanes,
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
        if state.free <= 0 {
            return Served(None);
        }
        let Some(batch) = self.work.take(&mut state.waiting) else {
            return Served(None);
        };
        state.free -= 1;
        drop(state);
        let lane = Lane(Arc::clone(self));
        if is_alone {
            return Served(Some((batch, lane)));
        }
        lane.serve_behind(batch);
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
        Some(Lane(Arc::clone(self)))
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
        if state.free <= -self.more {
            return;
        }
        if let Some(batch) = self.work.take(&mut state.waiting) {
            state.free -= 1;
            drop(state);
            Lane(Arc::clone(self)).serve_behind(batch);
        }
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
            lane.0.work.serve(batch).boxed().await;
        }
    }
}

/// A lane that is in use. However its batch ends, the next one follows.
pub(crate) struct Lane<T: Together>(Arc<Lanes<T>>);

impl<T: Together> Lane<T> {
    fn serve_behind(self, batch: T::Batch) {
        // Where no runtime is there any more, nobody waits for an answer either.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                let lane = self;
                lane.0.work.serve(batch).await;
            });
        }
    }
}

impl<T: Together> Drop for Lane<T> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.free += 1;
        if state.free > 0
            && let Some(batch) = self.0.work.take(&mut state.waiting)
        {
            state.free -= 1;
            drop(state);
            Lane(Arc::clone(&self.0)).serve_behind(batch);
        }
    }
}
