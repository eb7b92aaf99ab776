//! What the events of orders, shelves and wallets add up to. Nothing else is asked: no process, and no table.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

use annals::prelude::*;

use crate::cents::Cents;
use crate::failure::Failure;
use crate::inventory::{Inventory, InventoryEvent};
use crate::order::{Order, OrderEvent, OrderPlaced, Reason};
use crate::wallet::{Wallet, WalletEvent};

/// How an order ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    Shipped,
    Cancelled(Reason),
}

impl Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ending::Shipped => f.pad("shipped"),
            Ending::Cancelled(reason) => reason.fmt(f),
        }
    }
}

/// One thing that must not be, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault(String);

impl Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The books of all orders.
#[derive(Debug, Default)]
pub struct Books {
    /// How each order ended that did.
    pub endings: BTreeMap<String, Ending>,
    /// Pieces that came in, that are free, and that left with parcels.
    pub stock: [i64; 3],
    /// Money that was paid in, that is in the wallets, and that was earned.
    pub money: [Cents; 3],
    /// Empty, where all is right.
    pub faults: Vec<Fault>,
}

/// All that happened on account of one order, wherever it is stored.
#[derive(Debug, Default, PartialEq)]
struct Trail {
    placed: Vec<OrderPlaced>,
    endings: Vec<Ending>,
    reserved: Vec<u32>,
    released: Vec<u32>,
    requested: Vec<Cents>,
    taken: Vec<Cents>,
    failed: Vec<Cents>,
    voided: Vec<Cents>,
    refunded: Vec<Cents>,
}

impl Books {
    /// Reads every event of every aggregate, and adds up.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn read(store: &Store) -> Result<Self, Failure> {
        let mut books = Books::default();
        let mut trails = BTreeMap::<String, Trail>::new();
        books.read_orders(store, &mut trails).await?;
        books.read_stock(store, &mut trails).await?;
        books.read_wallets(store, &mut trails).await?;
        for (order, trail) in &trails {
            let (stock, money) = trail.kept();
            books.stock[2] += stock;
            books.money[2] += money;
            if let [ending] = *trail.endings {
                books.endings.insert(order.clone(), ending);
            }
            if !trail.is_right() {
                books.fault(format_args!("order {order}: {trail:?}"));
            }
        }
        let [received, free, left] = books.stock;
        if received != free + left {
            books.fault(format_args!(
                "stock: {received} came in, {free} are free, {left} left"
            ));
        }
        let [paid_in, free, earned] = books.money;
        if paid_in != free + earned {
            books.fault(format_args!(
                "money: {paid_in} paid in, {free} in wallets, {earned} earned"
            ));
        }
        Ok(books)
    }

    fn fault(&mut self, what: impl Display) {
        self.faults.push(Fault(what.to_string()));
    }

    async fn read_orders(
        &mut self,
        store: &Store,
        trails: &mut BTreeMap<String, Trail>,
    ) -> Result<(), Failure> {
        let mut orders = store.instances::<Order>();
        while let Some(root) = orders.next().await? {
            let trail = trails.entry(root.stream().id().to_owned()).or_default();
            let mut events = root.events();
            while let Some((event, _)) = events.next().await? {
                match event {
                    OrderEvent::OrderPlaced(event) => trail.placed.push(event),
                    OrderEvent::OrderShipped(_) => trail.endings.push(Ending::Shipped),
                    OrderEvent::OrderCancelled(event) => {
                        trail.endings.push(Ending::Cancelled(event.reason));
                    }
                }
            }
        }
        Ok(())
    }

    async fn read_stock(
        &mut self,
        store: &Store,
        trails: &mut BTreeMap<String, Trail>,
    ) -> Result<(), Failure> {
        let mut items = store.instances::<Inventory>();
        while let Some(root) = items.next().await? {
            let mut free = 0;
            let mut events = root.events();
            while let Some((event, recorded)) = events.next().await? {
                match event {
                    InventoryEvent::StockReceived(event) => {
                        self.stock[0] += i64::from(event.quantity);
                        free += i64::from(event.quantity);
                    }
                    InventoryEvent::InventoryReserved(event) => {
                        free -= i64::from(event.quantity);
                        trails
                            .entry(event.order)
                            .or_default()
                            .reserved
                            .push(event.quantity);
                    }
                    InventoryEvent::InventoryReleased(event) => {
                        free += i64::from(event.quantity);
                        trails
                            .entry(event.order)
                            .or_default()
                            .released
                            .push(event.quantity);
                    }
                }
                if free < 0 {
                    self.fault(format_args!(
                        "{}@{}: {free} pieces are free",
                        recorded.stream(),
                        recorded.version()
                    ));
                }
            }
            self.stock[1] += free;
        }
        Ok(())
    }

    async fn read_wallets(
        &mut self,
        store: &Store,
        trails: &mut BTreeMap<String, Trail>,
    ) -> Result<(), Failure> {
        let mut wallets = store.instances::<Wallet>();
        while let Some(root) = wallets.next().await? {
            let mut free = Cents::default();
            let mut events = root.events();
            while let Some((event, recorded)) = events.next().await? {
                match event {
                    WalletEvent::MoneyPaidIn(event) => {
                        self.money[0] += event.amount;
                        free += event.amount;
                    }
                    WalletEvent::PaymentRequested(event) => {
                        free -= event.amount;
                        trails
                            .entry(event.order)
                            .or_default()
                            .requested
                            .push(event.amount);
                    }
                    WalletEvent::PaymentTaken(event) => trails
                        .entry(event.order)
                        .or_default()
                        .taken
                        .push(event.amount),
                    WalletEvent::PaymentFailed(event) => {
                        free += event.amount;
                        trails
                            .entry(event.order)
                            .or_default()
                            .failed
                            .push(event.amount);
                    }
                    WalletEvent::PaymentVoided(event) => {
                        free += event.amount;
                        trails
                            .entry(event.order)
                            .or_default()
                            .voided
                            .push(event.amount);
                    }
                    WalletEvent::PaymentRefunded(event) => {
                        free += event.amount;
                        trails
                            .entry(event.order)
                            .or_default()
                            .refunded
                            .push(event.amount);
                    }
                }
                if free < Cents::default() {
                    self.fault(format_args!(
                        "{}@{}: {free} are free",
                        recorded.stream(),
                        recorded.version()
                    ));
                }
            }
            self.money[1] += free;
        }
        Ok(())
    }
}

