//! Old versions, brought back from the lock.

use annals::prelude::*;
use annals::schema::{Bump, changes, sample};

annals::past!("order.placed", 1 => OrderPlacedV1, lock = "annals");

/// The version of now, in another module and with a type of its own for a place inside.
mod with_types {
    use annals::prelude::*;

    annals::past!("order.placed", 1 => pub(super) OrderPlacedV1 { buyer: Buyer, "lines[].price": Price }, lock = "annals");

    #[derive(Schema, Serialize, Deserialize)]
    pub(super) struct Buyer {
        pub(super) name: String,
        pub(super) address: Option<Address>,
    }

    #[derive(Schema, Serialize, Deserialize)]
    pub(super) struct Address {
        pub(super) city: String,
        r#type: String,
    }

    #[derive(Schema, Serialize, Deserialize)]
    pub(super) struct Price {
        #[schema(as = "decimal", sample = "\"12.50\"")]
        pub(super) amount: String,
        currency: [char; 3],
    }
}

#[derive(Debug, PartialEq, Event, Serialize, Deserialize)]
#[event(name = "order.placed", version = 2, upcast = OrderPlaced::from_v1)]
#[annals(lock = "annals")]
struct OrderPlaced {
    number: u64,
    lines: usize,
}

impl OrderPlaced {
    fn from_v1(old: OrderPlacedV1) -> Self {
        let _: &str = &old.buyer.name;
        let _: &Option<f64> = &old.discount.0;
        let _: &OrderPlacedV1Payment = &old.payment;
        OrderPlaced {
            number: old.order_number,
            lines: old.lines.len(),
        }
    }
}

#[test]
fn the_generated_types_store_what_was_locked() {
    let memory = Bump::new();
    let locked = crate::locked("order.placed", &memory);
    for shape in [OrderPlacedV1::SHAPE, with_types::OrderPlacedV1::SHAPE] {
        let found = changes(locked, shape);
        assert!(found.is_empty(), "{found:?}");
    }
    assert_eq!(OrderPlacedV1::MEANING, "prices before tax");
}

#[test]
fn what_was_stored_is_read_through_the_generated_type() {
    let memory = Bump::new();
    let locked = crate::locked("order.placed", &memory);
    let smallest = sample::smallest(locked).expect("a sample");
    let fullest = sample::fullest(locked).expect("a sample");
    for json in [smallest, fullest] {
        let old: OrderPlacedV1 = serde_json::from_value(json.clone()).expect("the generated type");
        let typed: with_types::OrderPlacedV1 = serde_json::from_value(json).expect("with types");
        assert_eq!(old.buyer.name, typed.buyer.name);
        assert_eq!(old.lines.len(), typed.lines.len());
        let new = OrderPlaced::from_v1(old);
        assert_eq!(new.lines, typed.lines.len());
    }
}
