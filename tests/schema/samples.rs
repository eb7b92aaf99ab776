//! Payloads that are made from shapes.

use annals::Schema;
use annals::schema::{Enum, Field, Fields, Shape, Struct, Tagging, sample};

#[derive(annals::Schema, serde::Serialize, serde::Deserialize)]
#[allow(dead_code, reason = "only what is stored is looked at")]
struct Order {
    id: u64,
    note: Option<String>,
    lines: Vec<Line>,
    #[serde(flatten)]
    paid: Paid,
    parent: Option<Box<Order>>,
}

#[derive(annals::Schema, serde::Serialize, serde::Deserialize)]
#[allow(dead_code, reason = "only what is stored is looked at")]
struct Line(i32, std::num::NonZeroU8);

#[derive(annals::Schema, serde::Serialize, serde::Deserialize)]
#[serde(tag = "paid")]
#[allow(dead_code, reason = "only what is stored is looked at")]
enum Paid {
    No,
    Cash { cents: i64 },
    Card { number: Option<String> },
}

#[test]
fn the_smallest_and_the_fullest() {
    let json = |value: Result<serde_json::Value, _>| value.expect("a sample").to_string();
    assert_eq!(
        json(sample::smallest(Order::SHAPE)),
        r#"{"id":0,"lines":[],"paid":"No"}"#
    );
    assert_eq!(
        json(sample::fullest(Order::SHAPE)),
        r#"{"cents":9223372036854775807,"id":18446744073709551615,"lines":[[2147483647,255]],"note":"text","paid":"Cash","parent":{"cents":9223372036854775807,"id":18446744073709551615,"lines":[[2147483647,255]],"note":"text","paid":"Cash","parent":{"id":0,"lines":[],"paid":"No"}}}"#
    );
}

#[test]
fn every_variant_is_there() {
    let samples = sample::every_variant(Order::SHAPE).expect("samples");
    for paid in ["No", "Cash", "Card"] {
        assert!(
            samples.iter().any(|sample| sample["paid"] == paid),
            "{paid}"
        );
    }
    assert!(samples.iter().any(|sample| sample["note"].is_null()));
    assert!(samples.iter().any(|sample| sample["note"] == "text"));
    assert!(
        samples
            .iter()
            .any(|sample| sample["lines"][0][0] == i32::MIN)
    );
}

#[test]
fn what_cannot_be_made_is_told_with_its_place() {
    #[derive(annals::Schema, serde::Serialize, serde::Deserialize)]
    #[allow(dead_code, reason = "only what is stored is looked at")]
    struct Unknown {
        list: Vec<Inner>,
    }
    #[derive(annals::Schema, serde::Serialize, serde::Deserialize)]
    #[allow(dead_code, reason = "only what is stored is looked at")]
    struct Inner {
        #[schema(as = "colour")]
        of: String,
    }
    assert_eq!(
        sample::smallest(Unknown::SHAPE)
            .expect("a sample")
            .to_string(),
        r#"{"list":[]}"#
    );
    let flaw = sample::fullest(Unknown::SHAPE).expect_err("refused");
    assert_eq!(flaw.path, "list[].of");
    assert!(
        flaw.reason
            .starts_with("is of format `colour`, of which no sample is known\nhelp: "),
        "{flaw}"
    );
    let flaw = sample::smallest(&Shape::of_word("text", "no JSON")).expect_err("refused");
    assert!(
        flaw.reason.starts_with("has a sample that is no JSON: "),
        "{flaw}"
    );
    let field = Field::new("self", &Shape::Ref("Endless"));
    let fields = [field];
    let endless = Shape::Struct(Struct::new("Endless", Fields::Named(&fields)));
    let flaw = sample::smallest(&endless).expect_err("refused");
    assert_eq!(flaw.to_string(), "`self` has no value that comes to an end");
    let flaw = sample::fullest(&Shape::Ref("Nobody")).expect_err("refused");
    assert!(
        flaw.reason.contains("`Nobody`, which is not around it"),
        "{flaw}"
    );
    let none = Shape::Enum(Enum {
        name: "None",
        serde: "",
        tagging: Tagging::External,
        closed: false,
        variants: &[],
    });
    assert!(sample::every_variant(&none).is_err());
    assert_eq!(
        sample::fullest(&Shape::List(&none))
            .expect("a sample")
            .to_string(),
        "[]"
    );
    let long = Shape::Array(&Shape::Bool, usize::MAX);
    assert!(sample::fullest(&long).is_err());
}
