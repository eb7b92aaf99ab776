use super::change::{Change, Search};
use super::place::{Place, Step};
use super::presence::change_of_presence;
use super::rule::{
    FIELD_ADDED_OPTIONAL, FIELD_ADDED_REQUIRED, FIELD_ADDED_TO_CLOSED, FIELD_ALIAS_ADDED,
    FIELD_ALIAS_NO_DELETE, FIELD_NO_DELETE, FIELD_NO_RENAME, FIELD_RENAMED_WITH_ALIAS, Rule,
    TAG_NO_CHANGE, UNKNOWN_FIELDS_PASSED_OVER, UNKNOWN_FIELDS_REFUSED,
};
use super::{rests, values};
use crate::facts::describe;
use crate::name::push_name;
use crate::named::Named;
use crate::text::{Text, same};
use crate::{Field, Shape};

/// Compares what two structs store by name.
pub(super) const fn compare<'a>(
    search: &mut Search,
    at: Place<'a>,
    from: Named<'a>,
    to: Named<'a>,
) {
    container(search, &at, &from, &to);
    let mut i = 0;
    while let Some(field) = from.field(i) {
        let now = to.stored_as(field.name, i);
        i += 1;
        if search.is_over() {
            return;
        }
        if let Some(now) = now {
            compare_field(search, at.and(Step::Field(now.name)), field, now);
        } else if let Some(now) = to.read_as(field.name) {
            renamed_as(search, &at, &FIELD_RENAMED_WITH_ALIAS, field, now);
            compare_field(search, at.and(Step::Field(now.name)), field, now);
        } else if let Some(now) = renamed(&from, &to, field) {
            renamed_as(search, &at, &FIELD_NO_RENAME, field, now);
        } else {
            let place = at.and(Step::Field(field.name));
            let was = describe::field(field, &place.path, at.from);
            report(search, &place, &FIELD_NO_DELETE, was, Text::new());
        }
        aliases_gone(search, &at, field, &to);
    }
    let mut i = 0;
    while let Some(field) = to.field(i) {
        let is_added = is_added(&from, field, i);
        i += 1;
        if search.is_over() {
            return;
        }
        if is_added {
            if !is_renamed(&from, &to) {
                added(search, &at.and(Step::Field(field.name)), field, from.closed);
            }
        } else {
            aliases_new(search, &at, field, &from);
        }
    }
    rests::compare(search, at, &from, &to);
}

const fn container<'a>(search: &mut Search, at: &Place<'a>, from: &Named<'a>, to: &Named<'a>) {
    let is_same_tag = match (from.tag, to.tag) {
        (None, None) => true,
        (Some(from), Some(to)) => same(from.0, to.0) && same(from.1, to.1),
        _ => false,
    };
    if !is_same_tag {
        let (from, to) = (describe::named(from), describe::named(to));
        report(search, at, &TAG_NO_CHANGE, from, to);
    }
    if from.closed != to.closed {
        let rule = match to.closed {
            true => &UNKNOWN_FIELDS_REFUSED,
            false => &UNKNOWN_FIELDS_PASSED_OVER,
        };
        let (from, to) = (describe::named(from), describe::named(to));
        report(search, at, rule, from, to);
    }
}

/// Compares two fields of one name: whether they have to be there, and what is in them.
pub(super) const fn compare_field<'a>(
    search: &mut Search,
    at: Place<'a>,
    from: &Field<'a>,
    to: &Field<'a>,
) {
    if matches!(to.shape, Shape::Unseen) {
        return;
    }
    if let Some(rule) = change_of_presence(&at, from, to) {
        flags(search, &at, rule, from, to);
    }
    values::compare(search, at, from.shape, to.shape);
}

const fn flags<'a>(
    search: &mut Search,
    at: &Place<'a>,
    rule: &'static Rule,
    from: &Field<'a>,
    to: &Field<'a>,
) {
    let was = describe::field(from, &at.path, at.from);
    let is = describe::field(to, &at.path, at.to);
    report(search, at, rule, was, is);
}

const fn added<'a>(search: &mut Search, at: &Place<'a>, field: &Field<'a>, closed: bool) {
    let rule = match (field.may_be_absent(), closed) {
        (false, _) => &FIELD_ADDED_REQUIRED,
        (true, true) => &FIELD_ADDED_TO_CLOSED,
        (true, false) => &FIELD_ADDED_OPTIONAL,
    };
    let is = describe::field(field, &at.path, at.to);
    report(search, at, rule, Text::new(), is);
}

