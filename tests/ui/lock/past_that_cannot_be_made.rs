annals::past!("grid.drawn", 1 => GridDrawnV1, lock = "released");

fn main() {}
