use annals::prelude::*;

#[derive(Schema, Serialize, Deserialize)]
struct Tags {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    list: Vec<String>,
}

fn main() {}
