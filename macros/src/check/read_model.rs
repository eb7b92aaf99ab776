use crate::diag::Mistakes;
use crate::model::read_model::{Field, Form, KEYS, ReadModel};
use crate::names::{sql_flaw, sql_mended};
use crate::text::shown;

/// The longest name that every column of a table, and its index, can have.
const LONGEST: usize = 59;
/// The column that every table has besides those of its rows.
const TENANT: &str = "tenant";

/// What is wrong with a read model.
pub(crate) fn read_model(model: &ReadModel, mistakes: &mut Mistakes) {
    let name = model.ident.to_string();
    if !model.generics.is_empty() {
        mistakes.at(
            &model.generics,
            format!("read model `{name}` is generic, but a table has one type for each column\nhelp: write the types out, with one read model for each"),
        );
    }
    match &model.form {
        Form::Other(what, place) => mistakes.at_span(
            *place,
            format!("`#[derive(ReadModel)]` expects a struct with named fields, found {what}: `{name}`\nhelp: write `struct {name} {{ #[key] id: String }}`"),
        ),
        Form::Row(fields) => {
            keys(model, fields, &name, mistakes);
            for (i, field) in fields.iter().enumerate() {
                forms(field, &name, mistakes);
                column(field, &fields[..i], &name, mistakes);
            }
        }
    }
}

fn keys(model: &ReadModel, fields: &[Field], name: &str, mistakes: &mut Mistakes) {
    match model.keys().count() {
        0 => {
            let first = fields.first().map_or_else(
                || "id: String".to_owned(),
                |field| format!("{}: {}", field.ident, shown(&field.ty)),
            );
            mistakes.at(
                &model.ident,
                format!("read model `{name}` has no key, by which a row is found\nhelp: write `#[key]` above the field, as in `#[key] {first}`"),
            );
        }
        count if count > KEYS => {
            if let Some(word) = model.keys().nth(KEYS).and_then(|field| field.key.as_ref()) {
                mistakes.at(
                    word,
                    format!("the key of read model `{name}` has {count} columns, expected {KEYS} at most\nhelp: take out `#[key]` here, or keep several values in one column of text"),
                );
            }
        }
        _ => {}
    }
    for field in model.keys() {
        self::key(field, name, mistakes);
    }
    let first = model.keys().next();
    if let Some(word) = first.and_then(|field| field.index.as_ref()) {
        mistakes.at(
            word,
            format!("`#[index]` on the first column of the key of `{name}`, which has an index already: the key's\nhelp: take out `#[index]`"),
        );
    }
}

fn key(field: &Field, name: &str, mistakes: &mut Mistakes) {
    let ident = &field.ident;
    if field.is_option() {
        mistakes.at(
            &field.ty,
            format!("key `{ident}` of read model `{name}` may be absent, but a row is found by its key\nhelp: write the type without `Option`"),
        );
    } else if let Some(json) = &field.json {
        mistakes.at(
            json,
            format!("key `{ident}` of read model `{name}` is kept as JSON, by which no row is found\nhelp: write `#[column(text)]`"),
        );
    }
}

fn forms(field: &Field, name: &str, mistakes: &mut Mistakes) {
    if let (Some(_), Some(json)) = (&field.text, &field.json) {
        // Of a key, it was said already.
        if field.key.is_none() {
            mistakes.at(
                json,
                format!(
                    "column `{}` of read model `{name}` is kept either as text or as JSON\nhelp: write `#[column(text)]` or `#[column(json)]`",
                    field.ident
                ),
            );
        }
    }
}

fn column(field: &Field, earlier: &[Field], name: &str, mistakes: &mut Mistakes) {
    let column = field.column();
    let ident = &field.ident;
    let message = if let Some(flaw) = sql_flaw(&column, LONGEST) {
        let mended = sql_mended(&column, LONGEST).unwrap_or_else(|| "other".to_owned());
        format!(
            "the name of column `{column}` of read model `{name}` {flaw}\nexpected lowercase letters, digits and `_`, at most {LONGEST}\nhelp: write `#[column(name = \"{mended}\")]`"
        )
    } else if column == TENANT {
        format!(
            "read model `{name}` has a column `{TENANT}`, which every table has already\nhelp: write `#[column(name = \"{TENANT}_name\")]`"
        )
    } else if let Some(first) = earlier.iter().find(|other| other.column() == column) {
        format!(
            "fields `{}` and `{ident}` of read model `{name}` are both column `{column}`\nhelp: write `#[column(name = \"other_{column}\")]` at one of them",
            first.ident
        )
    } else {
        return;
    };
    match &field.name {
        Some(name) => mistakes.at(name, message),
        None => mistakes.at(ident, message),
    }
}
