//! The programs of an installed PostgreSQL server, and how to run them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

const INSTALL: &str = "these tests need a PostgreSQL server: either install one (`apt-get install postgresql`, \
                       `brew install postgresql`; its programs are looked for on the PATH, by `pg_config --bindir` and \
                       in the usual places), or name a running one in DATABASE_URL";

/// The folder with `initdb` and `postgres`.
pub(crate) fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        candidates()
            .find(|folder| is_server(folder))
            .expect(INSTALL)
    })
}

fn is_server(folder: &Path) -> bool {
    ["initdb", "postgres", "pg_ctl"]
        .iter()
        .all(|program| folder.join(program).is_file())
}

fn candidates() -> impl Iterator<Item = PathBuf> {
    let by_pg_config = Command::new("pg_config")
        .arg("--bindir")
        .output()
        .ok()
        .filter(|output| output.status.success())
        .map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    let on_path = std::env::var_os("PATH")
        .map(|path| std::env::split_paths(&path).collect::<Vec<_>>())
        .unwrap_or_default();
    let installed = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"]
        .iter()
        .flat_map(|place| newest_first(Path::new(place)));
    by_pg_config
        .into_iter()
        .chain(on_path)
        .chain(installed)
        .chain([
            PathBuf::from("/usr/pgsql/bin"),
            PathBuf::from("/usr/local/pgsql/bin"),
        ])
}

/// `15` and `postgresql@15` are both of version 15.
fn newest_first(place: &Path) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir(place)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let version = name.to_str()?.trim_start_matches("postgresql@");
            let version = if version == "postgresql" {
                "0"
            } else {
                version
            };
            Some((version.parse().ok()?, entry.path().join("bin")))
        })
        .collect();
    found.sort_by(|one, other| other.cmp(one));
    found.into_iter().map(|(_, bin)| bin).collect()
}

/// The user and the group `postgres`, where the tests run as root, as whom no server starts.
pub(crate) fn owner() -> Option<(u32, u32)> {
    static OWNER: OnceLock<Option<(u32, u32)>> = OnceLock::new();
    *OWNER.get_or_init(|| {
        let id = |arguments: &[&str]| -> Option<u32> {
            let output = Command::new("id").args(arguments).output().ok()?;
            String::from_utf8_lossy(&output.stdout).trim().parse().ok()
        };
        if id(&["-u"]) != Some(0) {
            return None;
        }
        let (user, group) = (id(&["-u", "postgres"]), id(&["-g", "postgres"]));
        Some((
            user.expect("as root, the tests run PostgreSQL as the user `postgres`: add that user"),
            group.expect("the user `postgres` has a group"),
        ))
    })
}

/// A program of the server, run as its owner.
pub(crate) fn command(program: &str) -> Command {
    let program = folder().join(program);
    let mut command = if owner().is_some() {
        let mut command = Command::new("setpriv");
        command
            .args([
                "--reuid",
                "postgres",
                "--regid",
                "postgres",
                "--clear-groups",
                "--",
            ])
            .arg(program);
        command
    } else {
        Command::new(program)
    };
    // Nothing of the caller's own settings, and nowhere that the user `postgres` cannot go.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("PG") {
            command.env_remove(name);
        }
    }
    command
        .current_dir("/")
        .stdin(Stdio::null())
        .env("LC_ALL", "C");
    command
}

/// Runs a program to its end.
pub(crate) fn run(command: &mut Command) -> Result<(), String> {
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() {
        return Ok(());
    }
    Err(format!(
        "{command:?}: {status}\n{}{}",
        String::from_utf8_lossy(&stdout),
        String::from_utf8_lossy(&stderr)
    ))
}

/// Gives a folder or a file to the user who runs the server.
pub(crate) fn hand_over(path: &Path) {
    if let Some((user, group)) = owner() {
        std::os::unix::fs::chown(path, Some(user), Some(group))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}
