//! A PostgreSQL server of a test's own.

use std::fs;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use crate::programs::{self, command, hand_over, run};

/// How long a server may refuse to start.
const STARTED_WITHIN: Duration = Duration::from_secs(30);

/// How a cluster is to be.
#[derive(Debug, Default)]
pub struct Setup {
    password: Option<String>,
    settings: Vec<(String, String)>,
    folder: Option<PathBuf>,
}

impl Setup {
    /// Nobody gets in without the password.
    #[must_use]
    pub fn password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self
    }

    /// One line of `postgresql.conf`.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The data goes into this folder, which exists.
    #[must_use]
    pub fn within(mut self, folder: &Path) -> Self {
        self.folder = Some(folder.to_owned());
        self
    }

    /// A file that the server reads, or the folder of one, is given to the user as whom it will run.
    #[must_use]
    pub fn reads(self, path: &Path) -> Self {
        hand_over(path);
        self
    }

    /// Makes the cluster and starts it.
    #[must_use]
    pub fn start(self) -> Cluster {
        let cluster = Cluster::lay(self.folder.as_deref(), self.password.clone());
        let mut initdb = command("initdb");
        let local = if self.password.is_some() {
            "scram-sha-256"
        } else {
            "trust"
        };
        initdb
            .args([
                "-U",
                "postgres",
                "--no-sync",
                "-E",
                "UTF8",
                "--locale",
                "C",
                "-A",
                local,
                "-D",
            ])
            .arg(cluster.data());
        if let Some(password) = &self.password {
            let file = cluster.home().join("password");
            fs::write(&file, password).expect("the password file is written");
            hand_over(&file);
            initdb.arg("--pwfile").arg(file);
        }
        run(&mut initdb).unwrap_or_else(|error| panic!("{error}"));
        let mut settings = String::from(
            "listen_addresses = '127.0.0.1'\nmax_connections = 300\nmax_prepared_transactions = 10\n\
             max_wal_size = 256MB\n",
        );
        // Nobody pulls the plug of a throwaway server: without waiting for the disk it does the same, faster.
        settings.push_str("fsync = off\nfull_page_writes = off\n");
        for (name, value) in &self.settings {
            settings.push_str(&format!("{name} = '{value}'\n"));
        }
        cluster.configure(&settings);
        cluster.start();
        cluster
    }
}

/// A PostgreSQL server of a test's own: stopped and removed with the value, or with the test's process.
#[derive(Debug)]
pub struct Cluster {
    home: tempfile::TempDir,
    data: PathBuf,
    port: Mutex<u16>,
    password: Option<String>,
    watchdog: Child,
}

impl Cluster {
    /// A cluster with the usual settings.
    #[must_use]
    pub fn start_new() -> Self {
        Setup::default().start()
    }

    fn lay(folder: Option<&Path>, password: Option<String>) -> Self {
        let home = tempfile::Builder::new()
            .prefix("annals-pg-")
            .tempdir()
            .expect("a temporary folder");
        hand_over(home.path());
        let data = folder.unwrap_or(home.path()).join("data");
        if let Some(folder) = folder {
            hand_over(folder);
        }
        let watchdog = watch(home.path(), &data);
        Cluster {
            home,
            data,
            port: Mutex::new(0),
            password,
            watchdog,
        }
    }

    /// The folder of everything that belongs to it.
    #[must_use]
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    fn data(&self) -> &Path {
        &self.data
    }

    fn configure(&self, settings: &str) {
        let file = self.data.join("postgresql.auto.conf");
        fs::write(&file, settings).expect("the settings are written");
        hand_over(&file);
    }

