//! What each signature of a handler does to rows, and which rows.

use annals::prelude::*;
use annals::{App, StreamId};
use annals_tests::{Database, contract};

use crate::stored::{add, app, rows, started};

contract![
    rows_are_made_changed_replaced_and_deleted,
    one_page_gives_what_many_give,
    one_event_changes_several_rows,
    a_key_named_twice_is_changed_once,
    keys_of_several_columns_tell_rows_apart,
    times_that_are_kept_alike_are_one_key,
];

#[derive(Event, Serialize, Deserialize)]
#[event("item.added")]
struct Added {
    value: i64,
}

#[derive(Event, Serialize, Deserialize)]
#[event("item.raised")]
struct Raised {
    by: i64,
}

#[derive(Event, Serialize, Deserialize)]
#[event("item.renewed")]
struct Renewed {
    value: i64,
}

#[derive(Event, Serialize, Deserialize)]
#[event("item.removed")]
struct Removed {}

#[derive(Event, Serialize, Deserialize)]
#[event("item.touched")]
struct Touched {
    value: i64,
}

#[derive(ReadModel, Debug, Clone, PartialEq)]
struct Item {
    #[key]
    id: String,
    value: i64,
    changes: u32,
}

#[projection("items")]
impl Item {
    /// Nothing below 0 is kept.
    fn added(event: &Added, cx: &Recorded) -> Option<Self> {
        (event.value >= 0).then(|| Item {
            id: cx.stream().id().to_owned(),
            value: event.value,
            changes: 0,
        })
    }

    fn raised(&mut self, event: &Raised) {
        self.value += event.by;
        self.changes += 1;
    }

    fn renewed(self, event: &Renewed) -> Self {
        Item {
            value: event.value,
            changes: self.changes + 1,
            ..self
        }
    }

    fn removed(self, _: &Removed) -> Option<Self> {
        None
    }

    /// Makes, changes or deletes, as the value says.
    fn touched(row: Option<Self>, event: &Touched, cx: &Recorded) -> Option<Self> {
        (event.value != 0).then(|| Item {
            id: cx.stream().id().to_owned(),
            value: event.value,
            changes: row.map_or(0, |row| row.changes + 1),
        })
    }
}

fn items(app: App) -> App {
    app.event::<Added>()
        .event::<Raised>()
        .event::<Renewed>()
        .event::<Removed>()
        .event::<Touched>()
        .projection::<Item>()
}

fn item(id: &str) -> StreamId {
    StreamId::new("item", id)
}

fn told(rows: &[Item]) -> Vec<(&str, i64, u32)> {
    let rows = rows.iter();
    rows.map(|row| (row.id.as_str(), row.value, row.changes))
        .collect()
}

async fn rows_are_made_changed_replaced_and_deleted(database: &Database) {
    let running = started(items(app(database).await)).await;
    let store = running.store();
    let a = &item("a");
    let receipt = add(store, a, &Added { value: 1 }).await;
    assert_eq!(told(&rows(store, &receipt).await), [("a", 1, 0)]);
    let receipt = add(store, a, &Raised { by: 4 }).await;
    assert_eq!(told(&rows(store, &receipt).await), [("a", 5, 1)]);
    let receipt = add(store, a, &Renewed { value: 9 }).await;
    assert_eq!(told(&rows(store, &receipt).await), [("a", 9, 2)]);
    let receipt = add(store, a, &Removed {}).await;
    assert_eq!(told(&rows(store, &receipt).await), []);
    // What is gone can be made again.
    let receipt = add(store, a, &Added { value: 2 }).await;
    assert_eq!(told(&rows(store, &receipt).await), [("a", 2, 0)]);
    let receipt = add(store, &item("b"), &Added { value: -1 }).await;
    assert_eq!(told(&rows(store, &receipt).await), [("a", 2, 0)]);
    let receipt = add(store, &item("b"), &Touched { value: 7 }).await;
    assert_eq!(
        told(&rows(store, &receipt).await),
        [("a", 2, 0), ("b", 7, 0)]
    );
    let receipt = add(store, &item("b"), &Touched { value: 8 }).await;
    assert_eq!(
        told(&rows(store, &receipt).await),
        [("a", 2, 0), ("b", 8, 1)]
    );
    let receipt = add(store, &item("b"), &Touched { value: 0 }).await;
    assert_eq!(told(&rows(store, &receipt).await), [("a", 2, 0)]);
    running.stop().await;
}

