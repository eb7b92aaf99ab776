use super::rule::Rule;
use crate::text::Text;

/// One difference between what was stored and what is stored now.
#[derive(Debug, Clone)]
pub struct Change {
    /// What kind of difference.
    pub rule: &'static Rule,
    /// Where, like `lines[].price.cents`; `.` for the whole. For a rename, the old place.
    pub path: Text,
    /// For a rename, the new place; empty otherwise.
    pub renamed: Text,
    /// For a rename, the old name; for an alias, the name that it stands for; empty otherwise.
    pub name: Text,
    /// What was there; empty where there was nothing.
    pub from: Text,
    /// What is there now; empty where there is nothing.
    pub to: Text,
}

impl Change {
    pub(super) const fn new(rule: &'static Rule, path: Text, from: Text, to: Text) -> Self {
        Change {
            rule,
            path,
            renamed: Text::new(),
            name: Text::new(),
            from,
            to,
        }
    }

    /// What a person is told of before: for a rename the old place, what was there otherwise.
    #[must_use]
    pub const fn was(&self) -> &str {
        if self.renamed.is_empty() {
            self.from.as_str()
        } else {
            self.path.as_str()
        }
    }

    /// What a person is told of now: for a rename the new place, what is there otherwise.
    #[must_use]
    pub const fn is(&self) -> &str {
        if self.renamed.is_empty() {
            self.to.as_str()
        } else {
            self.renamed.as_str()
        }
    }

    /// Where it is now.
    #[must_use]
    pub const fn path_now(&self) -> &str {
        if self.renamed.is_empty() {
            self.path.as_str()
        } else {
            self.renamed.as_str()
        }
    }

    /// What to do about it, short of raising the version.
    #[must_use]
    pub const fn cure(&self) -> Text {
        // Where the new place is not read under the old name, that name is the cure.
        if self.renamed.is_empty() || self.rule.backward {
            return Text::new().and(self.rule.cure);
        }
        Text::new()
            .and("take the old name back, or read it as well: `#[serde(alias = \"")
            .and(self.name.as_str())
            .and("\")]`")
    }
}

/// Looks for the change of a given number, so that a constant function can hand out one after another.
pub(super) struct Search {
    passed: usize,
    wanted: usize,
    pub(super) found: Option<Change>,
}

impl Search {
    pub(super) const fn new(wanted: usize) -> Self {
        Search {
            passed: 0,
            wanted,
            found: None,
        }
    }

    pub(super) const fn is_over(&self) -> bool {
        self.found.is_some()
    }

    /// Whether the next change is the one that is looked for: only then are its texts worth writing.
    pub(super) const fn is_next(&mut self) -> bool {
        let is_next = !self.is_over() && self.passed == self.wanted;
        self.passed += 1;
        is_next
    }
}
