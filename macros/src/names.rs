//! Names: which ones can be stored, and which one a type gets where none is written.

/// What is wrong with the name of an event or of an aggregate, as it goes on after "the name of `X`".
pub(crate) fn flaw(name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("is empty".to_owned());
    }
    let stray = name
        .chars()
        .find(|&c| !(c.is_ascii_alphanumeric() || "._-:/".contains(c)))?;
    Some(if stray.is_whitespace() || stray.is_control() {
        format!("contains {stray:?}, which nobody would see in a listing")
    } else {
        format!("contains `{stray}`")
    })
}

/// The nearest name that can be stored; `None` where nothing is left of it.
pub(crate) fn mended(name: &str) -> Option<String> {
    let mut mended = String::new();
    for c in name.trim().chars() {
        if c.is_ascii_alphanumeric() || "._-:/".contains(c) {
            mended.push(c);
        } else if (c.is_whitespace() || c.is_alphanumeric()) && !mended.ends_with('_') {
            mended.push('_');
        }
    }
    mended.chars().any(|c| c != '_').then_some(mended)
}

/// Any text as `LikeThis`: letters and digits alone, each word with a capital.
pub(crate) fn pascal_case(text: &str) -> String {
    let mut pascal = String::new();
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()) {
        let mut chars = word.chars();
        pascal.extend(chars.next().map(|first| first.to_ascii_uppercase()));
        pascal.push_str(chars.as_str());
    }
    pascal
}

/// `AccountOpened` as `account_opened`.
pub(crate) fn snake_case(ident: &str) -> String {
    let letters: Vec<char> = ident.chars().collect();
    let mut snake = String::new();
    for (i, &c) in letters.iter().enumerate() {
        let after_lower = i > 0 && !letters[i - 1].is_uppercase() && letters[i - 1] != '_';
        let before_lower = i > 0
            && letters[i - 1].is_uppercase()
            && letters.get(i + 1).is_some_and(|c| c.is_lowercase());
        if c.is_uppercase() && (after_lower || before_lower) {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::{flaw, mended, pascal_case, snake_case};

    #[test]
    fn names_that_can_be_stored() {
        for name in ["a", "account.opened", "Account-Opened_2", "urn:x/y", "0"] {
            assert_eq!(flaw(name), None, "{name}");
        }
    }

    #[test]
    fn names_that_cannot() {
        assert_eq!(flaw("").as_deref(), Some("is empty"));
        assert_eq!(flaw("a$").as_deref(), Some("contains `$`"));
        assert_eq!(flaw("konto.eröffnet").as_deref(), Some("contains `ö`"));
        for name in ["a b", " a", "a\n", "a\u{0}", "a\u{a0}b"] {
            let flaw = flaw(name).expect(name);
            assert!(flaw.ends_with("in a listing"), "{flaw}");
        }
    }

    #[test]
    fn a_mended_name_has_no_flaw() {
        assert_eq!(
            mended(" account  opened\t!").as_deref(),
            Some("account_opened_")
        );
        assert_eq!(mended("ö"), None);
        for name in ["a b", "a$c", "x\u{0}y"] {
            assert_eq!(flaw(&mended(name).expect(name)), None);
        }
    }

    #[test]
    fn pascal_cases() {
        for (text, pascal) in [
            ("lines[].unit_price", "LinesUnitPrice"),
            ("reason::Fraud", "ReasonFraud"),
            (".", ""),
            ("2nd", "2nd"),
        ] {
            assert_eq!(pascal_case(text), pascal);
        }
    }

    #[test]
    fn snake_cases() {
        for (ident, snake) in [
            ("Account", "account"),
            ("AccountOpened", "account_opened"),
            ("AccountOpenedV1", "account_opened_v1"),
            ("HTTPRequest", "http_request"),
            ("IOError", "io_error"),
            ("Order2Item", "order2_item"),
            ("already_snake", "already_snake"),
            ("Mixed_Case", "mixed_case"),
        ] {
            assert_eq!(snake_case(ident), snake);
        }
    }
}
