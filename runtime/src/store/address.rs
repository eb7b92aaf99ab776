use crate::error::{Error, ErrorKind};

/// Which database an address is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Database {
    Postgres,
    Sqlite,
}

impl Database {
    /// # Errors
    /// Where the address begins with no scheme that annals knows.
    pub(crate) fn of(url: &str) -> Result<Self, Error> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("postgres" | "postgresql") => Ok(Database::Postgres),
            Some("sqlite") => Ok(Database::Sqlite),
            // Not the whole address: it may hold a password.
            Some(scheme) => Err(unknown(&format!("`{scheme}:`"))),
            None => Err(unknown("no scheme")),
        }
    }
}

fn unknown(found: &str) -> Error {
    Error::new(ErrorKind::Url, format!("the address of a store begins with `postgres:` or `sqlite:`, found {found}"))
        .with_hint("write `sqlite://bank.db`, `sqlite::memory:` or `postgres://user:password@host:5432/database`")
}

#[cfg(test)]
mod tests {
    use super::Database;

    #[test]
    fn the_scheme_says_which_database_it_is() {
        assert_eq!(
            Database::of("postgres://localhost/bank").expect("known"),
            Database::Postgres
        );
        assert_eq!(
            Database::of("postgresql://localhost/bank").expect("known"),
            Database::Postgres
        );
        assert_eq!(
            Database::of("sqlite://bank.db").expect("known"),
            Database::Sqlite
        );
        assert_eq!(
            Database::of("sqlite::memory:").expect("known"),
            Database::Sqlite
        );
    }

    #[test]
    fn an_unknown_scheme_is_named_without_the_password() {
        let error = Database::of("mysql://root:secret@localhost/bank").expect_err("unknown");
        assert!(error.to_string().contains("`mysql:`"), "{error}");
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
}
