//! Lists of facts that nobody wrote on purpose: they are refused, or they are what they say.

use annals::Schema;
use annals::schema::{Bump, Facts, Field, Fields, Shape, Struct};
use proptest::prelude::*;

use crate::corpus::kept_whole;

#[derive(annals::Schema, serde::Serialize, serde::Deserialize)]
#[allow(dead_code, reason = "only what is stored is looked at")]
struct All {
    #[serde(alias = "b c", default)]
    a: Vec<Option<u8>>,
    at: chrono::NaiveDate,
    #[serde(rename = "größe \"x\"")]
    of: Of,
    next: Option<Box<All>>,
    #[serde(flatten)]
    rest: std::collections::BTreeMap<String, (u8, [bool; 2])>,
}

#[derive(annals::Schema, serde::Serialize, serde::Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
#[allow(dead_code, reason = "only what is stored is looked at")]
enum Of {
    #[serde(alias = "z")]
    A {
        a: u8,
    },
    B,
    #[serde(untagged)]
    C(std::num::NonZeroI64),
}

/// It is a shape whose facts are those that were given, or it is refused.
fn holds(facts: Vec<(String, String)>) {
    let kept = Facts::kept(facts.clone());
    let memory = Bump::new();
    if let Ok(shape) = kept.shape(&memory) {
        let mut given = facts;
        let written = Facts::of(shape).expect("facts");
        let mut written: Vec<_> = written
            .iter()
            .map(|(path, what)| (path.to_owned(), what.to_owned()))
            .collect();
        given.sort();
        written.sort();
        assert_eq!(given, written);
    }
}

fn good() -> Vec<(String, String)> {
    let facts = Facts::of(All::SHAPE).expect("facts");
    facts
        .iter()
        .map(|(path, what)| (path.to_owned(), what.to_owned()))
        .collect()
}

/// Pieces of which paths and words are made.
fn piece() -> impl Strategy<Value = String> {
    const PIECES: [&str; 44] = [
        ".",
        "[]",
        "{}",
        "{key}",
        "{..}",
        "{..1}",
        "::",
        "::(0)",
        "[0]",
        "[18446744073709551616]",
        "a",
        "\"",
        "\\",
        " ",
        ", ",
        "optional ",
        "nullable ",
        "struct",
        "enum",
        "tag t",
        "list",
        "set",
        "map",
        "tuple",
        "array of 9",
        "u8",
        "text",
        "as ",
        "as .",
        "as outer ",
        "alias of a",
        "variant",
        "other",
        "default",
        "omitted",
        "not read",
        "closed",
        "sample 1",
        "unit",
        "format x",
        "untagged enum",
        "= ",
        "ß",
        "\u{0}",
    ];
    prop_oneof![
        Just(String::new()),
        any::<String>(),
        proptest::sample::select(&PIECES[..]).prop_map(str::to_owned)
    ]
}

fn line() -> impl Strategy<Value = String> {
    proptest::collection::vec(piece(), 0..5).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_refused_or_meant(facts in proptest::collection::vec((line(), line()), 0..6)) {
        holds(facts);
    }

    #[test]
    fn good_facts_that_were_changed_are_refused_or_meant(at in any::<usize>(), other in any::<usize>(), by in line(), what in 0..6) {
        let mut facts = good();
        let (at, other) = (at % facts.len(), other % facts.len());
        match what {
            0 => facts[at].1 = by,
            1 => facts[at].0 = by,
            2 => facts[at].0.push_str(&by),
            3 => facts[at].1.push_str(&by),
            4 => drop(facts.remove(at)),
            _ => facts[at].1 = facts[other].1.clone(),
        }
        holds(facts);
    }

    #[test]
    fn any_name_is_kept(name in any::<String>(), tag in any::<String>(), format in any::<String>(), sample in "[ -~]*") {
        let format = Shape::Format(annals::schema::Format { name: &format, sample: &sample });
        let fields = [
            Field { aliases: &[&tag], ..Field::new(&name, &format) },
            Field::new("other", &Shape::Bool),
        ];
        let shape = Shape::Struct(Struct { tag: Some((&tag, &name)), ..Struct::new("T", Fields::Named(&fields)) });
        kept_whole(&shape);
    }
}

