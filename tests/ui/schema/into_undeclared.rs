use annals::prelude::*;

#[derive(Schema, Clone, Serialize, Deserialize)]
#[serde(from = "i64", into = "i64")]
struct Money {
    cents: i64,
}

impl From<i64> for Money {
    fn from(cents: i64) -> Self {
        Money { cents }
    }
}

impl From<Money> for i64 {
    fn from(money: Money) -> Self {
        money.cents
    }
}

fn main() {}
