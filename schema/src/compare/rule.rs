//! The rules by which a change of what is stored is judged: one table, with a reason for each.

/// A named kind of change.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name.
    pub name: &'static str,
    /// Whether new code reads all that was stored before the change.
    pub backward: bool,
    /// Whether code from before the change reads what is stored after it.
    pub forward: bool,
    /// What the change is, as it ends the sentence "`path` ..".
    pub what: &'static str,
    /// Why it is judged so.
    pub reason: &'static str,
    /// What to do about it, short of raising the version.
    pub cure: &'static str,
}

macro_rules! rules {
    ($($name:ident($backward:ident, $forward:ident) $what:literal, $reason:literal, $cure:literal;)+) => {
        $(
            pub(crate) static $name: Rule = Rule {
                name: stringify!($name),
                backward: $backward,
                forward: $forward,
                what: $what,
                reason: $reason,
                cure: $cure,
            };
        )+

        /// Every rule, in the order of the table.
        pub static RULES: &[&Rule] = &[$(&$name),+];
    };
}

rules! {
    // name (old data reads, old code reads) what, reason, cure
    FIELD_ADDED_OPTIONAL(true, true) "was added, and may be absent",
        "what was stored without it reads as absent, and older code passes over it", "";
    FIELD_ADDED_REQUIRED(false, true) "was added, and is required",
        "what was stored before lacks it",
        "make it an `Option`, or give it `#[serde(default)]`";
    FIELD_ADDED_TO_CLOSED(true, false) "was added to a struct that refuses unknown fields",
        "older code refuses what it does not know", "take older releases out of service first";
    FIELD_NO_DELETE(false, false) "is gone",
        "what was stored in it would be passed over in silence", "put it back";
    FIELD_NO_RENAME(false, false) "is stored under another name",
        "what was stored under the old name is not found under the new one",
        "take the old name back, or read it as well with `#[serde(alias = \"..\")]`";
    FIELD_RENAMED_WITH_ALIAS(true, false) "is stored under another name, and read under both",
        "older code does not know the new name", "take older releases out of service first";
    FIELD_ALIAS_ADDED(true, true) "is read as well", "nothing is stored in another way", "";
    FIELD_ALIAS_NO_DELETE(false, true) "is read no more",
        "something may have been stored under it", "put the alias back";
    FIELD_NOW_REQUIRED(false, true) "may no longer be absent",
        "it may be absent from what was stored",
        "keep it an `Option`, or give it `#[serde(default)]`";
    FIELD_NOW_OPTIONAL(true, true) "may be absent when it is read", "it is still stored each time", "";
    FIELD_NOW_OMITTED(true, true) "may be left out when it is stored", "older code reads it as absent", "";
    FIELD_NOW_OMITTED_WHERE_REQUIRED(true, false) "may be left out when it is stored",
        "older code requires it", "take older releases out of service first";
    FIELD_NOW_ALWAYS_STORED(true, true) "is stored each time", "every reader knows it", "";
    FIELD_NO_LONGER_READ(false, true) "is read no more",
        "what was stored in it would be passed over in silence", "read it again";
    FIELD_READ_AGAIN(true, true) "is read", "nothing is stored in another way", "";
    NULL_ADDED(true, false) "may be null", "older code expects a value",
        "take older releases out of service first";
    NULL_NO_DELETE(false, true) "may no longer be null", "null may have been stored",
        "keep it an `Option`";
    NUMBER_WIDENED(true, false) "holds more numbers", "older code refuses those that it cannot hold",
        "take older releases out of service first";
    NUMBER_NO_NARROW(false, true) "holds fewer numbers",
        "a number may have been stored that it cannot hold", "take the old type back";
    NUMBER_NO_CHANGE(false, false) "holds other numbers",
        "a number may have been stored that it cannot hold", "take the old type back";
    TYPE_WIDENED(true, false) "takes in more than before", "older code expects the narrower form",
        "take older releases out of service first";
    TYPE_NO_NARROW(false, true) "takes in less than before",
        "something may have been stored that it does not take in", "take the old type back";
    TYPE_NO_CHANGE(false, false) "is of another form",
        "what was stored in the one form does not read as the other", "take the old type back";
    VARIANT_ADDED(true, false) "was added", "older code does not know it",
        "take older releases out of service first";
    VARIANT_ADDED_BESIDE_OTHER(true, true) "was added", "older code takes it for its `other` variant", "";
    VARIANT_NO_DELETE(false, true) "is gone", "it may have been stored", "put it back";
    VARIANT_NO_RENAME(false, false) "is stored under another name",
        "what was stored under the old name is not found under the new one",
        "take the old name back, or read it as well with `#[serde(alias = \"..\")]`";
    VARIANT_RENAMED_WITH_ALIAS(true, false) "is stored under another name, and read under both",
        "older code does not know the new name", "take older releases out of service first";
    VARIANT_ALIAS_ADDED(true, true) "is read as well", "nothing is stored in another way", "";
    VARIANT_ALIAS_NO_DELETE(false, true) "is read no more", "it may have been stored", "put the alias back";
    VARIANT_OTHER_ADDED(true, true) "stands for all that are not known", "nothing is stored in another way", "";
    VARIANT_OTHER_NO_DELETE(false, true) "stands no longer for all that are not known",
        "one that is not known may have been stored", "put `#[serde(other)]` back";
    TAG_NO_CHANGE(false, false) "is told apart in another way",
        "what was stored in the one form does not read as the other",
        "take the old `tag`, `content` or `untagged` back";
    UNKNOWN_FIELDS_REFUSED(true, true) "refuses fields that it does not know",
        "what this code stored has none of them", "";
    UNKNOWN_FIELDS_PASSED_OVER(true, true) "passes over fields that it does not know",
        "nothing is stored in another way", "";
    MEANING_NO_CHANGE(false, false) "means something else",
        "what was stored with the one meaning would be read with the other",
        "take the old `meaning` back";
    EVENT_ADDED(true, false) "is a new event", "older code does not know it",
        "take older releases out of service before it is written";
    EVENT_NO_DELETE(false, true) "is gone", "it may have been stored",
        "put it back, or read it with `reads(|_: Old| ())` of its aggregate";
    EVENT_ALIAS_ADDED(true, true) "is read as well", "nothing is stored in another way", "";
    EVENT_ALIAS_NO_DELETE(false, true) "is read no more", "events may have been stored under it",
        "put it back into `aliases(..)`";
    EVENT_RENAMED_WITH_ALIAS(true, false) "is stored under another name, and read under both",
        "older code does not know the new name",
        "take older releases out of service before it is written";
    VERSION_ADDED(true, false) "is a new version", "older code does not know it",
        "take older releases out of service before it is written";
    VERSION_NO_DELETE(false, true) "is gone", "it may have been stored", "put it back";
    AGGREGATE_EVENT_NO_DELETE(false, true) "is read by its aggregate no more",
        "it may have been stored, and its stream could not be loaded",
        "list it in `events(..)`, or read it with `reads(..)`";
    AGGREGATE_EVENT_ADDED(true, false) "is read by its aggregate", "older code does not know it",
        "take older releases out of service before it is written";
    STATE_CHANGED(true, true) "is another state", "snapshots of it are made anew from the events", "";
    // Rows are built from the events, so that a new version of them need not read the old one. But a version is one table,
    // which is never altered.
    READ_MODEL_ADDED(true, true) "is a new read model", "its rows are built from the events", "";
    READ_MODEL_REMOVED(true, true) "is gone",
        "its rows could be built anew from the events, and older code goes on reading its table", "";
    READ_MODEL_VERSION_ADDED(true, true) "is a new version",
        "its rows are built from the events, beside those that older code goes on reading", "";
    READ_MODEL_VERSION_NO_LOWER(false, true) "is an older version",
        "what the older version was is not kept, and its table may hold other columns",
        "raise `version` of the projection instead";
    READ_MODEL_COLUMN_NO_ADD(false, false) "was added under the same version",
        "the table of a version stays as it was built, and is refused where it is another one",
        "raise `version` of the projection, and run `migrate run`";
    READ_MODEL_COLUMN_NO_DELETE(false, false) "is gone under the same version",
        "the table of a version stays as it was built, and is refused where it is another one",
        "raise `version` of the projection, and run `migrate run`";
    READ_MODEL_COLUMN_NO_CHANGE(false, false) "is another column under the same version",
        "the table of a version stays as it was built, and is refused where it is another one",
        "raise `version` of the projection, and run `migrate run`";
}

impl Rule {
    /// The rule of a name; `None` where there is no such rule.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Rule> {
        RULES.iter().copied().find(|rule| rule.name == name)
    }

    /// The verdict in the terms of schema registries: `FULL`, `BACKWARD` where only new code reads old data, `FORWARD`
    /// where only old code reads new data, `NONE`.
    #[must_use]
    pub const fn verdict(&self) -> &'static str {
        match (self.backward, self.forward) {
            (true, true) => "FULL",
            (true, false) => "BACKWARD",
            (false, true) => "FORWARD",
            (false, false) => "NONE",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULES;

    #[test]
    fn every_rule_that_asks_for_something_says_what() {
        for rule in RULES {
            assert_eq!(
                rule.cure.is_empty(),
                rule.verdict() == "FULL",
                "{}",
                rule.name
            );
            assert!(!rule.reason.is_empty() && !rule.what.is_empty());
        }
    }

    #[test]
    fn no_name_stands_for_two_rules() {
        let mut names: Vec<_> = RULES.iter().map(|rule| rule.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), RULES.len());
    }
}
