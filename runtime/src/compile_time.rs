//! Text that can be put together while the compiler runs, for the messages of compile-time checks.

/// Text of at most 1 KiB; what is longer is cut.
pub struct Text {
    bytes: [u8; Text::LIMIT],
    length: usize,
}

impl Text {
    const LIMIT: usize = 1024;

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
        }
    }

    /// This text followed by another one.
    #[must_use]
    pub const fn and(mut self, more: &str) -> Self {
        let more = more.as_bytes();
        if self.length + more.len() > Text::LIMIT {
            return self;
        }
        let mut i = 0;
        while i < more.len() {
            self.bytes[self.length] = more[i];
            self.length += 1;
            i += 1;
        }
        self
    }

    /// This text followed by a number in decimal.
    #[must_use]
    pub const fn number(self, number: u32) -> Self {
        let digit = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"][(number % 10) as usize];
        if number < 10 {
            self.and(digit)
        } else {
            self.number(number / 10).and(digit)
        }
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
