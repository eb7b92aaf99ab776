//! Each way in which an order can end, through a started app.

use annals::Running;
use annals_tests::{Database, postgres, sqlite};
use orders::{Ending, Load, Order, PlaceOrder, Placed, Reason};

use crate::load::{books, ended, provider};

/// An order for each end, drawn from many.
const FATES: [Option<Reason>; 6] = [
    None,
    Some(Reason::OutOfStock),
    Some(Reason::NotCovered),
    Some(Reason::PaymentDeclined),
    Some(Reason::PaymentTimedOut),
    Some(Reason::OutOfReach),
];

async fn each_end_is_come_to(database: &Database) {
    let load = Load {
        orders: 400,
        seed: 3,
        pay_within_ms: 1000,
    };
    let running: Running = orders::app(database.url())
        .start()
        .await
        .expect("it starts");
    let store = running.store().clone();
    let provider = provider(&store);
    load.prepare(&store).await.expect("shelves and wallets");
    for fate in FATES {
        let mut drawn = (0..load.orders).map(|index| load.order(index));
        let drawn = drawn.find(|placed| placed.fate == fate);
        let Placed { id, order, .. } = drawn.expect("one of 400");
        let root = store.aggregate::<Order>(&*id);
        root.execute(PlaceOrder(order)).await.expect("it is placed");
    }
    ended(&store, FATES.len()).await;
    let books = books(&store).await;
    for fate in FATES {
        let ending = fate.map_or(Ending::Shipped, Ending::Cancelled);
        let count = books.endings.values().filter(|of| **of == ending).count();
        assert_eq!(count, 1, "{ending:?}");
    }
    provider.abort();
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_end_is_come_to_on_sqlite() {
    each_end_is_come_to(&sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_end_is_come_to_on_postgres() {
    each_end_is_come_to(&postgres().await).await;
}
