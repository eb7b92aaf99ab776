use annals::prelude::*;

/// A value type of a crate that is not the one whose events hold it.
#[derive(Debug, Clone, PartialEq, Schema, Serialize, Deserialize)]
pub struct Money {
    /// Hundredths.
    pub cents: i64,
    /// The code of the currency, like `CZK`.
    pub currency: String,
}