async fn one_page_gives_what_many_give(database: &Database) {
    let store = database.store().await;
    let ids = ["a", "b", "c"];
    let mut receipt = None;
    for id in ids {
        let stream = &item(id);
        add(&store, stream, &Added { value: 1 }).await;
        add(&store, stream, &Raised { by: 1 }).await;
        add(&store, stream, &Removed {}).await;
        add(&store, stream, &Touched { value: 5 }).await;
        receipt = Some(add(&store, stream, &Renewed { value: 6 }).await);
    }
    add(&store, &item("d"), &Added { value: 1 }).await;
    let last = add(&store, &item("d"), &Removed {}).await;
    let running = started(items(app(database).await)).await;
    let store = running.store();
    let expected = [("a", 6, 1), ("b", 6, 1), ("c", 6, 1)];
    assert_eq!(told(&rows(store, &last).await), expected);
    let mut live = store.live::<Item>().rows().await.expect("folded");
    live.sort_by(|one, other| one.id.cmp(&other.id));
    assert_eq!(told(&live), expected);
    // A row that was stored goes by the next page.
    let before = receipt.expect("three of them");
    assert!(before.position() < last.position());
    let receipt = add(store, &item("b"), &Removed {}).await;
    assert_eq!(
        told(&rows(store, &receipt).await),
        [("a", 6, 1), ("c", 6, 1)]
    );
    running.stop().await;
}

#[derive(Event, Serialize, Deserialize)]
#[event("purse.found")]
struct Found {
    owner: String,
}

#[derive(Event, Serialize, Deserialize)]
#[event("money.transferred")]
struct Transferred {
    from: String,
    to: String,
    cents: i64,
}

#[derive(ReadModel, Debug, Clone, PartialEq)]
struct Purse {
    #[key]
    owner: String,
    cents: i64,
    transfers: u32,
}

#[projection(name = "purses", partitions = 3)]
impl Purse {
    #[key(event.owner)]
    fn found(event: &Found) -> Self {
        Purse {
            owner: event.owner.clone(),
            cents: 0,
            transfers: 0,
        }
    }

    #[keys([&event.from, &event.to])]
    fn transferred(&mut self, event: &Transferred) {
        if self.owner == event.from {
            self.cents -= event.cents;
        }
        if self.owner == event.to {
            self.cents += event.cents;
        }
        self.transfers += 1;
    }
}

fn transferred(from: &str, to: &str, cents: i64) -> Transferred {
    Transferred {
        from: from.to_owned(),
        to: to.to_owned(),
        cents,
    }
}

fn purses(app: App) -> App {
    app.event::<Found>()
        .event::<Transferred>()
        .projection::<Purse>()
}

async fn find(store: &Store, owners: &[&str]) {
    for owner in owners {
        let owner = (*owner).to_owned();
        add(store, &StreamId::new("purse", "all"), &Found { owner }).await;
    }
}

async fn one_event_changes_several_rows(database: &Database) {
    let running = started(purses(app(database).await)).await;
    let store = running.store();
    find(store, &["ada", "bob", "cyd"]).await;
    let bank = &StreamId::new("bank", "1");
    add(store, bank, &transferred("ada", "bob", 5)).await;
    add(store, bank, &transferred("bob", "cyd", 3)).await;
    let receipt = add(store, bank, &transferred("bob", "ada", 1)).await;
    let purses = rows::<Purse>(store, &receipt).await;
    let purses = purses.iter();
    let told: Vec<_> = purses
        .map(|row| (row.owner.as_str(), row.cents, row.transfers))
        .collect();
    assert_eq!(told, [("ada", -4, 2), ("bob", 1, 3), ("cyd", 3, 1)]);
    running.stop().await;
}

async fn a_key_named_twice_is_changed_once(database: &Database) {
    let running = started(purses(app(database).await)).await;
    let store = running.store();
    find(store, &["ada"]).await;
    let bank = &StreamId::new("bank", "1");
    let receipt = add(store, bank, &transferred("ada", "ada", 5)).await;
    let purses = rows::<Purse>(store, &receipt).await;
    let purse = purses.first().expect("a purse");
    assert_eq!((purse.cents, purse.transfers), (0, 1));
    running.stop().await;
}

