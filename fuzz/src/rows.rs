//! Rows that somebody edited by hand, in every table of annals.

use std::time::Duration;

use annals::inspect::{self, EventRef};
use annals::process::operate;
use annals::projection::{parked, status};
use annals::{AsOf, Position, Store, Version, migrate, transfer};

use crate::domain::{self, Book, Safe, Sum, Write};
use crate::held::{self, Held, TABLES, book};
use crate::payload::quoted;

/// Whoever looks gets an answer, be it an error; and a stream that is whole is one whose rows say so.
///
/// Each line is an edit: `table.column row value`, or `delete table row`. The row counts from 0 in the order of the key, or is
/// `*` for all. The value is a number, `null`, text after `=`, or bytes as hex after `x`.
pub fn run(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    let edits: Vec<_> = text.lines().take(8).filter_map(edit).collect();
    if edits.is_empty() {
        return;
    }
    let works = [
        "partitions",
        "projections",
        "workers",
        "parked",
        "instances",
        "timers",
        "deliveries",
    ];
    let is_followed = works.iter().any(|table| text.contains(table));
    held::with(held::filled, async |held| {
        for edit in &edits {
            // SQLite itself refuses some.
            let _ = held.execute(edit).await;
        }
        look(&held.store).await;
        is_whole(held).await;
        if is_followed {
            follow(&held.store).await;
        }
    });
}

fn edit(line: &str) -> Option<String> {
    let mut words = line.splitn(3, ' ');
    let (first, second) = (words.next()?, words.next()?);
    if first == "delete" {
        let (table, key) = TABLES.iter().find(|(table, _)| *table == second)?;
        let place = place(table, key, words.next()?)?;
        return Some(format!("delete from annals_{table} where {place}"));
    }
    let (table, column) = first.split_once('.')?;
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    let (table, key) = TABLES.iter().find(|(of, _)| *of == table)?;
    let place = place(table, key, second)?;
    let value = value(words.next()?)?;
    is_name(column).then(|| format!("update annals_{table} set {column} = {value} where {place}"))
}

fn place(table: &str, key: &str, row: &str) -> Option<String> {
    if row == "*" {
        return Some("true".to_owned());
    }
    let row: u8 = row.parse().ok()?;
    Some(format!(
        "({key}) = (select {key} from annals_{table} order by {key} limit 1 offset {row})"
    ))
}

fn value(text: &str) -> Option<String> {
    if text == "null" {
        return Some("null".to_owned());
    }
    if let Some(text) = text.strip_prefix('=') {
        return Some(quoted(text));
    }
    if let Some(hex) = text.strip_prefix('x') {
        let is_hex = hex.len() % 2 == 0 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        return is_hex.then(|| format!("cast(x'{hex}' as text)"));
    }
    text.parse::<i64>().ok().map(|number| number.to_string())
}

/// Everything that looks.
async fn look(store: &Store) {
    let app = domain::app(store.clone());
    let checkup = inspect::doctor(&app)
        .await
        .expect("a doctor always answers");
    assert!(!checkup.findings.is_empty());
    let _ = store.feed().page(100).read().await;
    let _ = inspect::stats(&app, true).await;
    let _ = inspect::trace(&app, "", "c-1").await;
    for stream in ["book-1", "safe-1"] {
        let _ = inspect::stream(&app, "", stream).await;
    }
    for position in 1..6 {
        let _ = inspect::event(&app, "", &EventRef::Position(Position::new(position))).await;
    }
    let book = store.aggregate::<Book>("1");
    let mut history = book.history();
    while let Ok(Some(_)) = history.next().await {}
    let far = chrono::DateTime::<chrono::Utc>::MAX_UTC;
    for as_of in [
        AsOf::version(Version::new(2)),
        AsOf::time(far),
        AsOf::occurred(far),
    ] {
        let _ = book.state_at(as_of).await;
    }
    let _ = store.aggregate::<Safe>("1").load().await;
    let _ = store
        .aggregate::<Safe>("1")
        .execute(Write(1))
        .key("1")
        .await;
    let _ = store
        .aggregate::<Safe>("1")
        .execute(Write(0))
        .key("none")
        .await;
    let _ = store.aggregate::<Safe>("1").execute(Write(7)).await;
    let mut instances = store.instances::<Book>();
    while let Ok(Some(_)) = instances.next().await {}
    let _ = store.live::<Sum>().rows().await;
    if let Ok(rows) = store.read_model::<Sum>().rows().await {
        let _ = rows.collect().await;
    }
    let _ = status::list(&app, None).await;
    let _ = parked::list(&app, None, 9).await;
    let _ = parked::show(&app, "sums", Position::new(3)).await;
    let _ = operate::list(&app, &operate::Instances::default(), 9).await;
    let _ = operate::not_begun(&app, None).await;
    let _ = operate::timers(&app, None, 9).await;
    for id in ["1.0", "1.1"] {
        let _ = operate::show(&app, "order_fulfilment", "", id).await;
    }
    let _ = migrate::plan(&app).await;
    let _ = transfer::export(store).write(&mut std::io::sink()).await;
    let _ = app.open().await;
}

/// What is loaded is what lies there: all of it, in its order.
async fn is_whole(held: &Held) {
    let head = held.rows("select cast(version as text) from annals_streams where tenant = '' and stream = 'book-1'").await;
    let rows = held
        .rows("select cast(version as text), payload from annals_events where tenant = '' and stream = 'book-1' order by version")
        .await;
    let number = |cell: &Option<Vec<u8>>| -> i64 {
        let text = String::from_utf8(cell.clone().expect("no null")).expect("digits");
        text.parse().expect("a number")
    };
    let versions: Vec<i64> = rows.iter().map(|row| number(&row[0])).collect();
    let is_whole = versions.iter().copied().eq(1..=versions.len() as i64)
        && head.first().map_or(0, |row| number(&row[0])) == versions.len() as i64;
    let stream = held.store.stream(&book("1"));
    let backwards = held.store.stream(&book("1")).backwards().all().await;
    for all in [stream.all().await, backwards] {
        let Ok(events) = all else { continue };
        assert!(is_whole, "{head:?} {versions:?} was read as whole");
        assert_eq!(events.len(), rows.len());
    }
    let Ok(loaded) = held.store.aggregate::<Book>("1").load().await else {
        return;
    };
    assert!(is_whole, "{head:?} {versions:?} was loaded as whole");
    assert_eq!(loaded.version().get(), rows.len() as u64);
}

/// Workers come to an end, too.
async fn follow(store: &Store) {
    let app = domain::app(store.clone());
    let _ = parked::retry(&app, "sums", None).await;
    let _ = operate::retry(&app, "order_fulfilment", "", "1.0").await;
    let Ok(running) = app.start().await else {
        return;
    };
    if let Ok(frontier) = store.frontier().await {
        let rows = store.read_model::<Sum>().after_position(frontier);
        let _ = rows.timeout(Duration::from_millis(20)).wait().await;
    }
    running.stop().await;
}
