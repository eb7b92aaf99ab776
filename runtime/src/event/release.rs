/// What the compiler found in the schema lock of a declaration.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release {
    /// The lock's folder; empty for an implementation that was written by hand and belongs to none.
    pub folder: &'static str,
    /// Whether the lock holds this version. A version that it does not hold is a draft.
    pub is_locked: bool,
    /// The newest version that the lock holds of the event; 0 where it holds none.
    pub newest: u32,
}

impl Release {
    /// That of an implementation that was written by hand.
    pub const UNMANAGED: Self = Release {
        folder: "",
        is_locked: true,
        newest: 0,
    };
}
