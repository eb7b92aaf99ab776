use annals::prelude::*;

#[derive(Event, Serialize, Deserialize)]
#[event("fee.charged", meaning = "in cents")]
#[annals(lock = "released")]
struct FeeCharged {
    #[serde(with = "as_text")]
    #[schema(as = "text")]
    amount: i64,
}

mod as_text {
    pub fn serialize<S: serde::Serializer>(amount: &i64, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(amount)
    }

    pub fn deserialize<'de, D: serde::Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
        <String as serde::Deserialize>::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

fn main() {}
