use std::collections::{BTreeMap, BTreeSet};

use super::{
    Index, Lock, LockedAggregate, LockedColumn, LockedEvent, LockedReadModel, LockedVersion,
};
use crate::{Bump, Facts, Schema, changes};

fn lock() -> Lock {
    let version = |shape| LockedVersion {
        meaning: String::new(),
        shape: Facts::of(shape).expect("facts"),
    };
    let opened = LockedEvent {
        name: "Account:Opened".into(),
        aliases: BTreeSet::from(["b".into(), "a \"quoted\"".into()]),
        versions: BTreeMap::from([
            (1, version(<Vec<i64>>::SHAPE)),
            (
                10,
                LockedVersion {
                    meaning: "in cents".into(),
                    ..version(<(u8, Option<String>)>::SHAPE)
                },
            ),
        ]),
    };
    let account = LockedAggregate {
        name: "account".into(),
        events: BTreeSet::from(["Account:Opened".into()]),
        state: Some(Facts::of(bool::SHAPE).expect("facts")),
    };
    let columns = [
        "text, key 2",
        "integer, index",
        "timestamp or null",
        "uuid, key 1",
    ];
    let columns = columns.map(|said| LockedColumn::parse(said).expect("a column"));
    let names = ["account", "cents", "seen", "bank"].map(String::from);
    let balances = LockedReadModel {
        name: "balances".into(),
        version: 3,
        columns: names.into_iter().zip(columns).collect(),
    };
    Lock {
        events: BTreeMap::from([(opened.name.clone(), opened)]),
        aggregates: BTreeMap::from([(account.name.clone(), account)]),
        read_models: BTreeMap::from([(balances.name.clone(), balances)]),
    }
}

#[test]
fn what_is_written_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("annals");
    assert_eq!(Lock::read(&folder).expect("no lock"), None);
    let lock = lock();
    let touched = lock.write(&folder).expect("written");
    assert_eq!(
        touched,
        [
            "events/Account%3aOpened.json",
            "aggregates/account.json",
            "read_models/balances.json",
            "index.json"
        ]
    );
    assert_eq!(Lock::read(&folder).expect("a lock"), Some(lock.clone()));
    assert_eq!(lock.write(&folder).expect("unchanged"), [""; 0]);
    let (_, event) = Lock::event(&folder, "new", &["Account:Opened".into()])
        .expect("read")
        .expect("found by its alias");
    assert_eq!(event.newest(), 10);
    let shape = &event.versions[&10].shape;
    let memory = Bump::new();
    let shape = shape.shape(&memory).expect("a shape");
    assert!(changes(shape, <(u8, Option<String>)>::SHAPE).is_empty());
}

#[test]
fn what_is_locked_no_more_is_taken_away() {
    let folder = tempfile::tempdir().expect("a folder");
    lock().write(folder.path()).expect("written");
    let touched = Lock::default().write(folder.path()).expect("written");
    assert_eq!(touched.len(), 4);
    assert_eq!(
        Lock::read(folder.path()).expect("a lock"),
        Some(Lock::default())
    );
}

#[test]
fn one_fact_stands_on_each_line() {
    let lock = lock();
    assert_eq!(
        lock.events["Account:Opened"].to_string(),
        r#"{
  "event": "Account:Opened",
  "aliases": [
    "a \"quoted\"",
    "b"
  ],
  "versions": {
    "1": {
      "shape": {
        ".": "list",
        "[]": "i64"
      }
    },
    "10": {
      "meaning": "in cents",
      "shape": {
        ".": "tuple",
        "[0]": "u8",
        "[1]": "optional text"
      }
    }
  }
}
"#
    );
    assert_eq!(
        lock.aggregates["account"].to_string(),
        r#"{
  "aggregate": "account",
  "events": [
    "Account:Opened"
  ],
  "state": {
    ".": "bool"
  }
}
"#
    );
    assert_eq!(
        lock.read_models["balances"].to_string(),
        r#"{
  "read_model": "balances",
  "version": 3,
  "columns": {
    "account": "text, key 2",
    "bank": "uuid, key 1",
    "cents": "integer, index",
    "seen": "timestamp or null"
  }
}
"#
    );
}

