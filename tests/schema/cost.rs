//! Comparing runs in the compiler, which stops what runs for long: it must stay far from that.

use annals::Schema;
use annals::schema::{Facts, change};

/// As many fields as nobody has.
#[derive(annals::Schema, serde::Serialize, serde::Deserialize)]
#[allow(dead_code, reason = "only what is stored is looked at")]
struct Wide {
    f0: u8,
    f1: String,
    f2: Option<i64>,
    f3: Vec<Inner>,
    f4: bool,
    f5: u8,
    f6: String,
    f7: Option<i64>,
    f8: Vec<Inner>,
    f9: bool,
    f10: u8,
    f11: String,
    f12: Option<i64>,
    f13: Vec<Inner>,
    f14: bool,
    f15: u8,
    f16: String,
    f17: Option<i64>,
    f18: Vec<Inner>,
    f19: bool,
    f20: u8,
    f21: String,
    f22: Option<i64>,
    f23: Vec<Inner>,
    f24: bool,
    f25: u8,
    f26: String,
    f27: Option<i64>,
    f28: Vec<Inner>,
    f29: bool,
    f30: u8,
    f31: String,
    f32: Option<i64>,
    f33: Vec<Inner>,
    f34: bool,
    f35: u8,
    f36: String,
    f37: Option<i64>,
    f38: Vec<Inner>,
    f39: bool,
    f40: u8,
    f41: String,
    f42: Option<i64>,
    f43: Vec<Inner>,
    f44: bool,
    f45: u8,
    f46: String,
    f47: Option<i64>,
    f48: Vec<Inner>,
    f49: bool,
    f50: u8,
    f51: String,
    f52: Option<i64>,
    f53: Vec<Inner>,
    f54: bool,
    f55: u8,
    f56: String,
    f57: Option<i64>,
    f58: Vec<Inner>,
    f59: bool,
    f60: u8,
    f61: String,
    f62: Option<i64>,
    f63: Vec<Inner>,
    f64: bool,
    f65: u8,
    f66: String,
    f67: Option<i64>,
    f68: Vec<Inner>,
    f69: bool,
    f70: u8,
    f71: String,
    f72: Option<i64>,
    f73: Vec<Inner>,
    f74: bool,
    f75: u8,
    f76: String,
    f77: Option<i64>,
    f78: Vec<Inner>,
    f79: bool,
    f80: u8,
    f81: String,
    f82: Option<i64>,
    f83: Vec<Inner>,
    f84: bool,
    f85: u8,
    f86: String,
    f87: Option<i64>,
    f88: Vec<Inner>,
    f89: bool,
    f90: u8,
    f91: String,
    f92: Option<i64>,
    f93: Vec<Inner>,
    f94: bool,
    f95: u8,
    f96: String,
    f97: Option<i64>,
    f98: Vec<Inner>,
    f99: bool,
    f100: u8,
    f101: String,
    f102: Option<i64>,
    f103: Vec<Inner>,
    f104: bool,
    f105: u8,
    f106: String,
    f107: Option<i64>,
    f108: Vec<Inner>,
    f109: bool,
    f110: u8,
    f111: String,
    f112: Option<i64>,
    f113: Vec<Inner>,
    f114: bool,
    f115: u8,
    f116: String,
    f117: Option<i64>,
    f118: Vec<Inner>,
    f119: bool,
    f120: u8,
    f121: String,
    f122: Option<i64>,
    f123: Vec<Inner>,
    f124: bool,
    f125: u8,
    f126: String,
    f127: Option<i64>,
    f128: Vec<Inner>,
    f129: bool,
    f130: u8,
    f131: String,
    f132: Option<i64>,
    f133: Vec<Inner>,
    f134: bool,
    f135: u8,
    f136: String,
    f137: Option<i64>,
    f138: Vec<Inner>,
    f139: bool,
    f140: u8,
    f141: String,
    f142: Option<i64>,
    f143: Vec<Inner>,
    f144: bool,
    f145: u8,
    f146: String,
    f147: Option<i64>,
    f148: Vec<Inner>,
    f149: bool,
    f150: u8,
    f151: String,
    f152: Option<i64>,
    f153: Vec<Inner>,
    f154: bool,
    f155: u8,
    f156: String,
    f157: Option<i64>,
    f158: Vec<Inner>,
    f159: bool,
    f160: u8,
    f161: String,
    f162: Option<i64>,
    f163: Vec<Inner>,
    f164: bool,
    f165: u8,
    f166: String,
    f167: Option<i64>,
    f168: Vec<Inner>,
    f169: bool,
    f170: u8,
    f171: String,
    f172: Option<i64>,
    f173: Vec<Inner>,
    f174: bool,
    f175: u8,
    f176: String,
    f177: Option<i64>,
    f178: Vec<Inner>,
    f179: bool,
    f180: u8,
    f181: String,
    f182: Option<i64>,
    f183: Vec<Inner>,
    f184: bool,
    f185: u8,
    f186: String,
    f187: Option<i64>,
    f188: Vec<Inner>,
    f189: bool,
    f190: u8,
    f191: String,
    f192: Option<i64>,
    f193: Vec<Inner>,
    f194: bool,
    f195: u8,
    f196: String,
    f197: Option<i64>,
    f198: Vec<Inner>,
    f199: bool,
}

