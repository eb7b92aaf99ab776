//! The feed: all events of a store in one order, of which none is ever skipped.

mod each;
mod event;
mod page;
mod replay;
mod subscription;

use std::time::{Duration, Instant};

pub use event::FeedEvent;
pub use page::FeedPage;
pub use replay::Replay;
pub use subscription::Subscription;

use crate::append::check_tenant;
use crate::error::{Error, ErrorKind};
use crate::event::Event;
use crate::store::Store;
use crate::store::feed::{FeedRequest, FeedRows};
use crate::stream::Position;
use crate::telemetry;

const PAGE: u32 = 500;
const LARGEST_PAGE: u32 = 10_000;
const POLL: Duration = Duration::from_millis(75);

impl Store {
    /// The events of all streams, in the order of their positions.
    ///
    /// ```
    /// # async fn doc(store: annals::Store, mut checkpoint: annals::Position) -> Result<(), annals::Error> {
    /// let mut subscription = store.feed().after(checkpoint).follow();
    /// loop {
    ///     let page = subscription.next_page().await?;
    ///     for event in page.events() {
    ///         println!("{}: {}", event.recorded().stream(), event.recorded().event_type());
    ///     }
    ///     checkpoint = page.checkpoint();
    /// }
    /// # }
    /// ```
    pub fn feed(&self) -> Feed {
        Feed::of_tenant(self)
    }

    /// The position up to which the feed can be read at this moment: what is stored from now on gets higher ones. It is that
    /// of all tenants.
    ///
    /// A subscription that begins after it gets what is committed from now on. It also gets what is being committed, and what was
    /// committed beyond a transaction that may have stored events and has not ended.
    ///
    /// # Errors
    /// Where the database fails, or is a standby.
    pub async fn frontier(&self) -> Result<Position, Error> {
        let frontier = self.inner.backend.frontier().await?;
        Ok(Position::new(frontier.unsigned_abs()))
    }

    /// A position up to which nothing can appear any more, and which lies before nothing that was committed before this call. Waits
    /// for transactions that may have stored events and have not ended.
    ///
    /// # Errors
    /// Where one is open for longer than a lock is waited for, or the database fails.
    pub(crate) async fn end(&self) -> Result<Position, Error> {
        let end = self.inner.backend.end().await?;
        Ok(Position::of_i64(end))
    }
}

/// Which part of the feed to read. Made by [`Store::feed`].
///
/// # Guarantees
///
/// - **No committed event is skipped**, however late it is committed. Positions are taken before a commit and can become
///   visible in another order; a page ends before the first position at which an event can still appear.
/// - The events of a page are in the order of their positions, which is that of their versions within a stream.
/// - Nobody waits for a reader. A reader waits for transactions that may have stored events and have not ended, for no
///   others, and for none that ended, however it did.
/// - To go on where a reader stopped, one number is enough: [`FeedPage::checkpoint`]. It can be kept anywhere, and is as
///   old as the database: put back together with it.
///
/// A store sees the events of its tenant alone, here too. Positions are those of all tenants, so a checkpoint moves on past
/// what others stored.
///
/// # What to know
///
/// A transaction of [`Store::begin`] that has appended holds up what comes after it until it ends; so does a prepared one,
/// after which nobody looks. The gauge `annals_feed_frontier_age_seconds` tells for how long, and a warning names who does.
/// A standby server is refused: it does not know what is under way.
#[derive(Debug, Clone)]
#[must_use = "a feed does nothing until it is read or followed"]
pub struct Feed {
    store: Store,
    has_all_tenants: bool,
    after: Position,
    types: Option<Vec<String>>,
    categories: Option<Vec<String>>,
    page: u32,
    poll: Duration,
}

impl Feed {
    /// The events of the store's tenant.
    pub(crate) fn of_tenant(store: &Store) -> Self {
        Feed {
            store: store.clone(),
            has_all_tenants: false,
            after: Position::new(0),
            types: None,
            categories: None,
            page: PAGE,
            poll: POLL,
        }
    }

    /// The events of all tenants: for what belongs to the whole store.
    pub(crate) fn of_all_tenants(store: &Store) -> Self {
        Feed {
            has_all_tenants: true,
            ..Feed::of_tenant(store)
        }
    }

    /// Begins after a position: a checkpoint, or the position of an event. Default: at the first event.
    pub fn after(mut self, position: Position) -> Self {
        self.after = position;
        self
    }

