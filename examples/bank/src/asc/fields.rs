//! One line, taken apart.

use std::fmt::Display;

use chrono::{Datelike, NaiveDate};

use super::fault::Misread;
use crate::money::{Money, MoneyError};

/// One field of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field<'a> {
    /// Without its quotes.
    pub text: &'a str,
    /// Where it begins, from 1.
    pub column: usize,
}

/// Splits a line at its `;`. A field is either in double quotes or holds none.
pub fn split(line: &str) -> Result<Vec<Field<'_>>, Misread> {
    let mut fields = Vec::new();
    let mut start = 0;
    loop {
        let column = start + 1;
        let rest = &line[start..];
        let (text, length) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let Some(end) = quoted.find('"') else {
                    return Err(Misread::new(
                        column,
                        "a closing `\"`",
                        "the end of the line",
                    ));
                };
                (&quoted[..end], end + 2)
            }
            None => {
                let end = rest.find([';', '"']).unwrap_or(rest.len());
                (&rest[..end], end)
            }
        };
        fields.push(Field { text, column });
        match rest[length..].chars().next() {
            None => return Ok(fields),
            Some(';') => start += length + 1,
            Some(other) => {
                return Err(Misread::new(
                    column + length,
                    "`;` or the end of the line",
                    format!("`{other}`"),
                ));
            }
        }
    }
}

/// Splits a line into just as many fields as have these names.
pub fn split_into<'a, const N: usize>(
    line: &'a str,
    names: &[&str; N],
) -> Result<[Field<'a>; N], Misread> {
    let fields = split(line)?;
    <[Field<'a>; N]>::try_from(fields).map_err(|fields| match fields.get(N) {
        Some(surplus) => Misread::new(
            surplus.column,
            format!("the end of the line after {N} fields"),
            format!("{} fields", fields.len()),
        ),
        None => Misread::new(
            line.len() + 1,
            format!("{N} fields"),
            format!("{}: `{}` is missing", fields.len(), names[fields.len()]),
        ),
    })
}

/// Whether two lines hold the same fields, quoted or not.
pub fn same_fields(one: &str, other: &str) -> bool {
    let texts = |line| -> Option<Vec<_>> {
        Some(
            split(line)
                .ok()?
                .into_iter()
                .map(|field| field.text)
                .collect(),
        )
    };
    one == other || texts(one).is_some_and(|fields| Some(fields) == texts(other))
}

impl Field<'_> {
    pub fn misread(&self, expected: impl Display) -> Misread {
        let found = match self.text {
            "" => "nothing".to_owned(),
            text => format!("`{text}`"),
        };
        Misread::new(self.column, expected.to_string(), found)
    }

    /// A number above 0.
    pub fn number<N: TryFrom<u64>>(&self) -> Result<N, Misread> {
        let digits = !self.text.is_empty() && self.text.bytes().all(|byte| byte.is_ascii_digit());
        let number = self
            .text
            .parse()
            .ok()
            .filter(|number: &u64| digits && *number > 0);
        number
            .and_then(|number| N::try_from(number).ok())
            .ok_or_else(|| self.misread("a number above 0"))
    }

    /// A day of the twentieth century, YYMMDD: the data set ends in 1998.
    pub fn date(&self) -> Result<NaiveDate, Misread> {
        let digits = self.text.len() == 6 && self.text.bytes().all(|byte| byte.is_ascii_digit());
        let part = |at: usize| self.text.get(at..at + 2)?.parse::<u32>().ok();
        digits
            .then(|| {
                let year = 1900 + i32::try_from(part(0)?).ok()?;
                NaiveDate::from_ymd_opt(year, part(2)?, part(4)?)
            })
            .flatten()
            .filter(|date| date.year() < 2000)
            .ok_or_else(|| self.misread("a date as YYMMDD, like `930131`"))
    }

    pub fn money(&self) -> Result<Money, Misread> {
        self.text.parse().map_err(|error| {
            self.misread(match error {
                MoneyError::Malformed => "an amount with two decimals, like `1234.50`",
                MoneyError::TooMuch => "an amount of at most twelve digits before the point",
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(line: &str) -> Vec<(&str, usize)> {
        split(line)
            .expect("a line that can be split")
            .into_iter()
            .map(|field| (field.text, field.column))
            .collect()
    }

    #[test]
    fn splits_quoted_bare_and_empty_fields() {
        assert_eq!(
            texts(r#"17;"a;b";;"";x"#),
            [("17", 1), ("a;b", 4), ("", 10), ("", 11), ("x", 14)]
        );
        assert_eq!(texts(""), [("", 1)]);
        assert_eq!(texts(";"), [("", 1), ("", 2)]);
        assert_eq!(texts(r#"" ""#), [(" ", 1)]);
    }

    #[test]
    fn reports_a_quote_that_is_not_closed() {
        assert_eq!(
            split(r#"17;"PRIJEM;1.00"#),
            Err(Misread::new(4, "a closing `\"`", "the end of the line"))
        );
    }

    #[test]
    fn reports_what_follows_a_closing_quote() {
        assert_eq!(
            split(r#"17;"AB"C;1"#),
            Err(Misread::new(8, "`;` or the end of the line", "`C`"))
        );
        assert_eq!(
            split(r#"17;A"B"#),
            Err(Misread::new(5, "`;` or the end of the line", "`\"`"))
        );
    }

    #[test]
    fn counts_fields() {
        let names = ["one", "two", "three"];
        assert!(split_into("1;2;3", &names).is_ok());
        assert_eq!(
            split_into("1;2", &names),
            Err(Misread::new(4, "3 fields", "2: `three` is missing"))
        );
        assert_eq!(
            split_into("1;2;3;4;5", &names),
            Err(Misread::new(
                7,
                "the end of the line after 3 fields",
                "5 fields"
            ))
        );
    }

    #[test]
    fn knows_dates() {
        let date = |text| Field { text, column: 1 }.date();
        assert_eq!(date("930131").ok(), NaiveDate::from_ymd_opt(1993, 1, 31));
        assert_eq!(date("960229").ok(), NaiveDate::from_ymd_opt(1996, 2, 29));
        for wrong in [
            "", "930229", "931301", "930100", "93013", "9301311", "93-1-1", "+30101",
        ] {
            assert!(date(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn knows_numbers() {
        let number = |text| Field { text, column: 1 }.number::<u32>();
        assert_eq!(number("17"), Ok(17));
        for wrong in ["", "0", "-1", "+1", "1.0", "4294967296", "x"] {
            assert!(number(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn compares_lines_by_their_fields() {
        assert!(same_fields(r#"1;"A";"#, r#"1;A;"""#));
        assert!(!same_fields(r#"1;"A""#, r#"1;" A""#));
        assert!(!same_fields(r#"1;"A"#, r#"1;"A "#));
    }
}
