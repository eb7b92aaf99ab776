//! Annotations in the words of GitHub's runner.

use std::path::Path;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Error,
    Warning,
    Notice,
}

/// One line that the runner shows beside the file.
pub(super) fn line(level: Level, file: Option<&Path>, title: &str, message: &str) -> String {
    let level = match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Notice => "notice",
    };
    // A file that is not there yet cannot be shown.
    let file = file.filter(|file| file.exists()).map(|file| {
        let file = property(&in_repository(file).to_string_lossy());
        format!("file={file},")
    });
    let file = file.unwrap_or_default();
    format!(
        "::{level} {file}title={}::{}",
        property(title),
        data(message)
    )
}

/// The path as the runner knows it: from the folder into which the repository was checked out.
fn in_repository(file: &Path) -> &Path {
    let workspace = std::env::var_os("GITHUB_WORKSPACE").map(Into::into);
    let root = workspace.or_else(|| std::env::current_dir().ok());
    match root {
        Some(root) => file.strip_prefix(&root).unwrap_or(file),
        None => file,
    }
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Level, line};

    #[test]
    fn what_the_runner_would_take_for_its_own_signs_is_escaped() {
        let here = Path::new("Cargo.toml");
        assert_eq!(
            line(Level::Error, Some(here), "a:b,c", "100 %\nx: y, z"),
            "::error file=Cargo.toml,title=a%3Ab%2Cc::100 %25%0Ax: y, z"
        );
        assert_eq!(
            line(Level::Notice, Some(Path::new("missing")), "t", "m"),
            "::notice title=t::m"
        );
    }
}
