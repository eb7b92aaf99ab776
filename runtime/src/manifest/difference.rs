//! What differs between two forms of one version.

use std::fmt;

use annals_schema::{Rule, Shape, changes};

/// A version in one of its forms.
#[derive(Clone, Copy)]
pub(super) struct Form<'a> {
    pub(super) meaning: &'a str,
    pub(super) shape: &'a Shape<'a>,
}

/// One difference; it is written as a line for people.
pub(super) struct Difference {
    path: String,
    from: String,
    to: String,
    pub(super) rule: &'static Rule,
}

/// All that leads from one form to another.
pub(super) fn differences(from: Form<'_>, to: Form<'_>) -> Vec<Difference> {
    let mut all = Vec::new();
    // No shape shows a meaning, so that no comparison of shapes finds it changed.
    if from.meaning != to.meaning
        && let Some(rule) = Rule::named("MEANING_NO_CHANGE")
    {
        all.push(Difference {
            path: "meaning".to_owned(),
            from: format!("{:?}", from.meaning),
            to: format!("{:?}", to.meaning),
            rule,
        });
    }
    all.extend(changes(from.shape, to.shape).into_iter().map(|change| {
        let side = |text: &str| if text.is_empty() { "nothing" } else { text }.to_owned();
        Difference {
            path: change.path_now().to_owned(),
            from: side(change.was()),
            to: side(change.is()),
            rule: change.rule,
        }
    }));
    all
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Difference {
            path,
            from,
            to,
            rule,
        } = self;
        let Rule {
            name, what, reason, ..
        } = rule;
        write!(f, "`{path}`: {from} → {to}: {what}: {reason} ({name})")
    }
}
