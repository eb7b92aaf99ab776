//! Reads the rows of a read model.

use std::collections::VecDeque;
use std::fmt;
use std::marker::PhantomData;
use std::time::{Duration, Instant};

use super::definition::table_name;
use super::{Misfilled, Mode, Projection, RowKey, ToKey, Value};
use crate::append::{Receipt, check_tenant};
use crate::error::{Error, ErrorKind};
use crate::feed::Feed;
use crate::pause::Pause;
use crate::store::Store;
use crate::store::projections::{Row, RowPlace, Table};
use crate::stream::{Position, StreamId, Version};

/// How long a read waits for a projection, where nothing else is said.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The longest pause before looking again how far a projection has come.
const PAUSE: Duration = Duration::from_millis(50);

const PAGE: u32 = 500;

impl Store {
    /// The rows of a read model, of this store's tenant, as they were stored last.
    ///
    /// ```
    /// # use annals::prelude::*;
    /// # async fn doc<Balance: annals::Projection<Key = String>>(store: Store, receipt: Receipt) -> Result<(), annals::Error> {
    /// let balance = store.read_model::<Balance>().after(&receipt).get("123").await?;
    /// # Ok(()) }
    /// ```
    pub fn read_model<P: Projection>(&self) -> ReadRows<P> {
        ReadRows {
            store: self.clone(),
            after: None,
            streams: Vec::new(),
            timeout: TIMEOUT,
            row: PhantomData,
        }
    }
}

/// Reads the rows of a read model. Made by [`Store::read_model`].
///
/// Rows follow the events: soon, and not at once. [`ReadRows::after`] waits for what was just stored. An event that the
/// projection could not handle is parked, and is in no row until somebody has mended it.
#[must_use = "rows are read when they are asked for"]
pub struct ReadRows<P> {
    store: Store,
    after: Option<Position>,
    /// The streams of receipts: all that is waited for is in them, up to these versions. None where a position alone is named.
    streams: Vec<(StreamId, Version)>,
    timeout: Duration,
    row: PhantomData<fn() -> P>,
}

impl<P: Projection> ReadRows<P> {
    /// Waits, before anything is read, until what a receipt stands for has been handled. The rows of an inline projection are
    /// there with the append where the program that appends knows it.
    pub fn after(mut self, receipt: &Receipt) -> Self {
        let Some(position) = receipt.position() else {
            return self;
        };
        if self.after.is_none() || !self.streams.is_empty() {
            let streams = receipt.streams().iter();
            let streams = streams.map(|stream| (stream.stream().clone(), stream.version()));
            self.streams.extend(streams);
        }
        self.after = self.after.max(Some(position));
        self
    }

    /// Waits, before anything is read, until the events up to a position have been handled.
    pub fn after_position(mut self, position: Position) -> Self {
        self.streams.clear();
        self.after = self.after.max(Some(position));
        self
    }

    /// How long to wait at most. Default: 5 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The name of the table in which the rows lie, for SQL of your own. In PostgreSQL it is in the schema of the store. Its
    /// first column is the tenant.
    #[must_use]
    pub fn table(&self) -> String {
        self.definition().name
    }

    /// The row with this key.
    ///
    /// # Errors
    /// Where the projection does not come so far in time ([`ErrorKind::Behind`]) or has stopped, its table is not there, or the
    /// database fails.
    pub async fn get<K: ToKey<P::Key> + ?Sized>(&self, key: &K) -> Result<Option<P>, Error> {
        self.wait().await?;
        let Ok(key) = key.to_key().to_values() else {
            return Ok(None);
        };
        let place = RowPlace {
            tenant: self.store.tenant_name().into(),
            key,
        };
        let backend = &self.store.inner.backend;
        let row = backend.read_row(&self.definition(), &place).await?;
        row.map(|row| self.row(row)).transpose()
    }

    /// All rows, in the order of their keys.
    ///
    /// # Errors
    /// Those of [`ReadRows::get`].
    pub async fn rows(&self) -> Result<RowList<P>, Error> {
        self.wait().await?;
        Ok(RowList {
            rows: ReadRows {
                store: self.store.clone(),
                after: None,
                streams: Vec::new(),
                timeout: self.timeout,
                row: PhantomData,
            },
            after: None,
            page: VecDeque::new(),
            is_exhausted: false,
        })
    }

    /// The number of rows.
    ///
    /// # Errors
    /// Those of [`ReadRows::get`].
    pub async fn count(&self) -> Result<u64, Error> {
        self.wait().await?;
        let tenant = Some(self.store.tenant_name());
        let backend = &self.store.inner.backend;
        backend.count_rows(&self.definition(), tenant).await
    }