    /// Only events that are stored under one of these names, besides those of other calls. An alias is a name of its own.
    pub fn events<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        let types = self.types.get_or_insert_default();
        types.extend(names.into_iter().map(Into::into));
        self
    }

    /// Only events of this type, by its name and its aliases, of any version, besides those of other calls.
    pub fn event<E: Event>(self) -> Self {
        self.events([E::NAME]).events(E::ALIASES.iter().copied())
    }

    /// Only events of streams of these aggregates, besides those of other calls.
    pub fn categories<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        let categories = self.categories.get_or_insert_default();
        categories.extend(names.into_iter().map(Into::into));
        self
    }

    /// How many events a page has at most, from 1 to 10 000. Default: 500. A page of large events ends sooner, after about
    /// 8 MiB.
    pub fn page(mut self, events: u32) -> Self {
        self.page = events.clamp(1, LARGEST_PAGE);
        self
    }

    /// How long a subscription waits at most before it looks again for what other processes appended, from a millisecond on.
    /// It begins with a small part of that after something came, and waits longer while nothing does. What this process
    /// appends is seen at once. Default: 75 ms.
    pub fn poll(mut self, pause: Duration) -> Self {
        self.poll = pause.max(Duration::from_millis(1));
        self
    }

    /// Reads a page: all that was committed before the call, up to the size of a page and to the first position at which an
    /// event can still appear.
    ///
    /// ```
    /// # async fn doc(store: annals::Store) -> Result<(), annals::Error> {
    /// let mut feed = store.feed().categories(["account"]);
    /// loop {
    ///     let page = feed.read().await?;
    ///     println!("{} events", page.events().len());
    ///     if page.is_end() {
    ///         break;
    ///     }
    ///     feed = feed.after(page.checkpoint());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Where the position to begin after is beyond the last event ([`ErrorKind::Checkpoint`]), a stored event is damaged,
    /// or the database fails or is a standby.
    pub async fn read(&self) -> Result<FeedPage, Error> {
        let rows = self.rows(Instant::now(), false).await?;
        Ok(FeedPage::of(rows))
    }

    /// As [`Feed::read`], where it is enough to come to the end of the feed as it was at some moment.
    pub(crate) async fn read_as_of(&self, since: Instant) -> Result<FeedPage, Error> {
        let rows = self.rows(since, true).await?;
        Ok(FeedPage::of(rows))
    }

    /// Reads to the end of the feed, the next page while the last one is looked at. Who needs no event for longer than it is
    /// looked at is faster with [`Feed::each`].
    ///
    /// ```
    /// # async fn doc(store: annals::Store) -> Result<(), annals::Error> {
    /// let mut replay = store.feed().page(5000).replay();
    /// let mut count = 0;
    /// while let Some(page) = replay.next_page().await? {
    ///     count += page.events().len();
    /// }
    /// println!("{count} events");
    /// # Ok(())
    /// # }
    /// ```
    pub fn replay(self) -> Replay {
        Replay::new(self)
    }

    /// Follows the feed: what is there, and then what comes.
    pub fn follow(self) -> Subscription {
        Subscription::new(self)
    }

    fn request(&self, since: Instant, older_will_do: bool) -> Result<FeedRequest<'_>, Error> {
        let tenant = self.store.tenant_name();
        check_tenant(tenant)?;
        for names in [&self.types, &self.categories].into_iter().flatten() {
            check_names(names)?;
        }
        Ok(FeedRequest {
            tenant: Some(tenant).filter(|_| !self.has_all_tenants),
            after: self.after,
            types: self.types.as_deref(),
            categories: self.categories.as_deref(),
            limit: self.page,
            facts_alone: false,
            since,
            older_will_do,
        })
    }

    async fn rows(&self, since: Instant, older_will_do: bool) -> Result<FeedRows, Error> {
        let request = self.request(since, older_will_do)?;
        let rows = self.store.inner.backend.feed(request).await?;
        self.store.inner.news.found(rows.frontier.get());
        telemetry::fed(rows.events.len());
        Ok(rows)
    }
}

/// # Errors
/// Where nothing can be stored under a name, and the database could not even be asked for it.
fn check_names(names: &[String]) -> Result<(), Error> {
    match names.iter().find(|name| name.contains('\0')) {
        None => Ok(()),
        Some(name) => Err(Error::new(
            ErrorKind::Name,
            format!("the feed cannot be filtered by {name:?}: it holds the character NUL"),
        )
        .with_hint("filter by names of events or of aggregates, which never hold it")),
    }
}
