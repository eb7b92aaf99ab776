//! A standby, and the failover to it.

use std::time::Duration;

use super::{Failure, Field, Server};
use crate::arguments::Failover;
use crate::raw::Raw;

impl Field {
    /// Lets another server follow.
    pub(crate) async fn add_standby(&mut self, how: Failover) -> Result<(), Failure> {
        let server = self.server.as_ref().ok_or("no server of our own")?;
        self.standby = Some(tokio::task::block_in_place(|| server.standby()));
        if how == Failover::Synchronous {
            let mut raw = Raw::open(&self.url).await?;
            raw.sql("alter system set synchronous_standby_names = '*'")
                .await?;
            raw.sql("select pg_reload_conf()").await?;
            raw.close().await;
        }
        Ok(())
    }

    /// Kills the server for good, and lets the standby take over. One that follows when it can is made to be behind, and
    /// the workers are killed with the server.
    pub(crate) async fn fail_over(&mut self, how: Failover) -> Result<(), Failure> {
        let standby = self.standby.take().ok_or("no standby")?;
        let lost = self.server.take().ok_or("no server of our own")?;
        let frozen = match how {
            Failover::Synchronous => Vec::new(),
            Failover::Asynchronous => standby.freeze(),
        };
        if !frozen.is_empty() {
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        tokio::task::block_in_place(|| lost.kill());
        if how == Failover::Asynchronous {
            // So that no call is made to both servers: what each of them was told would be another story.
            for worker in &mut self.workers {
                worker.kill().await?;
            }
        }
        Server::thaw(&frozen);
        tokio::task::block_in_place(|| standby.promote());
        self.server = Some(standby);
        self.follow_server();
        Ok(())
    }
}
