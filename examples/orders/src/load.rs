//! Orders of which a third fails at each step, drawn from a seed.

use annals::prelude::*;
use futures_util::stream::{self, StreamExt, TryStreamExt};

use crate::cents::Cents;
use crate::failure::Failure;
use crate::inventory::{Inventory, ReceiveStock};
use crate::order::{Order, OrderPlaced, PlaceOrder, Reason};
use crate::provider::Answer;
use crate::wallet::{PayIn, Wallet};

/// What is in stock, and what a piece of it costs.
const ITEMS: [(&str, Cents); 4] = [
    ("teapot", Cents(1990)),
    ("kettle", Cents(4550)),
    ("cup", Cents(420)),
    ("tray", Cents(2875)),
];
/// It never came in.
const SOLD_OUT: &str = "samovar";
const CUSTOMERS: u64 = 12;
/// Pieces of each order at most.
const PIECES: u64 = 3;
/// How many orders are placed at once.
const AT_ONCE: usize = 4;

/// So many orders, the same for the same seed.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    pub orders: u32,
    pub seed: u64,
    pub pay_within_ms: u32,
}

/// An order, and what will become of it.
#[derive(Debug, Clone)]
pub struct Placed {
    pub id: String,
    pub order: OrderPlaced,
    /// Why it is cancelled; `None` where it is shipped. Where the answer of the provider is late by accident, it times out.
    pub fate: Option<Reason>,
}

impl Load {
    /// Fills shelves and wallets. Done again, it changes nothing.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn prepare(&self, store: &Store) -> Result<(), Failure> {
        let key = format!("load {}", self.seed);
        let quantity = self.orders.saturating_mul(PIECES as u32);
        for (item, _) in ITEMS {
            let inventory = store.aggregate::<Inventory>(item);
            let receive = ReceiveStock { quantity };
            inventory
                .execute(receive)
                .key(&*key)
                .await
                .map_err(Failure::refused)?;
        }
        let amount = Cents(20_000) * self.orders;
        for customer in 0..CUSTOMERS {
            let wallet = store.aggregate::<Wallet>(format!("customer-{customer}"));
            let pay_in = PayIn { amount };
            wallet
                .execute(pay_in)
                .key(&*key)
                .await
                .map_err(Failure::refused)?;
        }
        Ok(())
    }

    /// Places all orders. Done again, it places those that are missing.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn place(&self, store: &Store) -> Result<(), Failure> {
        let orders = stream::iter((0..self.orders).map(|index| self.order(index)));
        orders
            .map(Ok)
            .try_for_each_concurrent(AT_ONCE, |Placed { id, order, .. }| async move {
                let root = store.aggregate::<Order>(id);
                let placed = root.execute(PlaceOrder(order)).key("place").await;
                placed.map(drop).map_err(Failure::refused)
            })
            .await
    }

    /// The order at a place.
    #[must_use]
    pub fn order(&self, index: u32) -> Placed {
        let id = format!("{}.{index}", self.seed);
        let mut dice = Dice::of(&id);
        let mut fate = None;
        let mut fail = |fails: bool, reason| {
            if fails {
                fate.get_or_insert(reason);
            }
            fails
        };
        let is_sold_out = fail(dice.one_in(3), Reason::OutOfStock);
        let (mut item, piece) = ITEMS[dice.below(ITEMS.len() as u64) as usize];
        if is_sold_out {
            item = SOLD_OUT;
        }
        let is_poor = fail(dice.one_in(9), Reason::NotCovered);
        let customer = match is_poor {
            true => "pauper".to_owned(),
            false => format!("customer-{}", dice.below(CUSTOMERS)),
        };
        match answer(&id) {
            Answer::Takes => {}
            Answer::Declines => drop(fail(true, Reason::PaymentDeclined)),
            Answer::IsLate => drop(fail(true, Reason::PaymentTimedOut)),
        }
        let postcode = match fail(dice.one_in(3), Reason::OutOfReach) {
            true => "98765",
            false => "10115",
        };
        let quantity = 1 + dice.below(PIECES) as u32;
        let order = OrderPlaced {
            customer,
            item: item.to_owned(),
            quantity,
            price: piece * quantity,
            postcode: postcode.to_owned(),
            pay_within_ms: self.pay_within_ms,
        };
        Placed { id, order, fate }
    }
}

/// What the provider will say to the payment of an order: a quarter of those that get so far fails.
pub(crate) fn answer(order: &str) -> Answer {
    match Dice::of(&format!("provider of {order}")).below(8) {
        0 => Answer::Declines,
        1 => Answer::IsLate,
        _ => Answer::Takes,
    }
}

/// Numbers that follow from a text alone, here and everywhere: what is random must come out the same again.
struct Dice(u64);

impl Dice {
    fn of(text: &str) -> Self {
        let mix =
            |state: u64, byte: u8| (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        Dice(text.bytes().fold(0xcbf2_9ce4_8422_2325, mix))
    }

    fn below(&mut self, end: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_fails_at_each_step() {
        let load = Load {
            orders: 3000,
            seed: 1,
            pay_within_ms: 1,
        };
        let fates: Vec<_> = (0..load.orders)
            .map(|index| load.order(index).fate)
            .collect();
        let count = |reasons: &[Reason]| {
            fates
                .iter()
                .flatten()
                .filter(|fate| reasons.contains(fate))
                .count()
        };
        let reserve = count(&[Reason::OutOfStock]);
        let pay = count(&[
            Reason::NotCovered,
            Reason::PaymentDeclined,
            Reason::PaymentTimedOut,
        ]);
        let ship = count(&[Reason::OutOfReach]);
        let mut left = fates.len();
        for failed in [reserve, pay, ship] {
            let percent = failed * 100 / left;
            assert!((28..=38).contains(&percent), "{failed} of {left}");
            left -= failed;
        }
    }

    #[test]
    fn the_same_seed_draws_the_same_orders() {
        let load = Load {
            orders: 1,
            seed: 7,
            pay_within_ms: 1,
        };
        assert_eq!(load.order(3).order, load.order(3).order);
        assert_ne!(load.order(3).order, load.order(4).order);
    }
}
