//! A NATS server with JetStream, of a test's own.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const INSTALL: &str = "these tests need a NATS server: install one (`apt-get install nats-server`, `brew install nats-server`; \
                       it is looked for on the PATH and in /usr/sbin)";

/// The server, killed and removed with the value.
#[derive(Debug)]
pub struct NatsServer {
    folder: TempDir,
    port: u16,
    settings: String,
    child: Option<Child>,
}

impl NatsServer {
    /// A server with the usual settings.
    #[must_use]
    pub fn start_new() -> Self {
        NatsServer::with("")
    }

    /// A server with more settings, in the words of its own file.
    #[must_use]
    pub fn with(settings: &str) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("annals-nats-")
            .tempdir()
            .expect("a temporary folder");
        let port = TcpListener::bind(("127.0.0.1", 0))
            .and_then(|listener| listener.local_addr())
            .expect("a free port")
            .port();
        let mut server = NatsServer {
            folder,
            port,
            settings: settings.to_owned(),
            child: None,
        };
        server.start();
        server
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Changes its settings, from the next start on.
    pub fn set(&mut self, settings: &str) {
        settings.clone_into(&mut self.settings);
    }

    /// Starts it, with what it had stored before.
    pub fn start(&mut self) {
        let folder = self.folder.path();
        let (port, store) = (self.port, folder.join("store"));
        let file = folder.join("server.conf");
        let settings = format!(
            "listen: \"127.0.0.1:{port}\"\njetstream {{ store_dir: {store:?} }}\n{}\n",
            self.settings
        );
        std::fs::write(&file, settings).expect("the settings are written");
        let log = folder.join("server.log");
        let output = File::create(&log).expect("a file for the log");
        let child = Command::new(program())
            .arg("-c")
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(output.try_clone().expect("the same file"))
            .stderr(output)
            .spawn();
        self.child = Some(child.expect(INSTALL));
        let begun = Instant::now();
        while !self.answers() {
            let told = std::fs::read_to_string(&log).unwrap_or_default();
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "the NATS server does not start:\n{told}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends it at once, as `kill -9` does.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().expect("it can be killed");
            child.wait().expect("it ends");
        }
    }

    /// Whether it greets who connects.
    fn answers(&self) -> bool {
        let Ok(connection) = TcpStream::connect(("127.0.0.1", self.port)) else {
            return false;
        };
        let mut line = String::new();
        let read = BufReader::new(connection).read_line(&mut line);
        read.is_ok() && line.starts_with("INFO")
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        self.kill();
    }
}

fn program() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    let mut programs = folders.map(|folder| folder.join("nats-server"));
    programs.find(|program| program.is_file()).expect(INSTALL)
}
