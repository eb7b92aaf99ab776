//! Every rule, shown by types before and after a change, and its verdict proven with serde itself: what the one writes, the
//! other reads or does not.

mod fields;
mod presence;
mod values;
mod variants;

use std::any::type_name;

use annals::Schema;
use annals::schema::{RULES, changes, sample};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A change of the table: rule, path, from, to.
type Expected = (&'static str, &'static str, &'static str, &'static str);

/// What the samples do not show, with the reason.
pub(crate) enum But {
    /// What was stored besides, which no sample holds.
    Stored(&'static str),
    /// The rule says no, and these types get away with it.
    ReadsBack(&'static str),
    ReadsForward(&'static str),
    /// The rule says yes, and something is passed over, or not written again.
    LosesBackward(&'static str),
    LosesForward(&'static str),
}

/// Two types of one event: the changes between them, and what they read of each other.
pub(crate) fn judge<Old, New>(expected: &[Expected], but: &[But]) -> Vec<&'static str>
where
    Old: Schema + Serialize + DeserializeOwned,
    New: Schema + Serialize + DeserializeOwned,
{
    crate::corpus::kept_whole(Old::SHAPE);
    crate::corpus::kept_whole(New::SHAPE);
    let found = changes(Old::SHAPE, New::SHAPE);
    let printed: Vec<_> = found
        .iter()
        .map(|change| {
            (
                change.rule.name,
                change.path_now(),
                change.was(),
                change.is(),
            )
        })
        .collect();
    assert_eq!(printed, expected, "{}", type_name::<Old>());

    let mut stored = samples::<Old>();
    for but in but {
        match but {
            But::Stored(payload) => stored.push(serde_json::from_str(payload).expect("JSON")),
            But::ReadsBack(why)
            | But::ReadsForward(why)
            | But::LosesBackward(why)
            | But::LosesForward(why) => {
                assert!(!why.is_empty());
            }
        }
    }
    let backward: Vec<_> = stored
        .iter()
        .map(|sample| read::<Old, New>(sample, true))
        .collect();
    // Older code meets what newer code writes, and nothing from before it.
    let new = samples::<New>();
    let forward: Vec<_> = new
        .iter()
        .map(|sample| read::<New, Old>(sample, false))
        .collect();
    let may = |of: fn(&But) -> bool| but.iter().any(of);
    let name = type_name::<Old>();
    prove(
        &format!("{name} reads what was stored"),
        found.iter().all(|change| change.rule.backward),
        &backward,
        (
            may(|but| matches!(but, But::ReadsBack(_))),
            may(|but| matches!(but, But::LosesBackward(_))),
        ),
    );
    prove(
        &format!("{name} is read by what was before"),
        found.iter().all(|change| change.rule.forward),
        &forward,
        (
            may(|but| matches!(but, But::ReadsForward(_))),
            may(|but| matches!(but, But::LosesForward(_))),
        ),
    );
    found.iter().map(|change| change.rule.name).collect()
}

/// What became of a payload.
#[derive(Debug, PartialEq)]
enum Outcome {
    Read,
    Lost(String),
    Refused(String),
}

fn prove(what: &str, verdict: bool, outcomes: &[Outcome], (may_read, may_lose): (bool, bool)) {
    let is_bad = |outcome: &&Outcome| match outcome {
        Outcome::Read => false,
        Outcome::Lost(_) => !may_lose,
        Outcome::Refused(_) => true,
    };
    let bad = outcomes.iter().find(is_bad);
    match verdict {
        true => assert!(bad.is_none(), "{what}: yes, but {bad:?}"),
        // An exception that is none must go.
        false => assert_eq!(bad.is_none(), may_read, "{what}: no, but {outcomes:?}"),
    }
    if may_lose {
        assert!(
            outcomes.iter().any(|of| matches!(of, Outcome::Lost(_))),
            "{what}: nothing is lost"
        );
    }
}

fn samples<T: Schema>() -> Vec<Value> {
    let mut samples = sample::every_variant(T::SHAPE).expect("samples");
    samples.extend(sample::smallest(T::SHAPE));
    samples.extend(sample::fullest(T::SHAPE));
    samples
}

fn read<Writer, Reader>(payload: &Value, is_past: bool) -> Outcome
where
    Writer: Serialize + DeserializeOwned,
    Reader: Serialize + DeserializeOwned,
{
    let written: Writer = serde_json::from_str(&payload.to_string()).expect("its own sample");
    // What is stored beyond that which the type writes today, as under an alias, is read as it was given.
    let written = serde_json::to_value(written).expect("JSON");
    let given = is_past.then_some(payload);
    for payload in given.into_iter().chain([&written]) {
        let read: Reader = match serde_json::from_str(&payload.to_string()) {
            Ok(read) => read,
            Err(error) => return Outcome::Refused(format!("{payload}: {error}")),
        };
        let mut kept = leaves(&serde_json::to_value(read).expect("JSON"));
        for leaf in leaves(payload) {
            match kept.iter().position(|kept| *kept == leaf) {
                Some(at) => kept.swap_remove(at),
                None => return Outcome::Lost(format!("{leaf} of {payload}")),
            };
        }
    }
    Outcome::Read
}

/// All values that are not made of others, `null` apart: it is as good as absent.
fn leaves(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().flat_map(leaves).collect(),
        Value::Object(entries) => entries.values().flat_map(leaves).collect(),
        Value::Number(number) => vec![match number.as_f64() {
            // 5 and 5.0 are one number.
            Some(float) if number.is_f64() && float.fract() == 0.0 => format!("{float:.0}"),
            _ => number.to_string(),
        }],
        other => vec![other.to_string()],
    }
}

/// Pairs of types, each with the changes between them.
macro_rules! pairs {
    ($($name:ident: { $($old:item)* } => { $($new:item)* } [$($expected:expr),+ $(,)?] $($but:expr),* ;)+) => {
        $(#[test]
        fn $name() {
            self::shown::$name();
        })+

        /// The same, for the list of all rules that are shown.
        #[allow(dead_code, unreachable_pub, reason = "what is stored is made by serde, and looked at by serde")]
        mod shown {
            #[allow(unused_imports)]
            use crate::rules::But;

            $(pub(super) fn $name() -> Vec<&'static str> {
                mod old {
                    $(#[derive(annals::Schema, serde::Serialize, serde::Deserialize)] $old)*
                }
                mod new {
                    $(#[derive(annals::Schema, serde::Serialize, serde::Deserialize)] $new)*
                }
                crate::rules::judge::<old::T, new::T>(&[$($expected),+], &[$($but),*])
            })+
        }

        pub(super) fn shown() -> Vec<&'static str> {
            [$(self::shown::$name()),+].concat()
        }
    };
}
pub(crate) use pairs;

/// Rules of what is around shapes: events, versions, aggregates, read models.
fn is_of_the_lock(rule: &str) -> bool {
    [
        "EVENT_",
        "VERSION_",
        "AGGREGATE_",
        "STATE_",
        "MEANING_",
        "READ_MODEL_",
    ]
    .iter()
    .any(|start| rule.starts_with(start))
}

#[test]
fn every_rule_is_shown() {
    let shown = [
        fields::shown(),
        presence::shown(),
        values::shown(),
        variants::shown(),
    ]
    .concat();
    let missing: Vec<_> = RULES
        .iter()
        .map(|rule| rule.name)
        .filter(|name| !shown.contains(name) && !is_of_the_lock(name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