#[derive(annals::Schema, serde::Serialize, serde::Deserialize)]
#[allow(dead_code, reason = "only what is stored is looked at")]
struct Inner {
    a: u8,
    b: Option<Box<Inner>>,
}

/// An event as a real one, with types in types.
#[derive(annals::Schema, serde::Serialize, serde::Deserialize)]
#[allow(dead_code, reason = "only what is stored is looked at")]
struct Placed {
    id: uuid::Uuid,
    at: chrono::DateTime<chrono::Utc>,
    customer: Customer,
    lines: Vec<Line>,
    #[serde(flatten)]
    paid: Paid,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

#[derive(annals::Schema, serde::Serialize, serde::Deserialize)]
#[allow(dead_code, reason = "only what is stored is looked at")]
struct Customer {
    name: String,
    home: Address,
    others: std::collections::BTreeMap<String, Address>,
}

#[derive(annals::Schema, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(dead_code, reason = "only what is stored is looked at")]
struct Address {
    street: String,
    house_number: Option<String>,
    city: String,
    country: (char, char),
}

#[derive(annals::Schema, serde::Serialize, serde::Deserialize)]
#[allow(dead_code, reason = "only what is stored is looked at")]
struct Line {
    article: String,
    pieces: u32,
    price: Money,
    parts: Vec<Line>,
}

#[derive(annals::Schema, serde::Serialize, serde::Deserialize)]
#[allow(dead_code, reason = "only what is stored is looked at")]
struct Money {
    cents: i64,
    currency: Currency,
}

#[derive(annals::Schema, serde::Serialize, serde::Deserialize)]
#[allow(dead_code, reason = "only what is stored is looked at")]
enum Currency {
    Euro,
    Dollar,
    Other(String),
}

#[derive(annals::Schema, serde::Serialize, serde::Deserialize)]
#[serde(tag = "paid")]
#[allow(dead_code, reason = "only what is stored is looked at")]
enum Paid {
    Cash {
        given: Money,
    },
    Card {
        number: String,
        owner: Box<Customer>,
    },
    Later,
}

const _: () = assert!(change(Wide::SHAPE, Wide::SHAPE, 0).is_none());
const _: () = assert!(change(Placed::SHAPE, Placed::SHAPE, 0).is_none());
const _: () = assert!(change(Wide::SHAPE, Placed::SHAPE, 0).is_some());

/// The compiler has already said it; the running program says the same.
#[test]
fn wide_and_nested_types_are_compared_in_the_compiler() {
    assert!(change(Wide::SHAPE, Wide::SHAPE, 0).is_none());
    assert!(change(Placed::SHAPE, Placed::SHAPE, 0).is_none());
    assert!(Facts::of(Placed::SHAPE).is_ok());
}
