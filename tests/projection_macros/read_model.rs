//! Rows, their columns and their keys.

use annals::prelude::*;
use annals::projection::{Column, ColumnKind, Value};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Extra {
    note: String,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Currency {
    Euro,
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EUR")
    }
}

impl std::str::FromStr for Currency {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "EUR" => Ok(Currency::Euro),
            text => Err(format!("no currency is called {text}")),
        }
    }
}

/// An alias hides that it is an option.
type Perhaps<T> = Option<T>;

#[derive(ReadModel, Debug, Clone, PartialEq)]
struct Everything {
    #[key]
    id: Uuid,
    open: bool,
    #[index]
    cents: i64,
    share: f64,
    owner: Option<String>,
    at: DateTime<Utc>,
    day: NaiveDate,
    raw: Vec<u8>,
    #[column(text)]
    currency: Currency,
    #[column(text)]
    other: Option<Currency>,
    #[column(text)]
    hidden: Perhaps<Currency>,
    #[column(json, name = "extra_data")]
    extra: Extra,
    #[column(json)]
    further: Perhaps<Extra>,
    any: serde_json::Value,
    r#type: Position,
}

fn everything() -> Everything {
    Everything {
        id: Uuid::from_u128(7),
        open: true,
        cents: -5,
        share: 0.5,
        owner: Some("ann".to_owned()),
        at: DateTime::UNIX_EPOCH,
        day: NaiveDate::default(),
        raw: vec![1, 2],
        currency: Currency::Euro,
        other: Some(Currency::Euro),
        hidden: None,
        extra: Extra {
            note: "n".to_owned(),
        },
        further: Some(Extra {
            note: "f".to_owned(),
        }),
        any: serde_json::json!([1]),
        r#type: Position::new(3),
    }
}

#[test]
fn columns_are_the_fields() {
    let plain = |name, kind| Column {
        name,
        kind,
        nullable: false,
        key: false,
        index: false,
    };
    let nullable = |name, kind| Column {
        nullable: true,
        ..plain(name, kind)
    };
    assert_eq!(
        Everything::COLUMNS,
        [
            plain("id", ColumnKind::Uuid).key(),
            plain("open", ColumnKind::Boolean),
            plain("cents", ColumnKind::Integer).indexed(),
            plain("share", ColumnKind::Float),
            nullable("owner", ColumnKind::Text),
            plain("at", ColumnKind::Timestamp),
            plain("day", ColumnKind::Date),
            plain("raw", ColumnKind::Bytes),
            plain("currency", ColumnKind::Text),
            nullable("other", ColumnKind::Text),
            nullable("hidden", ColumnKind::Text),
            plain("extra_data", ColumnKind::Json),
            nullable("further", ColumnKind::Json),
            plain("any", ColumnKind::Json),
            plain("type", ColumnKind::Integer),
        ]
    );
}

#[test]
fn a_row_comes_back_from_its_values() {
    for row in [
        everything(),
        Everything {
            owner: None,
            other: None,
            hidden: Some(Currency::Euro),
            further: None,
            ..everything()
        },
    ] {
        let values = row.to_values().expect("values");
        assert_eq!(values.len(), Everything::COLUMNS.len());
        for (value, column) in values.iter().zip(Everything::COLUMNS) {
            assert!(*value != Value::Null || column.nullable, "{column:?}");
        }
        assert_eq!(Everything::from_values(values).expect("a row"), row);
    }
}

#[test]
fn an_option_that_is_none_is_null() {
    let row = Everything {
        owner: None,
        other: None,
        further: None,
        ..everything()
    };
    let values = row.to_values().expect("values");
    for column in [4, 9, 10, 12] {
        assert_eq!(values[column], Value::Null, "{column}");
    }
    assert_eq!(values[8], Value::Text("EUR".to_owned()));
    assert_eq!(values[11], Value::Json("{\"note\":\"n\"}".to_owned()));
}

#[test]
fn what_does_not_fit_names_its_column() {
    let mut values = everything().to_values().expect("values");
    values[8] = Value::Text("USD".to_owned());
    let misfilled = Everything::from_values(values).expect_err("no such currency");
    assert_eq!(
        misfilled.to_string(),
        "column `currency` holds \"USD\", which does not parse: no currency is called USD"
    );

    let mut values = everything().to_values().expect("values");
    values[11] = Value::Null;
    let misfilled = Everything::from_values(values).expect_err("not nullable");
    assert_eq!(
        misfilled.to_string(),
        "column `extra_data` holds null, expected JSON"
    );

    let mut values = everything().to_values().expect("values");
    values.truncate(14);
    let misfilled = Everything::from_values(values).expect_err("one is missing");
    assert_eq!(
        misfilled.to_string(),
        "column `type` is not among the values"
    );

    let row = Everything {
        share: f64::NAN,
        ..everything()
    };
    let misfilled = row.to_values().expect_err("not finite");
    assert_eq!(misfilled.to_string(), "column `share` cannot hold NaN");
}

#[derive(ReadModel)]
struct Pair {
    cents: i64,
    #[key]
    account: String,
    #[key]
    #[column(text)]
    currency: Currency,
}

#[derive(ReadModel)]
struct ByText {
    #[key]
    #[column(text, name = "cur")]
    currency: Currency,
}

#[derive(ReadModel)]
struct Four {
    #[key]
    a: u8,
    #[key]
    b: bool,
    #[key]
    #[index]
    c: NaiveDate,
    #[key]
    d: Version,
}

#[test]
fn the_key_is_a_field_or_a_tuple_of_them() {
    assert_eq!(everything().key(), Uuid::from_u128(7));
    let pair = Pair {
        cents: 1,
        account: "1".to_owned(),
        currency: Currency::Euro,
    };
    let key: (String, String) = pair.key();
    assert_eq!(key, ("1".to_owned(), "EUR".to_owned()));
    assert_eq!(pair.to_values().expect("values")[0], Value::Integer(1));
    let row = ByText {
        currency: Currency::Euro,
    };
    assert_eq!(row.key(), "EUR");
    assert_eq!(ByText::COLUMNS, [Column::of::<String>("cur").key()]);
    let four = Four {
        a: 1,
        b: true,
        c: NaiveDate::default(),
        d: Version::new(4),
    };
    assert_eq!(four.key(), (1, true, NaiveDate::default(), Version::new(4)));
    assert!(Four::COLUMNS.iter().all(|column| column.key));
    assert!(Four::COLUMNS[2].index);
}