#[derive(Event, Serialize, Deserialize)]
#[event("cell.filled")]
struct Filled {
    sheet: String,
    row: i64,
    column: u32,
    formula: bool,
}

#[derive(ReadModel, Debug, Clone, PartialEq)]
struct Cell {
    #[key]
    sheet: String,
    #[key]
    row: i64,
    fills: u32,
    #[key]
    column: u32,
    #[key]
    formula: bool,
}

#[projection(name = "cells", partitions = 2)]
impl Cell {
    #[key((event.sheet.clone(), event.row, event.column, event.formula))]
    fn filled(row: Option<Self>, event: &Filled) -> Self {
        Cell {
            sheet: event.sheet.clone(),
            row: event.row,
            column: event.column,
            formula: event.formula,
            fills: row.map_or(1, |row| row.fills + 1),
        }
    }
}

async fn keys_of_several_columns_tell_rows_apart(database: &Database) {
    let app = app(database).await.event::<Filled>().projection::<Cell>();
    let running = started(app).await;
    let store = running.store();
    let mut receipt = None;
    for (sheet, row, column, formula) in [
        ("b", 1, 1, false),
        ("a", 10, 1, false),
        ("a", -2, 1, false),
        ("a", 10, 1, true),
        ("a", 2, 1, false),
        ("a", 10, 1, false),
    ] {
        let event = Filled {
            sheet: sheet.to_owned(),
            row,
            column,
            formula,
        };
        receipt = Some(add(store, &StreamId::new("sheet", "1"), &event).await);
    }
    let cells = rows::<Cell>(store, &receipt.expect("stored")).await;
    let told: Vec<_> = cells
        .iter()
        .map(|cell| (cell.sheet.as_str(), cell.row, cell.formula, cell.fills))
        .collect();
    assert_eq!(
        told,
        [
            ("a", -2, false, 1),
            ("a", 2, false, 1),
            ("a", 10, false, 2),
            ("a", 10, true, 1),
            ("b", 1, false, 1),
        ]
    );
    let key = ("a".to_owned(), 10, 1, true);
    let cell = store.read_model::<Cell>().get(&key).await;
    assert_eq!(cell.expect("readable").map(|cell| cell.fills), Some(1));
    running.stop().await;
}

#[derive(Event, Serialize, Deserialize)]
#[event("bell.rung")]
struct Rung {
    at: chrono::DateTime<chrono::Utc>,
}

#[derive(ReadModel, Debug, Clone, PartialEq)]
struct Ring {
    #[key]
    at: chrono::DateTime<chrono::Utc>,
    times: u32,
}

#[projection("rings")]
impl Ring {
    #[key(event.at)]
    fn rung(row: Option<Self>, event: &Rung) -> Self {
        Ring {
            at: event.at,
            times: row.map_or(1, |row| row.times + 1),
        }
    }
}

/// A column keeps a time to the microsecond, and an event keeps it to the nanosecond.
async fn times_that_are_kept_alike_are_one_key(database: &Database) {
    let app = app(database).await.event::<Rung>().projection::<Ring>();
    let running = started(app).await;
    let store = running.store();
    let bell = &StreamId::new("bell", "1");
    for nanos in [1_000_000_100, 1_000_000_900, 1_000_000_100, 1_000_001_000] {
        let at = chrono::DateTime::from_timestamp_nanos(nanos);
        let receipt = add(store, bell, &Rung { at }).await;
        // Each in a page of its own.
        rows::<Ring>(store, &receipt).await;
    }
    let rings = store.read_model::<Ring>().rows().await.expect("readable");
    let rings = rings.collect().await.expect("readable");
    let times: Vec<_> = rings.iter().map(|ring| ring.times).collect();
    assert_eq!(times, [3, 1]);
    let mut live = store.live::<Ring>().rows().await.expect("folded");
    live.sort_by_key(|ring| ring.at);
    let times: Vec<_> = live.iter().map(|ring| ring.times).collect();
    assert_eq!(times, [3, 1]);
    running.stop().await;
}