    /// Waits until what was asked for has been handled.
    ///
    /// # Errors
    /// Those of [`ReadRows::get`].
    pub async fn wait(&self) -> Result<(), Error> {
        check_tenant(self.store.tenant_name())?;
        let Some(position) = self.after.map(Position::to_i64) else {
            return Ok(());
        };
        let begun = Instant::now();
        let mut news = self.store.inner.news.projections();
        let mut pause = Pause::up_to(PAUSE);
        loop {
            if self.is_in_rows().await? {
                return Ok(());
            }
            let at = self.checkpoint(position).await?;
            if at >= position || self.has_nothing_between(at, position).await? {
                return Ok(());
            }
            let left = self.timeout.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return Err(self.behind(at, position));
            }
            let _ = tokio::time::timeout(pause.take().min(left), news.changed()).await;
        }
    }

    /// Whether who appended to the streams that are waited for has changed the rows, too.
    async fn is_in_rows(&self) -> Result<bool, Error> {
        let registered = self.store.registered();
        let engine = registered.engine(P::NAME, P::VERSION);
        let Some(engine) = engine.filter(|_| P::MODE == Mode::Inline && !self.streams.is_empty())
        else {
            return Ok(false);
        };
        let (backend, tenant) = (&self.store.inner.backend, self.store.tenant_name());
        for (stream, version) in &self.streams {
            let name = stream.to_string();
            let at = backend
                .inline_head(P::NAME, P::VERSION, tenant, &name)
                .await?;
            if at >= version.to_i64() {
                continue;
            }
            // What it does not handle does not move it.
            let mut events = self.store.stream(stream);
            events = events.from(Version::of_i64(at + 1)).to(*version);
            while let Some(event) = events.next().await? {
                if engine.routes().concerns(event.recorded().event_type()) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Up to where every partition has come.
    ///
    /// # Errors
    /// Where one has stopped before a position.
    async fn checkpoint(&self, position: i64) -> Result<i64, Error> {
        let partitions = self.store.inner.backend.partitions().await?;
        let own = partitions
            .into_iter()
            .filter(|of| *of.part.projection == *P::NAME && of.part.version == P::VERSION);
        let mut lowest = None;
        for partition in own {
            if let Some((why, at)) = partition.stopped
                && at <= position
            {
                return Err(stopped::<P>(at, &why));
            }
            let at = partition.checkpoint;
            lowest = Some(lowest.map_or(at, |lowest: i64| lowest.min(at)));
        }
        lowest.ok_or_else(|| {
            Error::new(
                ErrorKind::ReadModel,
                format!(
                    "the database has no version {} of projection `{}`",
                    P::VERSION,
                    P::NAME
                ),
            )
            .with_hint("start the app with `App::start`, or run `migrate run` of this program")
        })
    }

    /// Whether the projection handles none of the events between two positions.
    async fn has_nothing_between(&self, after: i64, up_to: i64) -> Result<bool, Error> {
        let registered = self.store.registered();
        let Some(engine) = registered.engine(P::NAME, P::VERSION) else {
            return Ok(false);
        };
        let feed = Feed::of_all_tenants(&self.store)
            .events(engine.routes().names())
            .after(Position::of_i64(after))
            .page(1);
        let page = feed.read().await?;
        let next = page.events().first();
        let next = next.map_or(page.checkpoint(), |event| event.recorded().position());
        let is_event = !page.events().is_empty();
        Ok(next.to_i64() > up_to || (!is_event && next.to_i64() >= up_to))
    }

    fn behind(&self, at: i64, position: i64) -> Error {
        Error::new(
            ErrorKind::Behind,
            format!(
                "projection `{}` has come to position {at}, and position {position} was waited for, for {:?}",
                P::NAME,
                self.timeout
            ),
        )
        .with_hint(
            "see that a worker runs (`App::start`, or `serve` of the program), and how far it is: `projection status`; or wait \
             longer: `.timeout(..)`",
        )
    }

    fn row(&self, row: Row) -> Result<P, Error> {
        P::from_values(row.values).map_err(|misfilled| self.misfilled(&misfilled))
    }

    fn misfilled(&self, misfilled: &Misfilled) -> Error {
        Error::new(
            ErrorKind::ReadModel,
            format!(
                "a row of table `{}` does not fit: {misfilled}",
                self.table()
            ),
        )
        .with_hint("the table was edited by hand: build it anew with `projection rebuild`")
    }

    fn definition(&self) -> Table {
        Table {
            name: table_name(P::NAME, P::VERSION),
            columns: P::COLUMNS,
        }
    }
}

fn stopped<P: Projection>(position: i64, why: &str) -> Error {
    Error::new(
        ErrorKind::Behind,
        format!(
            "projection `{}` stopped before position {position}: {why}",
            P::NAME
        ),
    )
    .with_hint(format!(
        "mend what it says, then run `projection resume {}`",
        P::NAME
    ))
}

impl<P> fmt::Debug for ReadRows<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadRows")
            .field("store", &self.store)
            .field("after", &self.after)
            .finish_non_exhaustive()
    }
}

/// Reads rows in the order of their keys, page by page. Each page is of one moment; between two pages rows may change.
#[must_use = "a list does nothing until it is asked for rows"]
pub struct RowList<P> {
    rows: ReadRows<P>,
    after: Option<Vec<Value>>,
    page: VecDeque<P>,
    is_exhausted: bool,
}

impl<P: Projection> RowList<P> {
    /// The next row; `None` after the last one.
    ///
    /// # Errors
    /// Where the database fails, or a row does not fit.
    pub async fn next(&mut self) -> Result<Option<P>, Error> {
        if self.page.is_empty() && !self.is_exhausted {
            let store = &self.rows.store;
            let found = store
                .inner
                .backend
                .read_rows(
                    &self.rows.definition(),
                    store.tenant_name(),
                    self.after.as_deref(),
                    PAGE,
                )
                .await?;
            self.is_exhausted = found.len() < PAGE as usize;
            for row in found {
                self.page.push_back(self.rows.row(row)?);
            }
            if let Some(last) = self.page.back() {
                self.after = last.key().to_values().ok();
            }
        }
        Ok(self.page.pop_front())
    }

    /// All that are left.
    ///
    /// # Errors
    /// Those of [`RowList::next`].
    pub async fn collect(mut self) -> Result<Vec<P>, Error> {
        let mut all = Vec::new();
        while let Some(row) = self.next().await? {
            all.push(row);
        }
        Ok(all)
    }
}

impl<P> fmt::Debug for RowList<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowList")
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}
