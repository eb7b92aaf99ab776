annals::past!("limit.set" 1 => LimitSetV1, lock = "released");

fn main() {}
