//! The numbered files that make the tables.

/// One step of the tables' history.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Migration {
    pub(crate) number: i64,
    pub(crate) name: &'static str,
    pub(crate) sql: &'static str,
}

/// How the tables that were found relate to those that this release needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    Current,
    /// None at all, or those of an older release.
    Behind,
    /// Those of a newer release, by the number of its last migration.
    Newer(i64),
}

impl Found {
    /// # Arguments
    /// `last` is the number of the last migration that was run; `None` where there are no tables.
    pub(crate) fn of(migrations: &[Migration], last: Option<i64>) -> Self {
        let newest = migrations.last().map_or(0, |migration| migration.number);
        match last {
            Some(last) if last == newest => Found::Current,
            Some(last) if last > newest => Found::Newer(last),
            _ => Found::Behind,
        }
    }
}

/// The migrations that are still to be run.
pub(crate) fn pending(
    migrations: &[Migration],
    last: Option<i64>,
) -> impl Iterator<Item = &Migration> {
    migrations
        .iter()
        .filter(move |migration| Some(migration.number) > last)
}

#[cfg(test)]
mod tests {
    use super::{Found, Migration, pending};

    const TWO: [Migration; 2] = [
        Migration {
            number: 1,
            name: "one",
            sql: "",
        },
        Migration {
            number: 2,
            name: "two",
            sql: "",
        },
    ];

    #[test]
    fn what_is_found_is_told_apart() {
        assert_eq!(Found::of(&TWO, None), Found::Behind);
        assert_eq!(Found::of(&TWO, Some(1)), Found::Behind);
        assert_eq!(Found::of(&TWO, Some(2)), Found::Current);
        assert_eq!(Found::of(&TWO, Some(3)), Found::Newer(3));
    }

    #[test]
    fn only_what_was_not_run_is_pending() {
        let names = |last| {
            pending(&TWO, last)
                .map(|migration| migration.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(names(None), ["one", "two"]);
        assert_eq!(names(Some(1)), ["two"]);
        assert!(names(Some(2)).is_empty());
    }
}
