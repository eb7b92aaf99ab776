//! A database for each system and data set, made once, and a copy of it for each round that writes.

use std::collections::HashMap;
use std::path::Path;

use postgres::{Client, NoTls};

use crate::cells::Dataset;
use crate::cluster::Cluster;
use crate::program;

/// The first line of what a server writes into its folder.
const SERVER: &str = "select split_part(pg_read_file('postmaster.pid'), e'\\n', 1)::integer";

pub(crate) struct Databases<'a> {
    cluster: &'a Cluster,
    client: Client,
    /// The main process of the server.
    server: i32,
    /// By name: whether it was made, or why not.
    made: HashMap<String, Result<(), String>>,
}

impl<'a> Databases<'a> {
    pub(crate) fn new(cluster: &'a Cluster) -> Result<Self, postgres::Error> {
        let mut client = Client::connect(&cluster.url("postgres"), NoTls)?;
        let server = client.query_one(SERVER, &[])?.get(0);
        Ok(Databases {
            cluster,
            client,
            server,
            made: HashMap::new(),
        })
    }

    pub(crate) fn server(&self) -> i32 {
        self.server
    }

    /// The address of a database with the data set in the tables of a system, whose program is asked to make it.
    pub(crate) fn seeded(
        &mut self,
        system: &str,
        program: &Path,
        dataset: &Dataset,
    ) -> Result<String, String> {
        let name = format!("{}_{}", system.replace('-', "_"), dataset.name);
        if !self.made.contains_key(&name) {
            let made = self.make(&name, program, dataset);
            self.made.insert(name.clone(), made);
        }
        self.made[&name].clone()?;
        Ok(name)
    }

    fn make(&mut self, name: &str, program: &Path, dataset: &Dataset) -> Result<(), String> {
        eprintln!("seeding {name}");
        self.run(&format!("create database {name}"))?;
        let url = self.cluster.url(name);
        let mut args = vec!["schema".to_owned(), format!("database={url}")];
        program::call(program, &args)?;
        args[0] = "seed".to_owned();
        args.extend(dataset.args.iter().cloned());
        program::call(program, &args)?;
        let mut client = Client::connect(&url, NoTls).map_err(|error| error.to_string())?;
        client
            .batch_execute("vacuum analyze")
            .map_err(|error| error.to_string())
    }

    /// A database to be measured in: the seeded one, or a copy where it is going to be changed.
    pub(crate) fn prepare(&mut self, seeded: &str, writes: bool) -> Result<String, String> {
        let name = match writes {
            false => seeded.to_owned(),
            true => {
                let copy = format!("{seeded}_copy");
                self.release(seeded)?;
                self.run(&format!(
                    "create database {copy} template {seeded} strategy file_copy"
                ))?;
                copy
            }
        };
        let url = self.cluster.url(&name);
        warm(&url)?;
        self.run("checkpoint")?;
        Ok(url)
    }

    /// Removes the copy that was measured in, if there was one.
    pub(crate) fn release(&mut self, seeded: &str) -> Result<(), String> {
        self.run(&format!(
            "drop database if exists {seeded}_copy with (force)"
        ))
    }

    fn run(&mut self, sql: &str) -> Result<(), String> {
        self.client
            .batch_execute(sql)
            .map_err(|error| format!("{sql}: {error}"))
    }
}

/// Has all tables and indexes in memory, so that no system is measured by the disk.
fn warm(url: &str) -> Result<(), String> {
    let mut client = Client::connect(url, NoTls).map_err(|error| error.to_string())?;
    let warmed = client.batch_execute(
        "create extension if not exists pg_prewarm;
         select pg_prewarm(oid) from pg_class
         where relkind in ('r', 'i', 'm') and relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)",
    );
    warmed.map_err(|error| format!("pg_prewarm, which comes with PostgreSQL: {error}"))
}
