//! Facts of a shape as the JSON of the table: an object, each place with what is stored there.

use std::fmt;

use annals_schema::Facts;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Serialize, Serializer};

pub(super) fn write(facts: &Facts) -> Result<String, serde_json::Error> {
    serde_json::to_string(&InOrder(facts))
}

pub(super) fn read(json: &str) -> Result<Facts, serde_json::Error> {
    serde_json::from_str(json).map(|Members(members)| Facts::kept(members))
}

struct InOrder<'a>(&'a Facts);

impl Serialize for InOrder<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter())
    }
}

/// The members of an object in the order in which they are written, which a map would lose.
struct Members(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(ReadMembers)
    }
}

struct ReadMembers;

impl<'de> Visitor<'de> for ReadMembers {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of texts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

#[cfg(test)]
mod tests {
    use annals_schema::{Facts, Schema};

    use super::{read, write};

    #[test]
    fn what_is_written_is_read_in_its_order() {
        let facts = Facts::of(<(Vec<Option<u8>>, bool)>::SHAPE).expect("facts");
        let json = write(&facts).expect("json");
        assert_eq!(
            json,
            r#"{".":"tuple","[0]":"list","[0][]":"optional u8","[1]":"bool"}"#
        );
        assert_eq!(read(&json).expect("facts"), facts);
    }
}
