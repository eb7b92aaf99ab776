//! Amounts of money.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};
use std::str::FromStr;

use annals::prelude::*;
use annals::projection::{ColumnKind, ColumnType, Value};

/// An amount in Czech crowns, counted in hellers: whole numbers, so that nothing is ever rounded.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Schema, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Money(i64);

impl Money {
    pub const ZERO: Money = Money(0);

    pub const fn hellers(hellers: i64) -> Self {
        Money(hellers)
    }

    pub const fn crowns(crowns: i64) -> Self {
        Money(crowns * 100)
    }

    /// How far two amounts are apart, never negative.
    pub const fn distance(self, other: Money) -> Money {
        Money((self.0 - other.0).abs())
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    /// Reads `1234.50`: exactly two decimals, and not so much that a sum over a whole bank could overflow.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, text),
        };
        let (crowns, hellers) = digits.split_once('.').ok_or(MoneyError::Malformed)?;
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if crowns.is_empty() || hellers.len() != 2 || !is_number(crowns) || !is_number(hellers) {
            return Err(MoneyError::Malformed);
        }
        if crowns.len() > 12 {
            return Err(MoneyError::TooMuch);
        }
        let crowns: i64 = crowns.parse().map_err(|_| MoneyError::Malformed)?;
        let hellers: i64 = hellers.parse().map_err(|_| MoneyError::Malformed)?;
        Ok(Money(sign * (crowns * 100 + hellers)))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("not an amount with two decimals, like `1234.50`")]
    Malformed,
    #[error("more than twelve digits before the point")]
    TooMuch,
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let hellers = self.0.unsigned_abs();
        // As one text, so that a caller's width and alignment apply.
        f.pad(&format!("{sign}{}.{:02}", hellers / 100, hellers % 100))
    }
}

impl Add for Money {
    type Output = Money;

    fn add(self, other: Money) -> Money {
        Money(self.0 + other.0)
    }
}

impl Sub for Money {
    type Output = Money;

    fn sub(self, other: Money) -> Money {
        Money(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Money;

    fn neg(self) -> Money {
        Money(-self.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Money) {
        *self = *self + other;
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Money) {
        *self = *self - other;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Money>>(amounts: I) -> Money {
        amounts.fold(Money::ZERO, Add::add)
    }
}

/// In a read model's table, the number of hellers.
impl ColumnType for Money {
    const KIND: ColumnKind = ColumnKind::Integer;

    fn to_value(&self) -> Result<Value, String> {
        self.0.to_value()
    }

    fn from_value(value: Value) -> Result<Self, String> {
        i64::from_value(value).map(Money)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_two_decimals() {
        for text in [
            "0.00",
            "0.05",
            "700.00",
            "1234.50",
            "-0.01",
            "-12.30",
            "999999999999.99",
        ] {
            assert_eq!(
                text.parse::<Money>().map(|money| money.to_string()),
                Ok(text.to_owned())
            );
        }
    }

    #[test]
    fn reads_the_exact_number_of_hellers() {
        assert_eq!("1234.50".parse(), Ok(Money::hellers(123_450)));
        assert_eq!("-0.05".parse(), Ok(Money::hellers(-5)));
    }

    #[test]
    fn refuses_what_is_not_an_amount() {
        for text in [
            "", "-", ".", "1", "1.", ".50", "1.5", "1,5", "1.234", "12.345", "+1.00", "--1.00",
            "1 000.00", "1e3.00", "0x1.00", " 1.00", "1.00 ", "1.-5", "١.00",
        ] {
            assert_eq!(
                text.parse::<Money>(),
                Err(MoneyError::Malformed),
                "{text:?}"
            );
        }
        assert_eq!(
            "1000000000000.00".parse::<Money>(),
            Err(MoneyError::TooMuch)
        );
    }

    #[test]
    fn aligns_in_a_column() {
        assert_eq!(format!("[{:>9}]", Money::hellers(-1230)), "[   -12.30]");
    }
}
