//! The store that is to be proved, and all that can be done to it.

mod disk;
mod failover;
mod given;
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
use crate::rollout::Rollout;
use crate::worker::TABLES;
use given::Given;

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
    /// The second release, where it is rolled out.
    pub(crate) rollout: Option<Rollout>,
    /// What cannot be done here, and why.
    pub(crate) impossible: Vec<String>,
    /// The place in a store that was there, which is left as it was.
    given: Option<Given>,
    /// Removed with the value.
    _folder: TempDir,
}

impl Field {
    pub(crate) async fn lay(place: &Place) -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("annals-prove-").tempdir()?;
        let mut impossible = Vec::new();
        let disk = match place {
            Place::Url(_) => {
                Err("the disk of a store that was there is not ours to fill".to_owned())
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
        let (mut server, mut given) = (None, None);
        let url = match place {
            Place::Sqlite => format!("sqlite://{}", root.join("prove.db").display()),
            Place::Url(url) => {
                let (place, url) = Given::take(url).await?;
                given = Some(place);
                url
            }
            Place::Postgres => {
                let started = tokio::task::block_in_place(|| Server::start(&root));
                let url = started.url();
                server = Some(started);
                url
            }
        };
        if is_postgres(&url) && server.is_none() {
            impossible.push("killing and pausing a server that was there".to_owned());
        }
        let mut workers_url = url.clone();
        let mut wire = None;
        if is_postgres(&url) {
            match Wire::to(&url).await {
                Ok((laid, through)) => match Raw::open(&through).await {
                    Ok(raw) => {
                        raw.close().await;
                        wire = Some(laid);
                        workers_url = through;
                    }
                    // A server that wants TLS, for example.
                    Err(why) => impossible.push(format!("cutting connections: {why}")),
                },
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
            rollout: None,
            impossible,
            given,
            _folder: folder,
        };
        match field.make_tables().await {
            Ok(()) => Ok(field),
            Err(error) => {
                field.tidy().await?;
                Err(error)
            }
        }
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
    /// Leaves a store that was there as it was.
    pub(crate) async fn tidy(&self) -> Result<(), Failure> {
        match &self.given {
            Some(given) => given.tidy().await,
            None => Ok(()),
        }
    }

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
