use super::change::Search;
use super::fields::{report, report_alias, report_renamed};
use super::place::{Place, Step};
use super::rule::{
    Rule, TAG_NO_CHANGE, TYPE_NO_CHANGE, UNKNOWN_FIELDS_PASSED_OVER, UNKNOWN_FIELDS_REFUSED,
    VARIANT_ADDED, VARIANT_ADDED_BESIDE_OTHER, VARIANT_ALIAS_ADDED, VARIANT_ALIAS_NO_DELETE,
    VARIANT_NO_DELETE, VARIANT_NO_RENAME, VARIANT_OTHER_ADDED, VARIANT_OTHER_NO_DELETE,
    VARIANT_RENAMED_WITH_ALIAS,
};
use super::values;
use crate::facts::describe;
use crate::name::push_name;
use crate::text::{Text, is_among, same};
use crate::view::{content, is_untagged};
use crate::{Enum, Shape, Tagging, Variant};

/// Compares two enums.
pub(super) const fn compare<'a>(
    search: &mut Search,
    at: Place<'a>,
    from: &Enum<'a>,
    to: &Enum<'a>,
) {
    if !is_same_tagging(from.tagging, to.tagging) {
        let (from, to) = (describe::tagging(from), describe::tagging(to));
        report(search, &at, &TAG_NO_CHANGE, from, to);
        return;
    }
    if from.closed != to.closed {
        let rule = match to.closed {
            true => &UNKNOWN_FIELDS_REFUSED,
            false => &UNKNOWN_FIELDS_PASSED_OVER,
        };
        let (from, to) = (describe::tagging(from), describe::tagging(to));
        report(search, &at, rule, from, to);
    }
    tagged(search, at, from, to);
    untagged(search, at, from, to);
}

const fn is_same_tagging(from: Tagging<'_>, to: Tagging<'_>) -> bool {
    match (from, to) {
        (Tagging::External, Tagging::External) | (Tagging::Untagged, Tagging::Untagged) => true,
        (Tagging::Internal { tag: from }, Tagging::Internal { tag: to }) => same(from, to),
        (
            Tagging::Adjacent { tag, content },
            Tagging::Adjacent {
                tag: to_tag,
                content: to_content,
            },
        ) => same(tag, to_tag) && same(content, to_content),
        _ => false,
    }
}

const fn tagged<'a>(search: &mut Search, at: Place<'a>, from: &Enum<'a>, to: &Enum<'a>) {
    let mut i = 0;
    while i < from.variants.len() {
        let variant = &from.variants[i];
        i += 1;
        if search.is_over() {
            return;
        }
        if !is_tagged(variant, from.tagging) {
            continue;
        }
        if let Some(now) = stored_as(to, variant.name) {
            compare_variant(
                search,
                at.and(Step::Variant(now.name)),
                (variant, from),
                (now, to),
            );
        } else if let Some(now) = read_as(to, variant.name) {
            renamed_as(
                search,
                &at,
                &VARIANT_RENAMED_WITH_ALIAS,
                (variant, from),
                now,
            );
            compare_variant(
                search,
                at.and(Step::Variant(now.name)),
                (variant, from),
                (now, to),
            );
        } else if let Some(now) = renamed(from, to, variant) {
            renamed_as(search, &at, &VARIANT_NO_RENAME, (variant, from), now);
        } else {
            let place = at.and(Step::Variant(variant.name));
            let was = describe::variant(variant, from, &place.path, at.from);
            report(search, &place, &VARIANT_NO_DELETE, was, Text::new());
        }
        aliases_gone(search, &at, variant, to);
    }
    let mut i = 0;
    while i < to.variants.len() {
        let variant = &to.variants[i];
        i += 1;
        if !is_tagged(variant, to.tagging) {
            continue;
        }
        if is_added(from, variant) {
            if !is_renamed(from, to) {
                added(search, &at, variant, from, to);
            }
        } else {
            aliases_new(search, &at, variant, from);
        }
    }
}

