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
