//! A shape as lines of text.

use std::collections::BTreeSet;

use annals::schema::{Bump, Facts, change, export, sample};

/// Facts that have a shape are those of their shape, whatever their order. The shape can be compared, sampled and exported.
pub fn run(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else {
        return;
    };
    let kept = text.lines().filter_map(|line| line.split_once(": "));
    let kept = kept.map(|(path, what)| (path.to_owned(), what.to_owned()));
    check(&Facts::kept(kept.collect()));
}

/// What holds of any facts.
pub(crate) fn check(facts: &Facts) {
    let memory = Bump::new();
    let shape = match facts.shape(&memory) {
        Ok(shape) => shape,
        Err(flaw) => {
            assert!(!flaw.reason.is_empty(), "{flaw:?} says nothing");
            return;
        }
    };
    let again = Facts::of(shape).expect("a shape that was read can be written");
    assert_eq!(sorted(facts), sorted(&again));
    let changed = change(shape, shape, 0);
    assert!(
        changed.is_none(),
        "a shape differs from itself: {changed:?}"
    );
    let _ = (sample::smallest(shape), sample::fullest(shape));
    let _ = sample::every_variant(shape);
    let _ = export::json_schema("event", 1, "", shape);
}

fn sorted(facts: &Facts) -> BTreeSet<(&str, &str)> {
    facts.iter().collect()
}