#[test]
fn good_facts_are_taken_in_any_order() {
    let mut facts = good();
    facts.reverse();
    let memory = Bump::new();
    let kept = Facts::kept(facts);
    assert_eq!(
        kept.shape(&memory).map(ToString::to_string),
        Ok(All::SHAPE.to_string())
    );
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let cases: [(&[(&str, &str)], &str); 10] = [
        (&[], "`.` is not said, though something inside of it is"),
        (
            &[(".", "struct"), ("a", "u9")],
            "`a` says \"u9\", which are no words of a lock",
        ),
        (
            &[(".", "u8"), ("a", "u8")],
            "`a` does not fit what is said around it: \"u8\"",
        ),
        (&[(".", "list")], "`[]` is not said"),
        (
            &[(".", "list"), ("[]", "u8, default")],
            "`[]` does not fit what is said around it: \"u8, default\"",
        ),
        (
            &[(".", "u8 ")],
            "`.` does not fit what is said around it: \"u8 \"",
        ),
        (
            &[(".", "struct"), ("a", "as b")],
            "`a` does not fit what is said around it: \"as b\"",
        ),
        (
            &[(".", "struct"), ("a", "alias of b")],
            "`a` is an alias of `b`, which is not said",
        ),
        (
            &[
                (".", "struct"),
                ("{..1}", "map"),
                ("{..1}{key}", "text"),
                ("{..1}{}", "u8"),
            ],
            "`{..1}` does not fit what is said around it: \"map\"",
        ),
        (&[(".", "u8"), (".", "u8")], "`.` is said twice"),
    ];
    for (facts, expected) in cases {
        let facts = facts
            .iter()
            .map(|(path, what)| ((*path).to_owned(), (*what).to_owned()));
        let memory = Bump::new();
        let flaw = Facts::kept(facts.collect())
            .shape(&memory)
            .expect_err("refused");
        assert_eq!(flaw.to_string(), expected);
    }
}

#[test]
fn what_is_too_deep_is_refused() {
    let deep = |steps: usize| {
        let mut facts = vec![(".".to_owned(), "list".to_owned())];
        facts.extend((1..steps).map(|steps| ("[]".repeat(steps), "list".to_owned())));
        facts.push(("[]".repeat(steps), "u8".to_owned()));
        let memory = Bump::new();
        Facts::kept(facts)
            .shape(&memory)
            .map(|_| ())
            .map_err(|flaw| flaw.reason)
    };
    assert_eq!(deep(30), Ok(()));
    assert_eq!(deep(31), Err("is nested deeper than 30 levels".to_owned()));
    assert_eq!(deep(10_000), Err("is no path".to_owned()));
    // Newtypes leave no trace, and the types that enclose a place have to be known all the same.
    let mut shape: &'static Shape<'static> = &Shape::Bool;
    for i in 0..40 {
        let name: &'static str = Box::leak(format!("T{i}").into_boxed_str());
        let field: &'static Field<'static> = Box::leak(Box::new(Field::new("0", shape)));
        shape = Box::leak(Box::new(Shape::Struct(Struct::new(
            name,
            Fields::Newtype(field),
        ))));
    }
    assert_eq!(
        Facts::of(shape).map_err(|flaw| flaw.reason),
        Err("lies within more than 30 types".to_owned())
    );
}

#[test]
fn names_that_are_too_long_are_refused() {
    let name = "n".repeat(3000);
    let fields = [Field::new(&name, &Shape::Bool)];
    let shape = Shape::Struct(Struct::new("T", Fields::Named(&fields)));
    let flaw = Facts::of(&shape).expect_err("refused");
    assert_eq!(flaw.reason, "has names that are too long for a lock");
}
