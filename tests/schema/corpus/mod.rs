//! Types in every form that serde gives them: what it really writes is what their shapes say.

/// A test for each line of types, each as the whole and as what a list may hold.
macro_rules! types {
    ($($test:ident: $($of:ty),+;)+) => {
        $(#[test]
        fn $test() {
            $(check::<$of>();
            check::<Vec<Option<$of>>>();)+
        })+
    };
}

mod enums;
mod fields;
mod flattened;
mod foreign;
mod names;
mod recursion;
mod std_types;

use annals::Schema;
use annals::schema::{Bump, Facts, Shape, changes, sample};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::fits::fits;
use crate::random::random;

/// What must hold of every type.
pub(crate) fn check<T: Schema + Serialize + DeserializeOwned>() {
    let shape = T::SHAPE;
    let mut samples = sample::every_variant(shape).expect("samples");
    samples.push(sample::smallest(shape).expect("the smallest sample"));
    samples.push(sample::fullest(shape).expect("the fullest sample"));
    for sample in samples {
        written_as_said::<T>(&sample).unwrap_or_else(|error| panic!("{error}"));
    }
    let mut runner = TestRunner::deterministic();
    let payloads = any::<[u8; 32]>().prop_map(|choices| random(shape, &choices));
    for _ in 0..48 {
        let payload = payloads.new_tree(&mut runner).expect("a payload");
        let payload = payload.current();
        written_as_said::<T>(&payload).unwrap_or_else(|error| panic!("{error}"));
    }
    kept_whole(shape);
}

/// A payload is read as a value, and the value is written as the shape says.
fn written_as_said<T: Schema + Serialize + DeserializeOwned>(
    payload: &Value,
) -> Result<(), String> {
    let of = std::any::type_name::<T>();
    let text = payload.to_string();
    let value: T = serde_json::from_str(&text).map_err(|error| format!("{of}: {text}: {error}"))?;
    let written = serde_json::to_string(&value).map_err(|error| format!("{of}: {error}"))?;
    let written: Value =
        serde_json::from_str(&written).map_err(|error| format!("{of}: {error}"))?;
    fits(T::SHAPE, &written).map_err(|error| format!("{of}: {written}: {error}"))
}

/// The facts of a shape are the shape: nothing is lost or added on the way to them and back.
pub(crate) fn kept_whole(shape: &Shape<'_>) {
    let facts = Facts::of(shape).expect("facts");
    let memory = Bump::new();
    let kept = facts
        .shape(&memory)
        .unwrap_or_else(|flaw| panic!("{flaw}\n{facts}"));
    assert_eq!(
        Facts::of(kept).expect("facts").to_string(),
        facts.to_string()
    );
    for (from, to) in [(shape, shape), (shape, kept), (kept, shape), (kept, kept)] {
        let changes = changes(from, to);
        assert!(changes.is_empty(), "{changes:?}\n{facts}");
    }
}

/// Declares types, each with what must hold of it.
macro_rules! corpus {
    ($($test:ident $(= $of:ty)?: { $($item:item)* })+) => {
        $(#[test]
        #[allow(dead_code, reason = "what is stored is made by serde, and looked at by serde")]
        fn $test() {
            corpus!(@items $($item)*);
            #[allow(unused)]
            type Checked = corpus!(@type $($of)?);
            super::check::<Checked>();
        })+
    };
    (@items $($item:item)*) => {
        $(#[derive(annals::Schema, serde::Serialize, serde::Deserialize)] $item)*
    };
    (@type) => { T };
    (@type $of:ty) => { $of };
}
pub(crate) use corpus;
