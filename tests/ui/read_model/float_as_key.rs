use annals::prelude::*;

#[derive(ReadModel)]
struct Rate {
    #[key]
    percent: f64,
    name: String,
}

fn main() {}
