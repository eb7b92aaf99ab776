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

/// What is wrong with a name of SQL that needs no quotes, as it goes on after "the name of `X`".
pub(crate) fn sql_flaw(name: &str, longest: usize) -> Option<String> {
    let stray = |c: &char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '_');
    match name.chars().next() {
        None => Some("is empty".to_owned()),
        Some(first) if first.is_ascii_digit() => Some(format!("begins with `{first}`")),
        Some(_) if name.len() > longest => Some(format!("has {} bytes", name.len())),
        Some(_) => match name.chars().find(stray)? {
            stray if stray.is_whitespace() || stray.is_control() => {
                Some(format!("contains {stray:?}"))
            }
            stray => Some(format!("contains `{stray}`")),
        },
    }
}

/// What is wrong with the name of a process, as it goes on after "the name of process `X`".
pub(crate) fn process_flaw(name: &str, longest: usize) -> Option<String> {
    if let Some(first @ ('-' | '_')) = name.chars().next() {
        return Some(format!("begins with `{first}`"));
    }
    if name.ends_with('-') {
        return Some("ends with `-`, which parts it from the id of an instance".to_owned());
    }
    sql_flaw(&name.replace('-', "_"), longest)
}

/// The nearest name that a process can have; `None` where nothing is left of it.
pub(crate) fn process_mended(name: &str, longest: usize) -> Option<String> {
    let mended = sql_mended(name, longest)?;
    Some(match name.contains('_') {
        true => mended,
        false => mended.replace('_', "-"),
    })
}

/// The nearest name of SQL that needs no quotes; `None` where nothing is left of it.
pub(crate) fn sql_mended(name: &str, longest: usize) -> Option<String> {
    let mut mended = String::new();
    for c in snake_case(name.trim()).chars() {
        match c {
            'a'..='z' => mended.push(c),
            '0'..='9' if !mended.is_empty() => mended.push(c),
            _ if !mended.ends_with('_') && !mended.is_empty() => mended.push('_'),
            _ => {}
        }
    }
    mended.truncate(longest);
    let mended = mended.trim_end_matches('_');
    (!mended.is_empty()).then(|| mended.to_owned())
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
    use super::{
        flaw, mended, pascal_case, process_flaw, process_mended, snake_case, sql_flaw, sql_mended,
    };

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
    fn names_that_need_no_quotes() {
        for name in ["a", "_led", "with_2_digits", "abcde"] {
            assert_eq!(sql_flaw(name, 20), None, "{name}");
        }
        for (name, flaw) in [
            ("", "is empty"),
            ("2nd", "begins with `2`"),
            ("cents-held", "contains `-`"),
            ("Cents", "contains `C`"),
            ("a b", "contains ' '"),
            ("cents_that_are_held_here", "has 24 bytes"),
        ] {
            assert_eq!(sql_flaw(name, 20).as_deref(), Some(flaw));
        }
    }

    #[test]
    fn a_mended_name_needs_no_quotes() {
        for (name, mended) in [
            ("Cents-held", "cents_held"),
            ("2nd", "nd"),
            ("openBalances ", "open_balances"),
            ("balances$", "balances"),
            ("über uns", "ber_uns"),
            ("cents_that_are_held_here", "cents_that_are_held"),
        ] {
            assert_eq!(sql_mended(name, 20).as_deref(), Some(mended));
            assert_eq!(sql_flaw(mended, 20), None, "{mended}");
        }
        assert_eq!(sql_mended("$", 20), None);
    }

    #[test]
    fn names_of_processes() {
        for name in ["order-fulfilment", "order_fulfilment", "a2", "a_"] {
            assert_eq!(process_flaw(name, 20), None, "{name}");
        }
        for (name, flaw, mended) in [
            ("", "is empty", None),
            ("-order", "begins with `-`", Some("order")),
            ("_order", "begins with `_`", Some("order")),
            ("2nd", "begins with `2`", Some("nd")),
            (
                "order-",
                "ends with `-`, which parts it from the id of an instance",
                Some("order"),
            ),
            ("Order-Fulfilment", "contains `O`", Some("order-fulfilment")),
            ("order fulfilment", "contains ' '", Some("order-fulfilment")),
            ("the_order's", "contains `'`", Some("the_order_s")),
            (
                "fulfilment-of-an-order",
                "has 22 bytes",
                Some("fulfilment-of-an-ord"),
            ),
        ] {
            assert_eq!(process_flaw(name, 20).as_deref(), Some(flaw), "{name}");
            assert_eq!(process_mended(name, 20).as_deref(), mended, "{name}");
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