const fn added<'a>(
    search: &mut Search,
    at: &Place<'a>,
    variant: &Variant<'a>,
    from: &Enum<'a>,
    to: &Enum<'a>,
) {
    let place = at.and(Step::Variant(variant.name));
    let rule = match has_other(from) {
        true => &VARIANT_ADDED_BESIDE_OTHER,
        false => &VARIANT_ADDED,
    };
    let is = describe::variant(variant, to, &place.path, at.to);
    report(search, &place, rule, Text::new(), is);
}

/// Variants without a tag are told apart by their order.
const fn untagged<'a>(search: &mut Search, at: Place<'a>, from: &Enum<'a>, to: &Enum<'a>) {
    let mut i = 0;
    loop {
        let place = at.and(Step::Untagged(i));
        match (nth_untagged(from, i), nth_untagged(to, i)) {
            (None, None) => return,
            (Some(was), Some(is)) => compare_variant(search, place, (was, from), (is, to)),
            (Some(was), None) => {
                let was = describe::variant(was, from, &place.path, at.from);
                report(search, &place, &VARIANT_NO_DELETE, was, Text::new());
            }
            (None, Some(is)) => {
                let is = describe::variant(is, to, &place.path, at.to);
                report(search, &place, &VARIANT_ADDED, Text::new(), is);
            }
        }
        i += 1;
    }
}

const fn compare_variant<'a>(
    search: &mut Search,
    at: Place<'a>,
    (was, from): (&Variant<'a>, &Enum<'a>),
    (is, to): (&Variant<'a>, &Enum<'a>),
) {
    match (was.other, is.other) {
        (false, true) => {
            report(search, &at, &VARIANT_OTHER_ADDED, named(was), named(is));
        }
        (true, false) => {
            report(search, &at, &VARIANT_OTHER_NO_DELETE, named(was), named(is));
        }
        _ => {}
    }
    match (
        content(was, from.tagging, from.closed),
        content(is, to.tagging, to.closed),
    ) {
        (None, None) => {}
        (Some(was), Some(mut is)) => {
            // That all variants refuse unknown fields now is said once, of the enum.
            if let (Shape::Struct(was), Shape::Struct(is)) = (&was, &mut is)
                && from.closed != to.closed
            {
                is.closed = was.closed;
            }
            values::compare(search, at, &was, &is);
        }
        _ => {
            let was = describe::variant(was, from, &at.path, at.from);
            let is = describe::variant(is, to, &at.path, at.to);
            report(search, &at, &TYPE_NO_CHANGE, was, is);
        }
    }
}

const fn aliases_gone<'a>(search: &mut Search, at: &Place<'a>, was: &Variant<'a>, to: &Enum<'a>) {
    let mut i = 0;
    while i < was.aliases.len() {
        let alias = was.aliases[i];
        i += 1;
        if stored_as(to, alias).is_none() && read_as(to, alias).is_none() {
            let place = at.and(Step::Variant(alias));
            let texts = (alias_of(was), Text::new());
            report_alias(search, &place, &VARIANT_ALIAS_NO_DELETE, was.name, texts);
        }
    }
}

const fn aliases_new<'a>(search: &mut Search, at: &Place<'a>, is: &Variant<'a>, from: &Enum<'a>) {
    let mut i = 0;
    while i < is.aliases.len() {
        let alias = is.aliases[i];
        i += 1;
        if stored_as(from, alias).is_none() && read_as(from, alias).is_none() {
            let place = at.and(Step::Variant(alias));
            let texts = (Text::new(), alias_of(is));
            report_alias(search, &place, &VARIANT_ALIAS_ADDED, is.name, texts);
        }
    }
}

const fn is_tagged(variant: &Variant<'_>, tagging: Tagging<'_>) -> bool {
    !variant.skipped && !is_untagged(variant, tagging)
}

const fn has_other(of: &Enum<'_>) -> bool {
    let mut i = 0;
    while i < of.variants.len() {
        if of.variants[i].other {
            return true;
        }
        i += 1;
    }
    false
}

pub(crate) const fn nth_untagged<'a>(of: &Enum<'a>, number: usize) -> Option<&'a Variant<'a>> {
    let (mut i, mut passed) = (0, 0);
    while i < of.variants.len() {
        let variant = &of.variants[i];
        if !variant.skipped && is_untagged(variant, of.tagging) {
            if passed == number {
                return Some(variant);
            }
            passed += 1;
        }
        i += 1;
    }
    None
}

