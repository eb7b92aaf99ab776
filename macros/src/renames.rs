//! serde's rules for renaming, as its derives apply them.

/// Under which name serde stores a field by a rule of `rename_all`. An unknown rule is serde's to refuse.
pub(crate) fn field(rule: &str, field: &str) -> String {
    match rule {
        "PascalCase" => pascal(field),
        "camelCase" => lower_first(&pascal(field)),
        "UPPERCASE" | "SCREAMING_SNAKE_CASE" => field.to_ascii_uppercase(),
        "kebab-case" => field.replace('_', "-"),
        "SCREAMING-KEBAB-CASE" => field.to_ascii_uppercase().replace('_', "-"),
        _ => field.to_owned(),
    }
}

/// Under which name serde stores a variant by a rule of `rename_all`.
pub(crate) fn variant(rule: &str, variant: &str) -> String {
    match rule {
        "lowercase" => variant.to_ascii_lowercase(),
        "UPPERCASE" => variant.to_ascii_uppercase(),
        "camelCase" => lower_first(variant),
        "snake_case" => snake(variant),
        "SCREAMING_SNAKE_CASE" => snake(variant).to_ascii_uppercase(),
        "kebab-case" => snake(variant).replace('_', "-"),
        "SCREAMING-KEBAB-CASE" => snake(variant).to_ascii_uppercase().replace('_', "-"),
        _ => variant.to_owned(),
    }
}

/// Every rule that serde knows.
pub(crate) const RULES: [&str; 8] = [
    "lowercase",
    "UPPERCASE",
    "PascalCase",
    "camelCase",
    "snake_case",
    "SCREAMING_SNAKE_CASE",
    "kebab-case",
    "SCREAMING-KEBAB-CASE",
];

fn pascal(field: &str) -> String {
    let mut pascal = String::new();
    let mut starts = true;
    for c in field.chars() {
        if c == '_' {
            starts = true;
        } else if starts {
            pascal.push(c.to_ascii_uppercase());
            starts = false;
        } else {
            pascal.push(c);
        }
    }
    pascal
}

fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    let first = chars.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(chars).collect()
}

fn snake(variant: &str) -> String {
    let mut snake = String::new();
    for (at, c) in variant.char_indices() {
        if at > 0 && c.is_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::{field, variant};

    macro_rules! rules {
        ($($rule:literal)+) => {
            #[test]
            fn fields_and_variants_are_named_as_serde_names_them() {
                $({
                    #[derive(Serialize)]
                    #[serde(rename_all = $rule)]
                    struct Fields { a: u8, two_words: u8, r#type: u8, with_2_digits: u8, _led: u8 }
                    #[derive(Serialize)]
                    #[serde(rename_all = $rule)]
                    enum Variants { A, TwoWords, HTTPRequest, With2Digits }

                    let fields = Fields { a: 0, two_words: 0, r#type: 0, with_2_digits: 0, _led: 0 };
                    let json = serde_json::to_value(fields).expect("JSON");
                    for name in ["a", "two_words", "type", "with_2_digits", "_led"] {
                        let named = field($rule, name);
                        assert!(json.get(&named).is_some(), "{named} in {json}");
                    }
                    for (of, name) in [
                        (Variants::A, "A"),
                        (Variants::TwoWords, "TwoWords"),
                        (Variants::HTTPRequest, "HTTPRequest"),
                        (Variants::With2Digits, "With2Digits"),
                    ] {
                        assert_eq!(serde_json::to_value(of).expect("JSON"), variant($rule, name));
                    }
                })+
            }
        };
    }

    rules! {
        "lowercase" "UPPERCASE" "PascalCase" "camelCase" "snake_case" "SCREAMING_SNAKE_CASE" "kebab-case"
        "SCREAMING-KEBAB-CASE"
    }
}
