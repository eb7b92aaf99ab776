//! Text that can be put together while the compiler runs, for the messages of compile-time checks.

/// Text of at most 2 KiB; what is longer is cut between two additions.
#[derive(Clone)]
pub struct Text {
    bytes: [u8; Text::LIMIT],
    length: usize,
    is_cut: bool,
}

impl Text {
    const LIMIT: usize = 2048;

    /// The empty text.
    #[must_use]
    #[allow(
        clippy::new_without_default,
        reason = "`Default::default` cannot run at compile time"
    )]
    pub const fn new() -> Self {
        Text {
            bytes: [0; Text::LIMIT],
            length: 0,
            is_cut: false,
        }
    }

    /// This text followed by another one.
    #[must_use]
    pub const fn and(mut self, more: &str) -> Self {
        self.push(more);
        self
    }

    /// This text followed by a number in decimal.
    #[must_use]
    pub const fn number(mut self, number: u32) -> Self {
        self.push_number(number as u64);
        self
    }

    /// Adds text at the end.
    pub const fn push(&mut self, more: &str) {
        let more = more.as_bytes();
        if self.length + more.len() > Text::LIMIT {
            self.is_cut = true;
            return;
        }
        let (_, free) = self.bytes.split_at_mut(self.length);
        let (place, _) = free.split_at_mut(more.len());
        place.copy_from_slice(more);
        self.length += more.len();
    }

    /// Adds a number in decimal at the end.
    pub const fn push_number(&mut self, number: u64) {
        if number >= 10 {
            self.push_number(number / 10);
        }
        self.push(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"][(number % 10) as usize]);
    }

    /// Whether nothing was added yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Whether something did not fit.
    #[must_use]
    pub const fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The text.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            // Whole strings only are ever added.
            Err(_) => "",
        }
    }
}

impl std::fmt::Display for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(self.as_str(), f)
    }
}

/// Whether two texts are equal.
#[must_use]
pub const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// Whether a text is one of several.
#[must_use]
pub const fn is_among(text: &str, texts: &[&str]) -> bool {
    let mut i = 0;
    while i < texts.len() {
        if same(text, texts[i]) {
            return true;
        }
        i += 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{Text, is_among, same};

    #[test]
    fn text_is_put_together() {
        let text = Text::new().and("version ").number(4_294_967_295).and("!");
        assert_eq!(text.as_str(), "version 4294967295!");
        assert_eq!(Text::new().number(0).as_str(), "0");
    }

    #[test]
    fn what_does_not_fit_is_cut_between_additions() {
        let mut text = Text::new();
        (0..300).for_each(|_| text.push("ö123456"));
        assert_eq!(text.as_str().len(), 2048);
        assert!(text.is_cut() && !Text::new().and("x").is_cut());
        text.push("x");
        assert!(text.as_str().ends_with("ö123456"));
    }

    #[test]
    fn texts_are_compared() {
        assert!(same("", "") && same("ab", "ab") && !same("ab", "ac") && !same("a", "ab"));
        assert!(is_among("b", &["a", "b"]) && !is_among("c", &["a", "b"]));
    }
}
