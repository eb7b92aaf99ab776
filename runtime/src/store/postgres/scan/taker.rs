//! From copied rows to a sink.

use futures_util::{Stream, TryStreamExt};
use tokio::task::coop;

use super::DOING;
use super::copied::{CopiedRow, CopiedRows};
use super::order::InOrder;
use crate::error::Error;
use crate::store::feed::{Sink, is_of};
use crate::store::postgres::during;
use crate::store::postgres::event_row::{Columns, integer, text};

/// Hands rows to a sink. Once that is full, the rest is taken in all the same: before, the connection can do nothing else.
pub(super) struct Taker<'t> {
    /// Whose rows they are, where they do not begin with that.
    pub(super) of_tenant: Option<&'t str>,
    pub(super) aggregates: &'t [String],
    pub(super) sink: &'t mut dyn Sink,
}

impl Taker<'_> {
    pub(super) async fn take_in_order<M: AsRef<[u8]>>(
        &mut self,
        mut messages: impl Stream<Item = Result<M, sqlx::Error>> + Unpin,
    ) -> Result<(), Error> {
        while let Some(message) = next(&mut messages).await? {
            let mut rows = CopiedRows::of(message.as_ref());
            while let Some(row) = rows.next().map_err(during(DOING))? {
                self.take(&row)?;
            }
        }
        Ok(())
    }

    /// Takes rows that follow a position. Where they are in no order at all, answers the position up to which it took them.
    pub(super) async fn take_nearly_in_order<M: AsRef<[u8]>>(
        &mut self,
        mut messages: impl Stream<Item = Result<M, sqlx::Error>> + Unpin,
        after: i64,
    ) -> Result<Option<i64>, Error> {
        let mut order = InOrder::after(after);
        while let Some(message) = next(&mut messages).await? {
            if order.is_too_much() {
                continue;
            }
            let mut rows = CopiedRows::of(message.as_ref());
            while let Some(row) = rows.next().map_err(during(DOING))? {
                let position = integer(&row, self.first() + 1).map_err(during(DOING))?;
                if !order.is_next(position) {
                    order.wait(position, row.bytes);
                    continue;
                }
                self.take(&row)?;
                while let Some(row) = order.next() {
                    self.take_bytes(&row)?;
                }
            }
        }
        if order.is_too_much() && !self.sink.is_full() {
            return Ok(Some(order.last()));
        }
        while let Some(row) = order.lowest() {
            self.take_bytes(&row)?;
        }
        Ok(None)
    }

    fn take_bytes(&mut self, row: &[u8]) -> Result<(), Error> {
        let row = CopiedRows::of(row).next().map_err(during(DOING))?;
        row.map_or(Ok(()), |row| self.take(&row))
    }

    fn take(&mut self, row: &CopiedRow<'_>) -> Result<(), Error> {
        if self.sink.is_full() {
            return Ok(());
        }
        let first = self.first();
        let tenant = match self.of_tenant {
            Some(tenant) => tenant,
            None => text(row, 0).map_err(during(DOING))?,
        };
        let stream = text(row, first - 1).map_err(during(DOING))?;
        let event = Columns {
            row,
            first,
            doing: DOING,
        };
        let aggregate = of_stream(self.aggregates, stream);
        self.sink.take(tenant, stream, aggregate, &event)
    }

    /// Where the columns of an event begin: behind the tenant, where there is one, and the stream.
    fn first(&self) -> usize {
        match self.of_tenant {
            Some(_) => 1,
            None => 2,
        }
    }
}

async fn next<M>(
    messages: &mut (impl Stream<Item = Result<M, sqlx::Error>> + Unpin),
) -> Result<Option<M>, Error> {
    // Rows that are there already would be taken without a pause for others.
    coop::consume_budget().await;
    messages.try_next().await.map_err(during(DOING))
}

/// The aggregate to which a stream of this name belongs, where they are apart.
pub(super) fn of_stream<'a>(aggregates: &'a [String], stream: &str) -> Option<&'a str> {
    let mut aggregates = aggregates.iter();
    aggregates
        .find(|aggregate| is_of(stream, aggregate))
        .map(String::as_str)
}
