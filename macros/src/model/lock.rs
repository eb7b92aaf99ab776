use std::path::PathBuf;

use annals_schema::lock::LockError;

use super::event::Noun;

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
    pub(crate) noun: Noun,
    /// The event's stored name.
    pub(crate) event: &'a str,
    pub(crate) version: u32,
    /// The newest locked version.
    pub(crate) newest: u32,
    /// The file, from the folder in which `Cargo.toml` lies.
    pub(crate) file: String,
    /// Whether `past!` has made the type.
    pub(crate) is_past: bool,
    /// The type.
    pub(crate) ident: String,
}

impl Locked<'_> {
    /// How the help goes on after the cure: what to do where the change is meant.
    pub(crate) fn bump(&self) -> String {
        let Locked {
            noun,
            event,
            version,
            newest,
            ident,
            is_past,
            ..
        } = self;
        if *is_past {
            return format!(
                "\n   or: name no type here, so that one is made that stores what version {version} stored"
            );
        }
        let old = old_version(ident, *version);
        if version < newest {
            return format!(": version {version} is history, and stays what it was");
        }
        let next = version + 1;
        format!(
            "\n   or: make it version {next}, and bring the old one back from the lock:\n       `#[{noun}(name = \"{event}\", version = {next}, upcast = |old: {old}| {ident} {{ .. }})]`\n       `annals::past!(\"{event}\", {version} => {old});`"
        )
    }
}

/// A name for the type of an older version: `AccountOpenedV1` beside `AccountOpened` and beside `AccountOpenedV2`.
pub(crate) fn old_version(ident: &str, version: u32) -> String {
    let bare = ident.trim_end_matches(|c: char| c.is_ascii_digit());
    let bare = match bare.strip_suffix('V') {
        Some(bare) if bare.len() + 1 < ident.len() && !bare.is_empty() => bare,
        _ => ident,
    };
    format!("{bare}V{version}")
}

#[cfg(test)]
mod tests {
    use super::old_version;

    #[test]
    fn old_versions_are_named_after_the_event() {
        assert_eq!(old_version("AccountOpened", 1), "AccountOpenedV1");
        assert_eq!(old_version("AccountOpenedV2", 1), "AccountOpenedV1");
        assert_eq!(old_version("TV", 3), "TVV3");
        assert_eq!(old_version("Order66", 1), "Order66V1");
    }
}
