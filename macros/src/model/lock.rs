use std::path::PathBuf;

use annals_schema::lock::LockError;

/// What the schema lock says of one declaration.
pub(crate) struct Lock<T> {
    /// The folder; `None` where the compiler was not started by cargo, so that nothing tells where it is.
    pub(crate) folder: Option<PathBuf>,
    /// The files on which the expansion depends.
    pub(crate) watched: Vec<PathBuf>,
    /// What is locked, with its file; `None` for a draft.
    pub(crate) found: Result<Option<(String, T)>, LockError>,
}

/// A locked version of an event, as messages speak of it.
pub(crate) struct Locked<'a> {
    /// The event's stored name.
    pub(crate) event: &'a str,
    pub(crate) version: u32,
    /// The newest locked version.
    pub(crate) newest: u32,
    /// The file, from the folder in which `Cargo.toml` lies.
    pub(crate) file: String,
    /// The type.
    pub(crate) ident: String,
}

impl Locked<'_> {
    /// How the help goes on after the cure: what to do where the change is meant.
    pub(crate) fn bump(&self) -> String {
        let Locked {
            event,
            version,
            newest,
            ident,
            ..
        } = self;
        if version < newest {
            return format!(": version {version} is history, and stays what it was");
        }
        let next = version + 1;
        format!(
            "\n   or: make it version {next}, and bring the old one back from the lock:\n       `#[event(name = \"{event}\", version = {next}, upcast = |old: {ident}V{version}| {ident} {{ .. }})]`\n       `annals::past!(\"{event}\", {version} => {ident}V{version});`"
        )
    }
}
