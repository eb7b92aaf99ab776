//! A standby, and the failover to it.

use std::time::{Duration, Instant};

use super::{Failure, Field};
use crate::arguments::Failover;
use crate::raw::Raw;

/// How many events a standby that is behind has not got, at least.
const BEHIND: i64 = 40;

impl Field {
    /// Lets another server follow. The commits wait for it where it is to be synchronous, and is not to fall behind.
    pub(crate) async fn add_standby(
        &mut self,
        how: Failover,
        is_behind: bool,
    ) -> Result<(), Failure> {
        let server = self.server.as_ref().ok_or("no server of our own")?;
        self.standby = Some(tokio::task::block_in_place(|| server.standby()));
        if how == Failover::Synchronous && !is_behind {
            let mut raw = Raw::open(&self.url).await?;
            raw.sql("alter system set synchronous_standby_names = '*'")
                .await?;
            raw.sql("select pg_reload_conf()").await?;
            raw.close().await;
        }
        Ok(())
    }

    /// Kills the server for good, and lets the standby take over. One that is to be behind is stopped until the server has
    /// stored more, which it never gets; and the workers are killed with the server.
    pub(crate) async fn fail_over(&mut self, is_behind: bool) -> Result<(), Failure> {
        let standby = self.standby.take().ok_or("no standby")?;
        let lost = self.server.take().ok_or("no server of our own")?;
        if is_behind {
            tokio::task::block_in_place(|| standby.stop());
            self.wait_for_more().await?;
        }
        tokio::task::block_in_place(|| lost.kill());
        if is_behind {
            // So that no call is made to both servers: what each of them was told would be another story.
            for worker in &mut self.workers {
                worker.kill().await?;
            }
            tokio::task::block_in_place(|| standby.start_again());
        }
        tokio::task::block_in_place(|| standby.promote());
        self.server = Some(standby);
        self.follow_server();
        Ok(())
    }

    /// Waits until the server has stored so many events more.
    async fn wait_for_more(&self) -> Result<(), Failure> {
        let mut raw = Raw::open(&self.url).await?;
        let begun = Instant::now();
        let mut first = None;
        loop {
            let sql = "select coalesce(max(position), 0) from {events}";
            let rows: Vec<(i64,)> = raw.rows(sql).await?;
            let at = rows.first().map_or(0, |row| row.0);
            if at >= *first.get_or_insert(at) + BEHIND {
                return Ok(());
            }
            if begun.elapsed() > Duration::from_secs(30) {
                return Err("nothing is stored while the standby is stopped".into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
