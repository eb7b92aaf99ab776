annals::past!("account.opend", 1 => AccountOpenedV1, lock = "released");

fn main() {}