    /// Starts the server, which does not run, on a port of its own: the same as before where it is still free.
    pub fn start(&self) {
        let begun = Instant::now();
        loop {
            let port = free_port(self.port());
            *self.port.lock().expect("no panic while the port is set") = port;
            let options = format!("-k '{}' -p {port}", self.home().display());
            let mut start = command("pg_ctl");
            start
                .args(["start", "-w", "-s", "-t", "60", "-o", &options, "-D"])
                .arg(&self.data)
                .arg("-l")
                .arg(self.log_file());
            // Without pipes: the server would hold them open.
            start.stdout(Stdio::null()).stderr(Stdio::null());
            let status = match start.status() {
                Ok(status) if status.success() => return,
                Ok(status) => status.to_string(),
                Err(error) => error.to_string(),
            };
            // The port was taken meanwhile; or processes of a server that was killed still hold its memory, on a machine with
            // much to do for seconds.
            assert!(
                begun.elapsed() < STARTED_WITHIN,
                "{start:?}: {status}\n{}",
                self.log()
            );
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Stops the server in an orderly way, without waiting for its clients.
    pub fn stop(&self) {
        self.pg_ctl(&["stop", "-m", "fast"]);
    }

    /// Ends every process of the server at once, as a crash would.
    pub fn crash(&self) {
        self.pg_ctl(&["stop", "-m", "immediate"]);
    }

    /// Turns a standby into a primary.
    pub fn promote(&self) {
        self.pg_ctl(&["promote"]);
    }

    fn pg_ctl(&self, arguments: &[&str]) {
        run(command("pg_ctl")
            .args(arguments)
            .args(["-w", "-s", "-D"])
            .arg(&self.data))
        .unwrap_or_else(|error| panic!("{error}"));
    }

    /// The SQL that makes a database of the same content, by `psql`.
    #[must_use]
    pub fn dump(&self, database: &str) -> String {
        self.dumped(database, &[])
    }

    /// The SQL that makes a schema of the same content, by whomever it is run.
    #[must_use]
    pub fn dump_inserts(&self, database: &str, schema: &str) -> String {
        let plain = [
            "--inserts",
            "--no-owner",
            "--no-privileges",
            "--schema",
            schema,
        ];
        self.dumped(database, &plain)
    }

    fn dumped(&self, database: &str, arguments: &[&str]) -> String {
        let dump = self
            .client("pg_dump", database)
            .args(arguments)
            .output()
            .expect("`pg_dump` runs");
        let told = String::from_utf8_lossy(&dump.stderr).into_owned();
        assert!(dump.status.success(), "{told}");
        String::from_utf8(dump.stdout).expect("the dump is text")
    }

    /// Runs SQL of [`Cluster::dump`] in one of its databases, which is empty.
    pub fn restore(&self, database: &str, dump: &str) {
        let file = self.home().join("dump.sql");
        fs::write(&file, dump).expect("the dump is written");
        hand_over(&file);
        let mut psql = self.client("psql", database);
        psql.args(["-q", "-v", "ON_ERROR_STOP=1", "-f"]).arg(&file);
        run(&mut psql).unwrap_or_else(|error| panic!("{error}"));
    }

    fn client(&self, program: &str, database: &str) -> Command {
        let mut client = command(program);
        client
            .args(["-h", "127.0.0.1", "-U", "postgres", "-d", database, "-p"])
            .arg(self.port().to_string())
            .env("PGPASSWORD", self.password.as_deref().unwrap_or_default());
        client
    }

    /// A second server that follows this one and can be read only.
    #[must_use]
    pub fn standby(&self) -> Cluster {
        let standby = Cluster::lay(None, self.password.clone());
        run(command("pg_basebackup")
            .args([
                "-h",
                "127.0.0.1",
                "-U",
                "postgres",
                "-R",
                "-X",
                "stream",
                "-c",
                "fast",
                "-p",
            ])
            .arg(self.port().to_string())
            .env("PGPASSWORD", self.password.as_deref().unwrap_or_default())
            .arg("-D")
            .arg(&standby.data))
        .unwrap_or_else(|error| panic!("{error}"));
        standby.start();
        standby
    }

    /// The port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        *self.port.lock().expect("no panic while the port is set")
    }

    /// The address of one of its databases, for the superuser `postgres`.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let password = match &self.password {
            Some(password) => format!(":{password}"),
            None => String::new(),
        };
        format!(
            "postgres://postgres{password}@127.0.0.1:{}/{database}",
            self.port()
        )
    }

    fn log_file(&self) -> PathBuf {
        self.home().join("log")
    }

    /// Gives a folder to the user as whom the server runs.
    pub fn hand_over(&self, folder: &Path) {
        hand_over(folder);
    }

    /// What the server wrote to its log.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read(self.log_file())
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // The watchdog does the work: it runs as soon as its input ends.
        drop(self.watchdog.stdin.take());
        let _ = self.watchdog.wait();
    }
}

/// A child that waits until this process lets go of it, for whatever reason it does, and then stops the server and
/// removes its files.
fn watch(home: &Path, data: &Path) -> Child {
    const SCRIPT: &str = r#"trap '' HUP INT TERM
read -r _
if [ -f "$2/postmaster.pid" ]; then
    if [ -n "$4" ]; then setpriv --reuid postgres --regid postgres --clear-groups -- "$3" stop -s -w -m immediate -D "$2"
    else "$3" stop -s -w -m immediate -D "$2"; fi
fi
rm -rf "$2" "$1""#;
    let run_as = if programs::owner().is_some() {
        "postgres"
    } else {
        ""
    };
    Command::new("sh")
        .args(["-c", SCRIPT, "sh"])
        .args([home, data, &programs::folder().join("pg_ctl")])
        .arg(run_as)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Out of reach of a Ctrl-C that ends the tests.
        .process_group(0)
        .spawn()
        .expect("`sh` runs")
}

fn free_port(wanted: u16) -> u16 {
    if wanted != 0 && TcpListener::bind(("127.0.0.1", wanted)).is_ok() {
        return wanted;
    }
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port()
}
