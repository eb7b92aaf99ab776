//! Addresses of stores, and what is said beside them.

use annals::{ErrorKind, Store};
use tokio::runtime::Builder;

/// Never leads out of the folder, nor over a network.
const LEFT_OUT: [&str; 4] = ["..", "%", "\\", "\0"];

/// An address is of a database that annals knows, or is refused without a word of what may be a password. A name of a schema that
/// is taken cannot break out of SQL.
///
/// The first line is the address, the second one the schema.
pub fn run(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    let (url, schema) = text.split_once('\n').unwrap_or((text, "annals"));
    let options = || Store::options().schema(schema);
    if let Ok(sql) = options().migration_sql("postgres:") {
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        assert!(
            !schema.is_empty() && schema.len() <= 63 && schema.bytes().all(is_name),
            "{schema:?}"
        );
        assert!(sql.contains(schema));
    }
    let scheme = url.split_once(':').map_or("", |(scheme, _)| scheme);
    match options().migration_sql(url) {
        Ok(_) => assert!(
            ["postgres", "postgresql", "sqlite"].contains(&scheme),
            "{url}"
        ),
        Err(error) => assert!(error.hint().is_some(), "{error}"),
    }
    let rest = url.trim_start_matches("sqlite:").trim_start_matches("//");
    if scheme.starts_with("postgres")
        || rest.contains('/')
        || LEFT_OUT.iter().any(|part| url.contains(part))
    {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    std::env::set_current_dir(folder.path()).expect("a folder to be in");
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        match options().connect(url).await {
            Ok(store) => {
                store.feed().read().await.expect("a new store can be read");
                store.close().await;
            }
            Err(error) => {
                assert!(error.hint().is_some(), "{error:?}");
                let is_known = scheme == "sqlite";
                assert!(is_known || error.kind() == ErrorKind::Url, "{error:?}");
                let rest = url.split_once(':').map_or("", |(_, rest)| rest);
                let is_example = error.hint().is_some_and(|hint| hint.contains(rest));
                let is_told = rest.len() > 8
                    && !is_example
                    && error.to_string().replace(scheme, "").contains(rest);
                assert!(is_known || !is_told, "{error:?} tells a password");
            }
        }
    });
    std::env::set_current_dir("/").expect("a folder to be in");
}