#[test]
fn a_lock_without_read_models_is_one_that_knows_none() {
    let mut lock = lock();
    let with = Index::of(&lock).to_string();
    assert!(
        with.starts_with("{\n  \"format\": 2,\n")
            && with.ends_with("\"read_models\": [\n    \"balances\"\n  ]\n}\n"),
        "{with}"
    );
    lock.read_models.clear();
    let without = Index::of(&lock).to_string();
    assert!(
        without.starts_with("{\n  \"format\": 1,\n") && !without.contains("read_models"),
        "{without}"
    );
    assert_eq!(Lock::of_files(lock.files()).expect("a lock"), lock);
}

#[test]
fn a_column_is_written_in_one_way() {
    for said in [
        "text",
        "json or null",
        "text, key 1",
        "date or null, key 2, index",
    ] {
        let column = LockedColumn::parse(said).expect("a column");
        assert_eq!(column.to_string(), said);
    }
    for said in [
        "",
        "big integer",
        "text, index, key 1",
        "text, key 01",
        "text, key",
        "text, index, index",
        "text, unique",
        "text,index",
        " or null",
    ] {
        assert_eq!(LockedColumn::parse(said), None, "{said:?}");
    }
}

type Files = Vec<(String, String)>;

type Case<'a> = (&'a dyn Fn(&mut Files), &'a str);

#[test]
fn what_is_wrong_is_said_with_its_file() {
    let whole = lock().files();
    let broken = |change: &dyn Fn(&mut Files)| {
        let mut files = whole.clone();
        change(&mut files);
        Lock::of_files(files).expect_err("refused").to_string()
    };
    let cases: [Case<'_>; 13] = [
        (
            &|files| drop(files.remove(0)),
            "is missing, and the index lists it",
        ),
        (
            &|files| drop(files.remove(3)),
            "does not list what its files hold",
        ),
        (
            &|files| files[3].1 = files[3].1.replace("2,", "3,"),
            "is of format 3, and this annals knows those up to 2",
        ),
        (
            &|files| drop(files.remove(2)),
            "`read_models/balances.json` of the lock is missing, and the index lists it",
        ),
        (
            &|files| files[2].0 = "read_models/other.json".into(),
            "is about read model `balances`, which belongs into `read_models/balances.json`",
        ),
        (
            &|files| files[2].1 = files[2].1.replace("index", "unique"),
            "says of column `cents` \"integer, unique\", which describes none",
        ),
        (
            &|files| files[2].1 = files[2].1.replace("\"bank\"", "\"account\""),
            "\"account\" stands there twice",
        ),
        (
            &|files| files[0].1 = format!("<<<<<<< main\n{}", files[0].1),
            "holds the marks of a merge",
        ),
        (
            &|files| files[0].1 = files[0].1.replace("\"[]\": \"i64\"", "\".\": \"i64\""),
            "\".\" stands there twice",
        ),
        (
            &|files| files[0].1 = files[0].1.replace("\"10\"", "\"0\""),
            "has a version \"0\"",
        ),
        (
            &|files| files[0].1 = files[0].1.replace("\"10\"", "\"01\""),
            "has a version \"01\"",
        ),
        (
            &|files| files[1].0 = "aggregates/other.json".into(),
            "is about aggregate `account`, which belongs into `aggregates/account.json`",
        ),
        (
            &|files| files[0].0 = "events/other.json".into(),
            "is about event `Account:Opened`, which belongs into `events/Account%3aOpened.json`",
        ),
    ];
    for (change, expected) in cases {
        let message = broken(change);
        assert!(message.contains(expected), "{message}");
        assert!(message.contains("\nhelp: "), "{message}");
    }
}