/// The variant that is stored under a name.
const fn stored_as<'a>(of: &Enum<'a>, name: &str) -> Option<&'a Variant<'a>> {
    let mut i = 0;
    while i < of.variants.len() {
        let variant = &of.variants[i];
        if is_tagged(variant, of.tagging) && same(variant.name, name) {
            return Some(variant);
        }
        i += 1;
    }
    None
}

/// The variant that is read under a name besides its own.
const fn read_as<'a>(of: &Enum<'a>, name: &str) -> Option<&'a Variant<'a>> {
    let mut i = 0;
    while i < of.variants.len() {
        let variant = &of.variants[i];
        if is_tagged(variant, of.tagging) && is_among(name, variant.aliases) {
            return Some(variant);
        }
        i += 1;
    }
    None
}

const fn is_gone(variant: &Variant<'_>, from: &Enum<'_>, to: &Enum<'_>) -> bool {
    is_tagged(variant, from.tagging)
        && stored_as(to, variant.name).is_none()
        && read_as(to, variant.name).is_none()
}

const fn is_added(from: &Enum<'_>, variant: &Variant<'_>) -> bool {
    if stored_as(from, variant.name).is_some() || read_as(from, variant.name).is_some() {
        return false;
    }
    let mut i = 0;
    while i < variant.aliases.len() {
        let alias = variant.aliases[i];
        if stored_as(from, alias).is_some() || read_as(from, alias).is_some() {
            return false;
        }
        i += 1;
    }
    true
}

/// The variant that has taken the place of one that is gone: the only new one, of the same form, for the only one gone.
const fn renamed<'a>(
    from: &Enum<'a>,
    to: &Enum<'a>,
    gone: &Variant<'a>,
) -> Option<&'a Variant<'a>> {
    let mut i = 0;
    while i < from.variants.len() {
        let variant = &from.variants[i];
        if is_gone(variant, from, to) && !same(variant.name, gone.name) {
            return None;
        }
        i += 1;
    }
    let mut only = None;
    let mut i = 0;
    while i < to.variants.len() {
        let variant = &to.variants[i];
        if is_tagged(variant, to.tagging) && is_added(from, variant) {
            if only.is_some() {
                return None;
            }
            only = Some(variant);
        }
        i += 1;
    }
    match only {
        Some(variant) if is_same(gone, variant, from, to) => Some(variant),
        _ => None,
    }
}

const fn is_renamed<'a>(from: &Enum<'a>, to: &Enum<'a>) -> bool {
    let mut i = 0;
    while i < from.variants.len() {
        if is_gone(&from.variants[i], from, to) {
            return renamed(from, to, &from.variants[i]).is_some();
        }
        i += 1;
    }
    false
}

const fn is_same(was: &Variant<'_>, is: &Variant<'_>, from: &Enum<'_>, to: &Enum<'_>) -> bool {
    let mut search = Search::new(0);
    compare_variant(&mut search, Place::ROOT, (was, from), (is, to));
    !search.is_over()
}

/// A variant that is stored under another name. It is of the same form, so that one description does for both.
const fn renamed_as<'a>(
    search: &mut Search,
    at: &Place<'a>,
    rule: &'static Rule,
    (was, of): (&Variant<'a>, &Enum<'a>),
    is: &Variant<'a>,
) {
    let was_at = at.and(Step::Variant(was.name));
    let is_at = at.and(Step::Variant(is.name));
    let from = describe::variant(was, of, &was_at.path, at.from);
    let to = describe::variant(was, of, &was_at.path, at.from);
    report_renamed(search, (&was_at, &is_at), rule, (was.name, from, to));
}

const fn named(variant: &Variant<'_>) -> Text {
    let mut text = Text::new();
    push_name(&mut text, variant.name);
    text
}

const fn alias_of(variant: &Variant<'_>) -> Text {
    let mut text = Text::new().and("alias of ");
    push_name(&mut text, variant.name);
    text
}