const fn aliases_gone<'a>(search: &mut Search, at: &Place<'a>, was: &Field<'a>, to: &Named<'a>) {
    let mut i = 0;
    while i < was.aliases.len() {
        let alias = was.aliases[i];
        i += 1;
        if to.stored_as(alias, i).is_none() && to.read_as(alias).is_none() {
            let place = at.and(Step::Field(alias));
            let texts = (alias_of(was), Text::new());
            report_alias(search, &place, &FIELD_ALIAS_NO_DELETE, was.name, texts);
        }
    }
}

const fn aliases_new<'a>(search: &mut Search, at: &Place<'a>, is: &Field<'a>, from: &Named<'a>) {
    let mut i = 0;
    while i < is.aliases.len() {
        let alias = is.aliases[i];
        i += 1;
        if from.stored_as(alias, i).is_none() && from.read_as(alias).is_none() {
            let place = at.and(Step::Field(alias));
            let texts = (Text::new(), alias_of(is));
            report_alias(search, &place, &FIELD_ALIAS_ADDED, is.name, texts);
        }
    }
}

const fn is_gone(field: &Field<'_>, to: &Named<'_>, at: usize) -> bool {
    to.stored_as(field.name, at).is_none() && to.read_as(field.name).is_none()
}

/// Whether nothing that was stored is read as the field.
const fn is_added(from: &Named<'_>, field: &Field<'_>, at: usize) -> bool {
    if from.stored_as(field.name, at).is_some() || from.read_as(field.name).is_some() {
        return false;
    }
    let mut i = 0;
    while i < field.aliases.len() {
        if from.stored_as(field.aliases[i], at).is_some()
            || from.read_as(field.aliases[i]).is_some()
        {
            return false;
        }
        i += 1;
    }
    true
}

/// The field that has taken the place of one that is gone: the only new one, of the same form, for the only one gone.
const fn renamed<'a>(from: &Named<'a>, to: &Named<'a>, gone: &Field<'a>) -> Option<&'a Field<'a>> {
    let mut i = 0;
    while let Some(field) = from.field(i) {
        if is_gone(field, to, i) && !same(field.name, gone.name) {
            return None;
        }
        i += 1;
    }
    let mut only = None;
    let mut i = 0;
    while let Some(field) = to.field(i) {
        if is_added(from, field, i) {
            if only.is_some() {
                return None;
            }
            only = Some(field);
        }
        i += 1;
    }
    match only {
        Some(field) if is_same(gone.shape, field.shape) => Some(field),
        _ => None,
    }
}

const fn is_renamed<'a>(from: &Named<'a>, to: &Named<'a>) -> bool {
    let mut i = 0;
    while let Some(field) = from.field(i) {
        if is_gone(field, to, i) {
            return renamed(from, to, field).is_some();
        }
        i += 1;
    }
    false
}

const fn is_same(from: &Shape<'_>, to: &Shape<'_>) -> bool {
    let mut search = Search::new(0);
    values::compare(&mut search, Place::ROOT, from, to);
    !search.is_over()
}

const fn renamed_as<'a>(
    search: &mut Search,
    at: &Place<'a>,
    rule: &'static Rule,
    was: &Field<'a>,
    is: &Field<'a>,
) {
    let was_at = at.and(Step::Field(was.name));
    let is_at = at.and(Step::Field(is.name));
    let from = describe::field(was, &was_at.path, at.from);
    // What is not seen is taken to be what it was.
    let to = match is.shape {
        Shape::Unseen => describe::field(was, &was_at.path, at.from),
        _ => describe::field(is, &is_at.path, at.to),
    };
    report_renamed(search, (&was_at, &is_at), rule, (was.name, from, to));
}

const fn alias_of(field: &Field<'_>) -> Text {
    let mut text = Text::new().and("alias of ");
    push_name(&mut text, field.name);
    text
}

pub(super) const fn report(
    search: &mut Search,
    at: &Place<'_>,
    rule: &'static Rule,
    from: Text,
    to: Text,
) {
    if search.is_next() {
        search.found = Some(Change::new(rule, at.path.text(at.path.len()), from, to));
    }
}

/// Reports that what stood at one place stands at another.
pub(super) const fn report_renamed(
    search: &mut Search,
    (was_at, is_at): (&Place<'_>, &Place<'_>),
    rule: &'static Rule,
    (name, from, to): (&str, Text, Text),
) {
    if search.is_next() {
        let mut change = Change::new(rule, was_at.path.text(was_at.path.len()), from, to);
        change.renamed = is_at.path.text(is_at.path.len());
        change.name = Text::new().and(name);
        search.found = Some(change);
    }
}

/// Reports an alias that came or went.
pub(super) const fn report_alias(
    search: &mut Search,
    at: &Place<'_>,
    rule: &'static Rule,
    of: &str,
    (from, to): (Text, Text),
) {
    if search.is_next() {
        let mut change = Change::new(rule, at.path.text(at.path.len()), from, to);
        change.name = Text::new().and(of);
        search.found = Some(change);
    }
}
