//! Connections that nobody in between reads or answers in the server's place.

use std::path::{Path, PathBuf};
use std::process::Command;

use annals::{Append, Error, ErrorKind, Expected, Store};
use annals_tests::domain::{account, deposited};
use annals_tests::{Cluster, Database, Setup, options};

/// A server with TLS, and the certificate of who signed its own.
struct Sealed {
    // Kept: both go with the value.
    cluster: Cluster,
    _folder: tempfile::TempDir,
    root: PathBuf,
}

fn openssl(folder: &Path, arguments: &str) {
    let made = Command::new("openssl")
        .current_dir(folder)
        .args(arguments.split(' '))
        .output();
    let made = made.expect("`openssl` is installed: `apt-get install openssl`");
    assert!(
        made.status.success(),
        "openssl {arguments}: {}",
        String::from_utf8_lossy(&made.stderr)
    );
}

/// An authority, and a certificate of its own for a server that is called by an address.
fn certificates(folder: &Path) {
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    openssl(
        folder,
        &format!("req -x509 {key} -keyout root.key -out root.crt -days 2 -subj /CN=authority"),
    );
    openssl(
        folder,
        &format!("req {key} -keyout server.key -out server.csr -subj /CN=server"),
    );
    let extension = "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n";
    std::fs::write(folder.join("names"), extension).expect("written");
    openssl(
        folder,
        "x509 -req -in server.csr -CA root.crt -CAkey root.key -CAcreateserial -days 2 -extfile names -out server.crt",
    );
}

/// `kind` is that of `pg_hba.conf`: `host` lets in with and without TLS, `hostssl` nobody without.
fn sealed(kind: &str) -> Sealed {
    let folder = tempfile::tempdir().expect("a temporary folder");
    certificates(folder.path());
    let file = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(
        folder.path().join("hba"),
        format!("{kind} all all 127.0.0.1/32 trust\nlocal all all trust\n"),
    )
    .expect("written");
    let setup = Setup::default()
        .set("ssl", "on")
        .set("ssl_cert_file", &file("server.crt"))
        .set("ssl_key_file", &file("server.key"))
        .set("hba_file", &file("hba"))
        .reads(folder.path())
        .reads(&folder.path().join("server.key"));
    let root = folder.path().join("root.crt");
    Sealed {
        cluster: setup.start(),
        _folder: folder,
        root,
    }
}

impl Sealed {
    fn url(&self, parameters: &str) -> String {
        format!("{}?{parameters}", self.cluster.url("postgres"))
    }
}

async fn refused(url: &str) -> Error {
    let opened = options().connect(url).await;
    opened.err().unwrap_or_else(|| panic!("{url} is let in"))
}

#[tokio::test]
async fn a_server_is_reached_by_tls_and_held_against_its_certificate() {
    let sealed = sealed("host");
    let root = sealed.root.display();
    let url = sealed.url(&format!("sslmode=verify-full&sslrootcert={root}"));
    Store::migrate(&url).await.expect("migrated");
    let store = options().connect(&url).await.expect("it opens");
    let append = Append::to(&account("1"), Expected::Any, [deposited(1)]);
    store.append(append).await.expect("stored");
    let database = Database::at(&url);
    let sessions = |is_sealed: bool| {
        format!(
            "select count(*) from pg_stat_ssl s join pg_stat_activity a using (pid)
             where s.ssl = {is_sealed} and a.backend_type = 'client backend'"
        )
    };
    assert!(database.number(&sessions(true)).await > 1);
    assert_eq!(database.number(&sessions(false)).await, 0);
    store.close().await;
}

#[tokio::test]
async fn a_server_whose_certificate_is_not_known_is_refused() {
    let sealed = sealed("hostssl");
    Store::migrate(&sealed.url("sslmode=require"))
        .await
        .expect("sealed, whoever it is");
    // Of no authority that the world knows.
    let error = refused(&sealed.url("sslmode=verify-full")).await;
    assert_eq!(error.kind(), ErrorKind::Unreachable, "{error:?}");
    // Of another authority.
    let other = tempfile::tempdir().expect("a temporary folder");
    certificates(other.path());
    let root = other.path().join("root.crt");
    let error = refused(&sealed.url(&format!(
        "sslmode=verify-full&sslrootcert={}",
        root.display()
    )))
    .await;
    assert_eq!(error.kind(), ErrorKind::Unreachable, "{error:?}");
    // By a name that the certificate does not hold.
    let url = sealed.url(&format!(
        "sslmode=verify-full&sslrootcert={}",
        sealed.root.display()
    ));
    let error = refused(&url.replace("127.0.0.1", "localhost")).await;
    assert_eq!(error.kind(), ErrorKind::Unreachable, "{error:?}");
}

#[tokio::test]
async fn a_server_that_demands_tls_is_not_reached_without() {
    let sealed = sealed("hostssl");
    let error = refused(&sealed.url("sslmode=disable")).await;
    assert_eq!(error.kind(), ErrorKind::Denied, "{error:?}");
    assert!(error.to_string().contains("no encryption"), "{error}");
}
