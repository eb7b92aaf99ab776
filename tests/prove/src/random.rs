//! Random numbers that are the same for the same seed.

/// A sequence of random numbers: splitmix64.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// The sequence that belongs to a seed and to whatever else tells it from others.
    pub(crate) fn of(seed: u64, what: &str) -> Self {
        let mut random = Random(seed ^ digest(0, what.as_bytes()).cast_unsigned());
        random.next();
        random
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 up to, and without, `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// A number from `from` to `to`, both among them.
    pub(crate) fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.below(to - from + 1)
    }

    /// True in so many of a hundred cases.
    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of several.
    pub(crate) fn one_of<'t, T>(&mut self, among: &'t [T]) -> &'t T {
        let at = self.below(among.len() as u64);
        &among[usize::try_from(at).unwrap_or_default()]
    }
}

/// A digest of bytes on top of another digest: whoever has the same one has folded the same, in the same order.
pub(crate) fn digest(before: i64, bytes: &[u8]) -> i64 {
    let mut digest = before.cast_unsigned() ^ 0xCBF2_9CE4_8422_2325;
    for byte in bytes {
        digest = (digest ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
    }
    (digest ^ (digest >> 29)).cast_signed()
}
