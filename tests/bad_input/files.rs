//! Files that are no store, or not one for us.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use annals::{ErrorKind, Store};
use annals_tests::domain::{Account, account, deposited};
use annals_tests::{Database, sqlite};
use tempfile::TempDir;

use crate::{one, refused, says};

#[tokio::test]
async fn a_file_that_is_no_database_is_left_alone() {
    let database = sqlite().await;
    let text = "Dear diary, today I stored no events at all. ".repeat(100);
    fs::write(database.file(), &text).expect("written");
    let error = refused(database.url()).await;
    says(&error, ErrorKind::Url, &["test.db"], &["SQLite"]);
    assert_eq!(fs::read_to_string(database.file()).expect("readable"), text);
}

#[tokio::test]
async fn a_folder_is_no_store() {
    let database = sqlite().await;
    fs::create_dir(database.file()).expect("a folder");
    let error = refused(database.url()).await;
    says(&error, ErrorKind::Url, &["test.db"], &["folder"]);
}

#[tokio::test]
async fn a_folder_that_does_not_exist_is_not_made() {
    let database = sqlite().await;
    let url = database.url().replace("test.db", "no/where/test.db");
    let error = refused(&url).await;
    says(&error, ErrorKind::Url, &["no/where/test.db"], &["folder"]);
    assert!(!database.file().with_file_name("no").exists());
}

#[tokio::test]
async fn an_empty_file_becomes_a_store() {
    let database = sqlite().await;
    fs::write(database.file(), b"").expect("an empty file");
    database
        .store()
        .await
        .append(one("1"))
        .await
        .expect("stored");
    assert_eq!(database.events().await, 1);
}

#[tokio::test]
async fn a_missing_file_is_not_made_for_reading() {
    let database = sqlite().await;
    let error = Store::options().read_only().connect(database.url()).await;
    says(
        &error.expect_err("missing"),
        ErrorKind::Url,
        &["test.db"],
        &["exist"],
    );
    assert!(!database.file().exists());
}

#[tokio::test]
async fn a_file_locked_by_another_program_is_busy() {
    let database = sqlite().await;
    database
        .store()
        .await
        .append(one("1"))
        .await
        .expect("stored");
    let store = database
        .open(annals_tests::options().lock_timeout(Duration::from_millis(100)))
        .await;
    let mut hand = database.connection().await;
    hand.sql("BEGIN IMMEDIATE").await;
    let error = store.append(one("1")).await.expect_err("locked");
    says(&error, ErrorKind::Busy, &["locked"], &["another program"]);
    assert!(error.is_retryable());
    // Readers are not in its way.
    let loaded = store.aggregate::<Account>("1").load().await;
    assert_eq!(loaded.expect("loads").balance, 1);
    hand.sql("ROLLBACK").await;
    hand.close().await;
    store.append(one("1")).await.expect("stored");
}

#[tokio::test]
async fn a_damaged_file_is_corrupt() {
    let database = sqlite().await;
    let store = database.store().await;
    let events = (0..20_000).map(deposited);
    let append = annals::Append::to(&account("1"), annals::Expected::NoStream, events);
    store.append(append).await.expect("stored");
    store.close().await;
    let mut bytes = fs::read(database.file()).expect("readable");
    let middle = bytes.len() / 4096 / 4 * 4096;
    bytes[middle..middle + 40 * 4096].fill(0xA5);
    fs::write(database.file(), bytes).expect("written");
    let store = database.store().await;
    let error = store.stream(&account("1")).all().await;
    let error = error.expect_err("damaged");
    says(&error, ErrorKind::Corrupt, &[], &["backup"]);
}

