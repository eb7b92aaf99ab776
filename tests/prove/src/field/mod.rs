//! The store that is to be proved, and all that can be done to it.

mod disk;
mod failover;
mod server;
mod wire;

use std::path::PathBuf;

use annals::Store;
use tempfile::TempDir;

pub(crate) use disk::Disk;
pub(crate) use server::Server;
pub(crate) use wire::Wire;

use crate::arguments::Place;
use crate::crew::Worker;
use crate::models::Lines;
use crate::raw::{Raw, is_postgres};
use crate::worker::TABLES;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A store, its server where it is one of our own, what lies between, and who works on it.
pub(crate) struct Field {
    /// How to get there past everything that is in the way of the workers.
    pub(crate) url: String,
    /// How the workers get there.
    pub(crate) workers_url: String,
    pub(crate) server: Option<Server>,
    /// Takes over where the server is lost.
    pub(crate) standby: Option<Server>,
    pub(crate) wire: Option<Wire>,
    pub(crate) disk: Option<Disk>,
    pub(crate) workers: Vec<Worker>,
    /// What cannot be done here, and why.
    pub(crate) impossible: Vec<String>,
    /// Removed with the value.
    _folder: TempDir,
}

impl Field {
    pub(crate) async fn lay(place: &Place) -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("annals-prove-").tempdir()?;
        let mut impossible = Vec::new();
        let disk = match place {
            Place::Url(_) => {
                Err("the disk of a store that is there is not ours to fill".to_owned())
            }
            _ => Disk::mount(),
        };
        let disk = disk
            .map_err(|why| impossible.push(format!("a full disk: {why}")))
            .ok();
        let root: PathBuf = disk
            .as_ref()
            .map_or(folder.path(), |disk| disk.path())
            .to_owned();
        let mut server = None;
        let url = match place {
            Place::Sqlite => format!("sqlite://{}", root.join("prove.db").display()),
            Place::Url(url) => url.clone(),
            Place::Postgres => {
                let started = tokio::task::block_in_place(|| Server::start(&root));
                let url = started.url();
                server = Some(started);
                url
            }
        };
        if is_postgres(&url) && server.is_none() {
            impossible.push("killing and pausing the server: it is not ours".to_owned());
        }
        let mut workers_url = url.clone();
        let mut wire = None;
        if is_postgres(&url) {
            match Wire::to(&url).await {
                Ok((laid, through)) => {
                    wire = Some(laid);
                    workers_url = through;
                }
                Err(why) => impossible.push(format!("cutting connections: {why}")),
            }
        }
        let field = Field {
            url,
            workers_url,
            server,
            standby: None,
            wire,
            disk,
            workers: Vec::new(),
            impossible,
            _folder: folder,
        };
        field.make_tables().await?;
        Ok(field)
    }

    pub(crate) fn is_postgres(&self) -> bool {
        is_postgres(&self.url)
    }

    async fn make_tables(&self) -> Result<(), Failure> {
        if self.is_postgres() {
            Store::migrate(&self.url).await?;
        } else {
            Store::connect(&self.url).await?.close().await;
        }
        let mut raw = Raw::open(&self.url).await?;
        raw.sql("create table prove_rows (mark text not null)")
            .await?;
        raw.sql(Lines::TABLE).await?;
        for table in TABLES {
            raw.sql(table).await?;
        }
        raw.sql("insert into prove_checkpoint values (0)").await?;
        raw.close().await;
        Ok(())
    }
}

impl Field {
    /// Lets the wire lead to where the server is now.
    pub(crate) fn follow_server(&mut self) {
        let Some(server) = &self.server else { return };
        self.url = server.url();
        if let Some(wire) = &self.wire {
            wire.lead_to(server.port());
        }
    }

    /// Starts the server where it has ended itself.
    pub(crate) fn see_to_server(&mut self) {
        let Some(server) = &self.server else { return };
        tokio::task::block_in_place(|| server.revive());
        self.follow_server();
    }
}
