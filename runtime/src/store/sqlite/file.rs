//! What the address of a file says.

use std::path::Path;
use std::str::FromStr;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

use crate::error::{Error, ErrorKind};
use crate::store::options::StoreOptions;

const URL_HINT: &str = "an address looks like `sqlite://bank.db`, or `sqlite::memory:` for a store that is gone with the \
                        program";

/// What can stand behind the `?` of an address. Another `vfs` could lock no file, or write none; and a setting that is
/// spelled in another way (`%6dode=memory`) would mean one thing here and another one to sqlx.
const SETTINGS: [&str; 10] = [
    "mode=ro",
    "mode=rw",
    "mode=rwc",
    "mode=memory",
    "cache=private",
    "cache=shared",
    "immutable=true",
    "immutable=1",
    "immutable=false",
    "immutable=0",
];

pub(super) fn file(url: &str, options: &StoreOptions) -> Result<SqliteConnectOptions, Error> {
    if let Some(unknown) = settings(url).find(|setting| !SETTINGS.contains(setting)) {
        return Err(Error::new(
            ErrorKind::Url,
            format!("the address has a setting that is not known: `{unknown}`"),
        )
        .with_hint(format!(
            "an address looks like `sqlite://bank.db?mode=rw`; the settings are `{}`",
            SETTINGS.join("`, `")
        )));
    }
    let file = SqliteConnectOptions::from_str(url).map_err(|error| {
        Error::new(
            ErrorKind::Url,
            format!("the address of the file cannot be understood: {error}"),
        )
        .with_hint(URL_HINT)
    })?;
    if !is_memory(url)
        && let Some(wrong) = wrong_name(file.get_filename())
    {
        return Err(Error::new(ErrorKind::Url, wrong).with_hint(URL_HINT));
    }
    if !options.read_only && settings(url).any(|setting| setting == "mode=ro") {
        return Err(
            Error::new(ErrorKind::ReadOnly, "the address says `mode=ro`")
                .with_hint("open the store with `Store::options().read_only()`"),
        );
    }
    let file = file.busy_timeout(options.lock_timeout).foreign_keys(false);
    Ok(if options.read_only {
        file.read_only(true)
    } else {
        // `mode=rw` in the address says that the file must exist.
        let is_made = !settings(url).any(|setting| setting.starts_with("mode="));
        file.create_if_missing(is_made)
            .journal_mode(SqliteJournalMode::Wal)
            // Each commit is on the disk before it is answered.
            .synchronous(SqliteSynchronous::Full)
    })
}

/// What is wrong with the name of a file.
fn wrong_name(name: &Path) -> Option<String> {
    let text = name.to_string_lossy();
    if text.is_empty() {
        return Some("the address names no file".to_owned());
    }
    // Each connection would have a database of its own, or what it has could not be told from the address.
    let is_special = text == ":memory:" || text.starts_with("file:");
    is_special.then(|| format!("the file is called `{text}`, which means something else to SQLite"))
}

pub(super) fn is_memory(url: &str) -> bool {
    let path = url.split_once('?').map_or(url, |(path, _)| path);
    let path = path.trim_start_matches("sqlite:").trim_start_matches("//");
    path == ":memory:" || settings(url).any(|setting| setting == "mode=memory")
}

/// What stands behind the `?` of an address.
fn settings(url: &str) -> impl Iterator<Item = &str> {
    let settings = url.split_once('?').map_or("", |(_, settings)| settings);
    settings.split('&').filter(|setting| !setting.is_empty())
}
