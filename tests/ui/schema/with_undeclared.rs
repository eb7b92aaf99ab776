use annals::prelude::*;

#[derive(Schema, Serialize, Deserialize)]
struct Money {
    #[serde(with = "as_text")]
    cents: i64,
}

mod as_text {
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(cents: &i64, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(cents)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

fn main() {}
