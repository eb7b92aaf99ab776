//! A server with the roles, and users who are in them.

use annals::prelude::*;
use annals::{App, Append, Expected, NewEvent};
use annals_tests::domain::{Deposit, Ledger, Opened};
use annals_tests::{Cluster, Database, options};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::models::app;

/// Users with one role each, one with two, and the administrator.
pub(crate) struct Bank {
    // Kept: it stops with the value.
    _cluster: Cluster,
    pub(crate) admin: Database,
}

const USERS: &str = "
    create role reads login in role annals_reader;
    create role writes login in role annals_writer;
    create role projects login in role annals_projector;
    alter role projects set role to annals_projector;
    create role owns login in role annals_owner;
    alter role owns set role to annals_owner;
    create role does_both login in role annals_writer, annals_projector;
    create role stranger login;
";

pub(crate) async fn bank() -> Bank {
    let cluster = Cluster::start_new();
    let admin = Database::at(cluster.url("postgres"));
    Store::migrate(admin.url()).await.expect("migrated");
    let sql = Store::options().roles_sql(admin.url()).expect("printed");
    admin.sql(&sql).await;
    admin.sql(USERS).await;
    Bank {
        _cluster: cluster,
        admin,
    }
}

impl Bank {
    pub(crate) fn url(&self, user: &str) -> String {
        self.admin.url().replace("postgres@", &format!("{user}@"))
    }

    pub(crate) fn app(&self, user: &str) -> App {
        app(&self.url(user), options())
    }

    /// What the server says to a statement of a user; nothing where it is done.
    pub(crate) async fn says(&self, user: &str, sql: &str) -> Option<String> {
        let connection = PgConnection::connect(&self.url(user)).await;
        let mut connection = connection.expect("the user may connect");
        let done = sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut connection)
            .await;
        let code = done.err().map(|error| {
            let code = error.as_database_error().and_then(|error| error.code());
            code.unwrap_or_default().into_owned()
        });
        connection.close().await.expect("the connection closes");
        code
    }

    #[track_caller]
    pub(crate) fn denied(said: Option<String>, sql: &str) {
        assert_eq!(said.as_deref(), Some("42501"), "{sql}");
    }

    /// Opens an account and puts money in, as a user who may.
    pub(crate) async fn deposits(&self, user: &str, id: &str, cents: &[i64]) -> Receipt {
        let store = self.app(user).open().await.expect("it opens");
        let opened = Opened {
            owner: "ada".to_owned(),
        };
        let stream = StreamId::new("ledger", id);
        let append = Append::to(&stream, Expected::NoStream, [NewEvent::of(&opened)]);
        let mut receipt = store.append(append).await.expect("stored");
        for (n, cents) in cents.iter().enumerate() {
            let root = store.aggregate::<Ledger>(id);
            let command = root.execute(Deposit(*cents)).key(n.to_string());
            receipt = command.await.expect("stored");
        }
        store.close().await;
        receipt
    }
}

/// What nobody but the owner may do, as statements.
pub(crate) const OF_THE_OWNER: [&str; 9] = [
    "update annals.events set payload = '{}'",
    "delete from annals.events",
    "truncate annals.events",
    "alter table annals.events disable trigger append_only",
    "drop trigger append_only on annals.events",
    "create or replace function annals.refuse_change() returns trigger language plpgsql as 'begin return null; end'",
    "alter table annals.events add column mine int",
    "delete from annals.streams",
    "insert into annals.migrations (number, name) values (99, 'mine')",
];
