use annals::prelude::*;

#[derive(Schema, Serialize, Deserialize)]
enum Money {
    #[schema(as = "text")]
    Cents(i64),
}

fn main() {}
