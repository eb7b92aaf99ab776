//! What a decoder says, without what it was given: an error ends in logs, where payloads have no business.

use serde::de::Error;
use serde_json::error::Category;

/// Why JSON does not fit a type: the words of serde, with the names that the type expects and without the values that stand in
/// the JSON. The words of a type that decodes itself are left out, since nobody knows what they repeat.
pub(crate) fn reason(error: &serde_json::Error) -> String {
    let said = error.to_string();
    // What is wrong with JSON itself is said in fixed words.
    if error.classify() != Category::Data {
        return said;
    }
    let place = match error.line() {
        0 => String::new(),
        line => format!(" at line {line} column {}", error.column()),
    };
    let said = said.strip_suffix(&place).unwrap_or(&said);
    let kept = without_values(said).unwrap_or_else(|| "its type does not take it".to_owned());
    format!("{kept}{place}")
}

/// The same error with its reason alone.
pub(crate) fn without_payload(error: &serde_json::Error) -> serde_json::Error {
    serde_json::Error::custom(reason(error))
}

/// `None` where the words are none of serde.
fn without_values(said: &str) -> Option<String> {
    // The names in these are those of the type.
    const PLAIN: [&str; 4] = [
        "missing field `",
        "duplicate field `",
        "invalid length ",
        "data did not match any variant of untagged enum ",
    ];
    if PLAIN.iter().any(|begin| said.starts_with(begin)) {
        return Some(said.to_owned());
    }
    // The value comes before what is expected, and can say anything, even this.
    let expected = said.rfind(", expected ").map_or("", |at| &said[at..]);
    for begin in ["invalid type: ", "invalid value: "] {
        if let Some(found) = said.strip_prefix(begin) {
            let kind = found.split(['`', '"', ',']).next().unwrap_or_default();
            return Some(format!("{begin}{}{expected}", kind.trim_end()));
        }
    }
    for begin in ["unknown variant", "unknown field"] {
        if said.starts_with(begin) {
            return Some(format!("{begin}{expected}"));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde::de::DeserializeOwned;

    use super::reason;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only decoded")]
    struct Card {
        digits: u32,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code, reason = "only decoded")]
    enum Kind {
        Debit,
        Credit,
    }

    #[derive(Debug, Deserialize)]
    #[serde(try_from = "String")]
    struct Even;

    impl TryFrom<String> for Even {
        type Error = String;

        fn try_from(text: String) -> Result<Self, String> {
            Err(format!("{text} is odd"))
        }
    }

    fn of<T: DeserializeOwned>(json: &str) -> String {
        let Err(error) = serde_json::from_str::<T>(json) else {
            panic!("{json} fits")
        };
        reason(&error)
    }

    #[test]
    fn values_are_left_out() {
        for (said, expected) in [
            (
                of::<Card>(r#"{"digits":"s3cret"}"#),
                "invalid type: string, expected u32 at line 1 column 18",
            ),
            (
                of::<Card>(r#"{"digits":"s3cret, expected s3cret"}"#),
                "invalid type: string, expected u32 at line 1 column 35",
            ),
            (
                of::<Card>(r#"{"digits":-4111}"#),
                "invalid value: integer, expected u32 at line 1 column 15",
            ),
            (
                of::<Card>(r#"{"digits":41.11}"#),
                "invalid type: floating point, expected u32 at line 1 column 15",
            ),
            (
                of::<Card>(r#"{"digits":{"s3cret":1}}"#),
                "invalid type: map, expected u32 at line 1 column 10",
            ),
            (
                of::<Card>(r#"{"s3cret":1}"#),
                "unknown field, expected `digits` at line 1 column 9",
            ),
            (
                of::<Card>("{}"),
                "missing field `digits` at line 1 column 2",
            ),
            (
                of::<Kind>(r#""s3cret""#),
                "unknown variant, expected `Debit` or `Credit` at line 1 column 8",
            ),
            (of::<Even>(r#""s3cret""#), "its type does not take it"),
            (
                of::<Card>("{"),
                "EOF while parsing an object at line 1 column 1",
            ),
        ] {
            assert_eq!(said, expected);
        }
    }
}
