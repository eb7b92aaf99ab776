//! Subjects: what may stand in them, and how the rest is written.

use std::fmt::Write;

use crate::relay::Message;

/// A name as one token of a subject: letters, digits, `-` and `_` stand for themselves, each other byte is written as `%` and two
/// hexadecimal digits, and nothing as `%`. No two names have one token.
///
/// ```
/// assert_eq!(annals::relay::nats::token("order-line"), "order-line");
/// assert_eq!(annals::relay::nats::token("a.b *"), "a%2Eb%20%2A");
/// ```
#[must_use]
pub fn token(name: &str) -> String {
    let mut token = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => token.push(char::from(byte)),
            other => drop(write!(token, "%{other:02X}")),
        }
    }
    if token.is_empty() {
        token.push('%');
    }
    token
}

/// `annals.<aggregate>.<event type>`. The dots of the type part tokens.
pub(super) fn of_message(message: &Message) -> String {
    let category = token(message.stream().category());
    let event_type: Vec<_> = message.event_type().split('.').map(token).collect();
    format!("annals.{category}.{}", event_type.join("."))
}

/// What is wrong with a subject to which is to be published.
pub(super) fn mistake(subject: &str) -> Option<&'static str> {
    let bad = |c: char| c.is_whitespace() || c.is_control();
    if subject.contains(bad) {
        return Some("it holds white space");
    }
    let mut tokens = subject.split('.');
    if tokens.clone().any(str::is_empty) {
        return Some("a part of it is empty");
    }
    if tokens.any(|token| token == "*" || token == ">") {
        return Some("it is a pattern, and names no one subject");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{mistake, token};

    #[test]
    fn every_name_has_a_token_of_its_own() {
        let names = [
            "", "%", "%25", "a", "a.b", "a%2Eb", "$JS", ">", "*", "ä", "a b", "\r\n",
        ];
        let tokens: std::collections::BTreeSet<_> = names.iter().map(|name| token(name)).collect();
        assert_eq!(tokens.len(), names.len());
        assert!(
            tokens
                .iter()
                .all(|token| mistake(token).is_none() && !token.contains('.'))
        );
    }

    #[test]
    fn what_no_subject_is_is_found() {
        for bad in ["", ".a", "a.", "a..b", "a.*", "a.>", "a b", "a\r\nPUB b 0"] {
            assert!(mistake(bad).is_some(), "{bad:?}");
        }
        assert_eq!(mistake("annals.account.money.deposited"), None);
    }
}