impl Trail {
    /// Pieces that are kept for it for good, and money that was earned with it.
    fn kept(&self) -> (i64, Cents) {
        let pieces = |of: &[u32]| of.iter().copied().map(i64::from).sum::<i64>();
        let money = |of: &[Cents]| of.iter().copied().sum::<Cents>();
        (
            pieces(&self.reserved) - pieces(&self.released),
            money(&self.taken) - money(&self.refunded),
        )
    }

    /// Whether it is what its ending says, each thing once.
    fn is_right(&self) -> bool {
        let ([order], [ending]) = (&*self.placed, &*self.endings) else {
            return false;
        };
        let (quantity, price) = (vec![order.quantity], vec![order.price]);
        let charge = price.clone();
        let with = |charged: bool| Trail {
            placed: self.placed.clone(),
            endings: self.endings.clone(),
            reserved: quantity.clone(),
            released: quantity.clone(),
            requested: if charged { charge.clone() } else { Vec::new() },
            ..Trail::default()
        };
        let expected = match ending {
            Ending::Cancelled(Reason::OutOfStock) => Trail {
                reserved: Vec::new(),
                released: Vec::new(),
                ..with(false)
            },
            Ending::Cancelled(Reason::NotCovered) => with(false),
            Ending::Cancelled(Reason::PaymentDeclined) => Trail {
                failed: price,
                ..with(true)
            },
            Ending::Cancelled(Reason::PaymentTimedOut) => Trail {
                voided: price,
                ..with(true)
            },
            Ending::Cancelled(Reason::OutOfReach) => Trail {
                taken: price.clone(),
                refunded: price,
                ..with(true)
            },
            Ending::Shipped => Trail {
                released: Vec::new(),
                taken: price,
                ..with(true)
            },
        };
        *self == expected
    }
}
