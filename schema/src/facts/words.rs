use crate::name::is_simple;

/// The words of a fact or of a path, one after another.
pub(super) struct Words<'a> {
    rest: &'a str,
}

impl<'a> Words<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Words { rest: text }
    }

    pub(super) fn is_over(&self) -> bool {
        self.rest.is_empty()
    }

    /// Takes this very text, where it comes next.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    pub(super) fn expect(&mut self, text: &str) -> Option<()> {
        self.eat(text).then_some(())
    }

    /// Takes a whole word, where it comes next.
    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(word) else {
            return false;
        };
        let is_whole = rest.is_empty() || rest.starts_with([' ', ',']);
        if is_whole {
            self.rest = rest.strip_prefix(' ').unwrap_or(rest);
        }
        is_whole
    }

    pub(super) fn number(&mut self) -> Option<usize> {
        let end = self.rest.find(|c: char| !c.is_ascii_digit());
        let (digits, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        digits.parse().ok()
    }

    /// A name, in quotes or without.
    pub(super) fn name(&mut self) -> Option<String> {
        if !self.rest.starts_with('"') {
            let end = self.rest.char_indices().find(|(_, c)| {
                let mut bytes = [0; 4];
                !is_simple(c.encode_utf8(&mut bytes))
            });
            let end = end.map_or(self.rest.len(), |(at, _)| at);
            let (name, rest) = self.rest.split_at(end);
            self.rest = rest;
            return (!name.is_empty()).then(|| name.to_owned());
        }
        let mut name = String::new();
        let mut chars = self.rest.char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = &self.rest[at + 1..];
                    return Some(name);
                }
                '\\' => name.push(chars.next()?.1),
                c => name.push(c),
            }
        }
        None
    }

    /// All that is left.
    pub(super) fn rest(&mut self) -> &'a str {
        std::mem::take(&mut self.rest)
    }
}
