use annals::prelude::*;

#[derive(ReadModel)]
struct Rate {
    #[key]
    name: String,
    #[key]
    percent: f64,
}

fn main() {}