#[tokio::test]
async fn a_store_in_memory_is_gone_with_its_last_clone() {
    let store = Store::connect("sqlite::memory:").await.expect("a store");
    store.append(one("1")).await.expect("stored");
    let clone = store.clone();
    drop(store);
    let events = clone.stream(&account("1")).all().await;
    assert_eq!(events.expect("readable").len(), 1);
    let another = Store::connect("sqlite::memory:").await.expect("a store");
    let events = another.stream(&account("1")).all().await;
    assert!(events.expect("readable").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_in_memory_serves_many_at_once() {
    let store = Store::connect("sqlite::memory:").await.expect("a store");
    let tasks: Vec<_> = (0..20)
        .map(|n| {
            let root = store.aggregate::<Account>((n % 3).to_string());
            tokio::spawn(async move {
                root.execute(annals_tests::domain::Deposit(1)).await?;
                root.load().await.map_err(annals::CommandError::Store)?;
                root.execute(annals_tests::domain::Deposit(1)).await
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic").expect("stored");
    }
    let mut sum = 0;
    for id in ["0", "1", "2"] {
        let loaded = store.aggregate::<Account>(id).load().await;
        sum += loaded.expect("loads").balance;
    }
    assert_eq!(sum, 40);
}

#[tokio::test]
async fn a_file_may_have_an_unusual_name() {
    let folder = TempDir::new().expect("a folder");
    for (name, url_name) in [
        ("my bank.db", "my bank.db"),
        ("my bank 2.db", "my%20bank%202.db"),
        ("Größe 🔑.db", "Größe 🔑.db"),
        ("50% #1?.db", "50%25%20%231%3F.db"),
        ("it's;--.db", "it's;--.db"),
    ] {
        let url = format!("sqlite://{}/{url_name}", folder.path().display());
        let store = Store::connect(&url).await.expect("a store");
        store.append(one("1")).await.expect("stored");
        let events = store.stream(&account("1")).all().await;
        assert_eq!(events.expect("readable").len(), 1);
        assert!(folder.path().join(name).exists(), "{name}");
    }
}

/// Files of somebody else's, used by a user with few rights.
struct Foreign {
    database: Database,
    bin: TempDir,
    is_root: bool,
}

impl Foreign {
    /// A store with one event, its file and folder with the given rights.
    async fn new(file: u32, folder: u32) -> Self {
        let database = sqlite().await;
        let store = database.store().await;
        store.append(one("1")).await.expect("stored");
        store.close().await;
        let is_root = is_root();
        let bin = TempDir::new().expect("a folder");
        set_mode(bin.path(), 0o755);
        // Where everybody can reach it.
        let probe = bin.path().join("probe");
        fs::copy(env!("CARGO_BIN_EXE_probe"), &probe).expect("copied");
        set_mode(&probe, 0o755);
        set_mode(&database.file(), file);
        set_mode(database.file().parent().expect("a folder"), folder);
        Foreign {
            database,
            bin,
            is_root,
        }
    }

    /// Runs the probe as somebody who is not root: root may do everything.
    fn probe(&self, what: &str, url: &str) -> serde_json::Value {
        let probe = self.bin.path().join("probe");
        let mut command = if self.is_root {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]);
            command.arg(probe);
            command
        } else {
            Command::new(probe)
        };
        let output = command.args([what, url]).current_dir("/").output();
        let output = output.expect("the probe runs");
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
    }

    #[track_caller]
    fn refuses(&self, what: &str, kinds: &[&str], cures: &[&str]) {
        let told = self.probe(what, self.database.url());
        let text = |name: &str| told[name].as_str().unwrap_or_default();
        assert!(kinds.contains(&text("kind")), "{told}");
        assert!(text("message").contains("test.db"), "{told}");
        for cure in cures {
            assert!(text("hint").contains(cure), "{told}");
        }
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        // So that it can be removed.
        set_mode(self.database.file().parent().expect("a folder"), 0o755);
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("`id` runs");
    id.stdout.trim_ascii() == b"0"
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("the rights are set");
}

#[tokio::test]
async fn a_file_that_may_not_be_written_is_read_only() {
    let foreign = Foreign::new(0o444, 0o777).await;
    foreign.refuses("write", &["ReadOnly"], &["write the file"]);
    let told = foreign.probe("read", foreign.database.url());
    assert_eq!(told["events"], 1, "{told}");
}

#[tokio::test]
async fn a_file_in_a_folder_that_may_not_be_written_is_named() {
    let foreign = Foreign::new(0o666, 0o555).await;
    foreign.refuses("write", &["ReadOnly", "Url", "Denied"], &["folder"]);
}

/// As on a read-only medium: nothing can be put beside the file.
#[tokio::test]
async fn a_file_among_nothing_that_may_be_written_can_be_read() {
    let foreign = Foreign::new(0o444, 0o555).await;
    foreign.refuses("read", &["ReadOnly"], &["immutable=true"]);
    let told = foreign.probe(
        "read",
        &format!("{}?immutable=true", foreign.database.url()),
    );
    assert_eq!(told["events"], 1, "{told}");
}

#[tokio::test]
async fn a_file_that_may_not_be_read_is_denied() {
    let foreign = Foreign::new(0o000, 0o777).await;
    foreign.refuses("write", &["Denied", "Url"], &["read"]);
    foreign.refuses("read", &["Denied", "Url"], &["read"]);
}

#[tokio::test]
async fn a_file_that_cannot_be_made_is_named() {
    let foreign = Foreign::new(0o666, 0o555).await;
    let url = foreign.database.url().replace("test.db", "new-test.db");
    let told = foreign.probe("write", &url);
    assert!(
        ["Denied", "Url", "ReadOnly"].contains(&told["kind"].as_str().unwrap_or_default()),
        "{told}"
    );
    let message = told["message"].as_str().unwrap_or_default();
    assert!(message.contains("new-test.db"), "{told}");
}
