//! What an order decides, in scenarios.

use annals::testing::Scenario;

use super::*;

fn placed_to(postcode: &str) -> OrderPlaced {
    OrderPlaced {
        customer: "ada".to_owned(),
        item: "teapot".to_owned(),
        quantity: 2,
        price: Cents(3980),
        postcode: postcode.to_owned(),
        pay_within_ms: 1000,
    }
}

fn cancelled() -> OrderCancelled {
    OrderCancelled {
        reason: Reason::OutOfStock,
    }
}

fn cancel() -> CancelOrder {
    CancelOrder {
        reason: Reason::OutOfStock,
    }
}

#[test]
fn an_order_is_placed_once() {
    Scenario::<Order>::new()
        .when(PlaceOrder(placed_to("10115")))
        .then(placed_to("10115"))
        .when(PlaceOrder(placed_to("10115")))
        .then_refused(Unfit::PlacedAlready);
}

#[test]
fn an_order_for_nothing_is_refused() {
    let order = OrderPlaced {
        quantity: 0,
        ..placed_to("10115")
    };
    Scenario::<Order>::new()
        .when(PlaceOrder(order))
        .then_refused(Unfit::Empty);
}

#[test]
fn a_shipped_order_is_neither_shipped_nor_cancelled() {
    Scenario::<Order>::new()
        .given(placed_to("10115"))
        .when(ShipOrder)
        .then(OrderShipped {})
        .when(ShipOrder)
        .then_refused(Unfit::Ended);
    Scenario::<Order>::new()
        .given((placed_to("10115"), OrderShipped {}))
        .when(cancel())
        .then_refused(Unfit::Ended);
}

#[test]
fn an_order_is_cancelled_once_however_often_it_is_asked_for() {
    Scenario::<Order>::new()
        .given(placed_to("10115"))
        .when(cancel())
        .then(cancelled())
        .when(cancel())
        .then_nothing();
}

#[test]
fn nothing_is_shipped_to_an_island() {
    Scenario::<Order>::new()
        .given(placed_to("99999"))
        .when(ShipOrder)
        .then_refused(Unfit::OutOfReach {
            postcode: "99999".to_owned(),
        });
}
