//! Lets other processes know that events were stored, by `NOTIFY`.
//!
//! It only wakes those who would look sooner or later anyway, so what gets lost does no harm. It is sent beside the appends
//! and not by them: a transaction that notifies waits, when it commits, for all others that do.

use std::time::Duration;

use sqlx::postgres::{PgListener, PgPoolOptions};

use super::{Postgres, during};
use crate::error::Error;
use crate::store::News;

/// The time between two announcements: those who follow look once for all that was stored in between.
const SPACING: Duration = Duration::from_millis(5);

/// The time until a connection that failed is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// Nobody needs an announcement to be on the disk.
const ANNOUNCE: &str = "select set_config('synchronous_commit', 'off', true), pg_notify($1, '')";

impl Postgres {
    /// Announces what this process stores, as long as it is polled.
    pub(crate) async fn announce_all(&self, news: News) {
        let mut heard = news.listen();
        let mut announced = heard.borrow_and_update().appends;
        while heard.changed().await.is_ok() {
            let appends = heard.borrow_and_update().appends;
            if appends == announced {
                continue;
            }
            announced = appends;
            if let Err(error) = self.announce().await {
                tracing::debug!(%error, "stored events were not announced");
            }
            tokio::time::sleep(SPACING).await;
        }
    }

    /// Announces that events were stored.
    pub(crate) async fn announce(&self) -> Result<(), Error> {
        const DOING: &str = "announce stored events";
        let mut connection = self.acquire(DOING).await?;
        let announced = sqlx::query(ANNOUNCE)
            .bind(&self.channel)
            .execute(&mut *connection);
        announced.await.map(|_| ()).map_err(during(DOING))
    }

    /// Passes on what others announce, as long as it is polled. It has a connection of its own.
    pub(crate) async fn listen(&self, news: News) {
        let address = self.reach.pool.connect_options().as_ref().clone();
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .connect_lazy_with(address);
        loop {
            let listening = async {
                let mut listener = PgListener::connect_with(&pool).await?;
                listener.listen(&self.channel).await?;
                // Who knows what was announced before. That a connection was lost and replaced comes here too, as `None`.
                loop {
                    news.announced();
                    listener.try_recv().await?;
                }
            };
            let ended: Result<(), sqlx::Error> = listening.await;
            tracing::debug!(?ended, "announcements of stored events cannot be heard");
            tokio::time::sleep(RETRY).await;
        }
    }
}
