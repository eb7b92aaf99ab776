//! JSON on as many lines as it takes to read it, or on one.

/// The JSON without the white space between its parts, each of which stays as it is.
pub(crate) fn compact(json: &str) -> String {
    let mut compact = String::with_capacity(json.len());
    for (sign, is_text) in signs(json) {
        if is_text || !is_space(sign) {
            compact.push(sign);
        }
    }
    compact
}

/// The JSON with a line for each of its parts, each of which stays as it is.
pub(crate) fn indented(json: &str) -> String {
    let mut indented = String::with_capacity(2 * json.len());
    let mut depth = 0_usize;
    let newline = |text: &mut String, depth: usize| {
        text.push('\n');
        text.extend(std::iter::repeat_n("  ", depth));
    };
    for (sign, is_text) in signs(json) {
        match sign {
            _ if is_text => indented.push(sign),
            _ if is_space(sign) => {}
            '{' | '[' => {
                depth += 1;
                indented.push(sign);
                newline(&mut indented, depth);
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                if indented.trim_end().ends_with(['{', '[']) {
                    // Nothing is inside.
                    indented.truncate(indented.trim_end().len());
                } else {
                    newline(&mut indented, depth);
                }
                indented.push(sign);
            }
            ',' => {
                indented.push(sign);
                newline(&mut indented, depth);
            }
            ':' => indented.push_str(": "),
            _ => indented.push(sign),
        }
    }
    indented
}

/// Each sign, and whether it is inside of a text.
fn signs(json: &str) -> impl Iterator<Item = (char, bool)> {
    let (mut is_text, mut is_escaped) = (false, false);
    json.chars().map(move |sign| {
        let was_text = is_text;
        match sign {
            _ if is_escaped => is_escaped = false,
            '\\' if is_text => is_escaped = true,
            '"' => is_text = !is_text,
            _ => {}
        }
        (sign, was_text)
    })
}

/// What JSON takes for white space.
fn is_space(sign: char) -> bool {
    matches!(sign, ' ' | '\t' | '\n' | '\r')
}

#[cfg(test)]
mod tests {
    use super::{compact, indented};

    #[test]
    fn json_is_laid_out_anew_and_keeps_its_parts() {
        let stored = "{ \"b\" : 170141183460469231731687303715884105727,\n \"a\": [ ], \"c\": [1.0, {} , \" \\\" {[,: \"]}";
        assert_eq!(
            compact(stored),
            r#"{"b":170141183460469231731687303715884105727,"a":[],"c":[1.0,{}," \" {[,: "]}"#
        );
        assert_eq!(
            indented(stored),
            "{\n  \"b\": 170141183460469231731687303715884105727,\n  \"a\": [],\n  \"c\": [\n    1.0,\n    {},\n    \" \\\" \
             {[,: \"\n  ]\n}"
        );
        assert_eq!(indented("\"{\""), "\"{\"");
    }
}
