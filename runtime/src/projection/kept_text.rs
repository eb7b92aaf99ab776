//! Text of users' as both databases keep it, whatever is in it.

use sha2::{Digest, Sha256};

/// How many bytes of a key are kept as they are: an index of PostgreSQL holds 2704 for all its columns.
const LONGEST: usize = 1000;

/// Text without the character NUL, which PostgreSQL keeps nowhere.
pub(crate) fn kept(text: String) -> String {
    match text.contains('\0') {
        false => text,
        true => text.replace('\0', "\u{fffd}"),
    }
}

/// A key under which events can be parked. Of a long one it is the beginning, with a hash that tells it from others.
pub(crate) fn kept_key(key: String) -> String {
    if key.len() <= LONGEST {
        return kept(key);
    }
    let digest = Sha256::digest(&key);
    let hash = digest.iter().map(|byte| format!("{byte:02x}"));
    let beginning = &key[..key.floor_char_boundary(100)];
    kept(format!("{beginning}… {}", hash.collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, kept, kept_key};

    #[test]
    fn text_stays_as_it_is_where_it_can() {
        assert_eq!(kept("a\0b".to_owned()), "a\u{fffd}b");
        assert_eq!(kept_key("ann".to_owned()), "ann");
        let longest = "é".repeat(LONGEST / 2);
        assert_eq!(kept_key(longest.clone()), longest);
    }

    #[test]
    fn long_keys_are_told_apart() {
        let one = kept_key("é".repeat(LONGEST) + "a");
        let other = kept_key("é".repeat(LONGEST) + "b");
        assert_ne!(one, other);
        assert!(one.len() < LONGEST && one.starts_with("éé"), "{one}");
    }
}
