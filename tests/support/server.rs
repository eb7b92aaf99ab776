//! The PostgreSQL server that the tests of one process share.

use std::sync::OnceLock;

use crate::cluster::Cluster;

enum Server {
    Given(String),
    Own(Cluster),
}

/// The address of a database on the shared server: of the one named by DATABASE_URL, or of a cluster that is started
/// at the first call and removed with the process.
pub(crate) fn url(database: &str) -> String {
    match shared() {
        Server::Given(url) => with_database(url, database),
        Server::Own(cluster) => cluster.url(database),
    }
}

/// The address by which databases are made and dropped.
pub(crate) fn admin_url() -> String {
    match shared() {
        Server::Given(url) => url.clone(),
        Server::Own(cluster) => cluster.url("postgres"),
    }
}

fn shared() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| match std::env::var("DATABASE_URL") {
        Ok(url) if !url.is_empty() => Server::Given(url),
        _ => Server::Own(Cluster::start_new()),
    })
}

fn with_database(url: &str, database: &str) -> String {
    let (address, query) = match url.split_once('?') {
        Some((address, query)) => (address, format!("?{query}")),
        None => (url, String::new()),
    };
    let (scheme, rest) = address
        .split_once("://")
        .expect("DATABASE_URL is like postgres://user@host/database");
    let host = rest.split('/').next().unwrap_or_default();
    format!("{scheme}://{host}/{database}{query}")
}

#[cfg(test)]
mod tests {
    use super::with_database;

    #[test]
    fn another_database_of_the_same_server() {
        assert_eq!(
            with_database("postgres://me:pw@db:5433/old?sslmode=disable", "new"),
            "postgres://me:pw@db:5433/new?sslmode=disable"
        );
        assert_eq!(with_database("postgres://db", "new"), "postgres://db/new");
    }
}
