//! The process of an order: from placed to shipped, or back to nothing step by step.
//!
//! ```text
//! placed -> reserve -> charge -> ship -> shipped
//!              |          |        |
//!        out of stock     |   out of reach: refund, release, cancel
//!          cancel         |
//!                  not covered, declined: release, cancel
//!                  no answer in time: void, then release, cancel
//! ```

use std::time::Duration;

use annals::prelude::*;
use annals::process;
use annals::process::{Out, Rejected, Timer};

use crate::cents::Cents;
use crate::inventory::{Inventory, InventoryReserved, ReleaseInventory, ReserveInventory};
use crate::order::{
    CancelOrder, Order, OrderCancelled, OrderPlaced, OrderShipped, Reason, ShipOrder,
};
use crate::wallet::{
    ChargePayment, PaymentFailed, PaymentTaken, PaymentVoided, RefundPayment, VoidPayment, Wallet,
};

/// Where an order stands, as it is stored after each step. The instance is called like the order.
#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("order_fulfilment")]
pub struct OrderFulfilment {
    pub customer: String,
    pub item: String,
    pub quantity: u32,
    pub price: Cents,
    pub pay_within_ms: u32,
    pub step: Step,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Schema, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Reserving,
    Charging,
    /// The provider took too long. It may have taken the money meanwhile: whoever comes first to the wallet decides.
    Voiding,
    Shipping,
    Cancelling,
    Shipped,
    Cancelled,
}

/// The payment provider has had its time.
#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("payment.timeout")]
pub struct PaymentTimeout {}

#[process(name = "order-fulfilment")]
impl OrderFulfilment {
    #[key(cx.stream().id())]
    fn placed(event: &OrderPlaced, out: &mut Out<Self>) -> Self {
        let order = out.id().to_owned();
        let quantity = event.quantity;
        out.to::<Inventory>(&*event.item)
            .send(ReserveInventory { order, quantity });
        OrderFulfilment {
            customer: event.customer.clone(),
            item: event.item.clone(),
            quantity,
            price: event.price,
            pay_within_ms: event.pay_within_ms,
            step: Step::Reserving,
        }
    }

    fn out_of_stock(&mut self, _: &Rejected<Inventory, ReserveInventory>, out: &mut Out<Self>) {
        self.cancel(Reason::OutOfStock, out);
    }

    #[key(event.order)]
    fn reserved(&mut self, event: &InventoryReserved, out: &mut Out<Self>) {
        self.step = Step::Charging;
        let order = event.order.clone();
        let amount = self.price;
        out.to::<Wallet>(&*self.customer)
            .send(ChargePayment { order, amount });
        let patience = Duration::from_millis(self.pay_within_ms.into());
        out.after(patience, PaymentTimeout {});
    }

    fn not_covered(&mut self, _: &Rejected<Wallet, ChargePayment>, out: &mut Out<Self>) {
        out.cancel::<PaymentTimeout>();
        self.release(out);
        self.cancel(Reason::NotCovered, out);
    }

    #[key(event.order)]
    fn failed(&mut self, _: &PaymentFailed, out: &mut Out<Self>) {
        out.cancel::<PaymentTimeout>();
        self.release(out);
        self.cancel(Reason::PaymentDeclined, out);
    }

    // Also where it is being voided: the wallet refuses that from now on.
    #[key(event.order)]
    fn taken(&mut self, _: &PaymentTaken, out: &mut Out<Self>) {
        out.cancel::<PaymentTimeout>();
        self.step = Step::Shipping;
        let order = out.id().to_owned();
        out.to::<Order>(order).send(ShipOrder);
    }

    fn timed_out(&mut self, _: &Timer<PaymentTimeout>, out: &mut Out<Self>) {
        self.step = Step::Voiding;
        let order = out.id().to_owned();
        out.to::<Wallet>(&*self.customer)
            .send(VoidPayment { order });
    }

    // The provider was faster. Its answer is on its way, or was here already.
    fn not_voided(&mut self, _: &Rejected<Wallet, VoidPayment>, _: &mut Out<Self>) {}

    #[key(event.order)]
    fn voided(&mut self, _: &PaymentVoided, out: &mut Out<Self>) {
        self.release(out);
        self.cancel(Reason::PaymentTimedOut, out);
    }

    fn out_of_reach(&mut self, _: &Rejected<Order, ShipOrder>, out: &mut Out<Self>) {
        let order = out.id().to_owned();
        out.to::<Wallet>(&*self.customer)
            .send_and_forget(RefundPayment { order });
        self.release(out);
        self.cancel(Reason::OutOfReach, out);
    }

    #[key(cx.stream().id())]
    fn shipped(&mut self, _: &OrderShipped, out: &mut Out<Self>) {
        self.step = Step::Shipped;
        out.finish();
    }

    #[key(cx.stream().id())]
    fn cancelled(&mut self, _: &OrderCancelled, out: &mut Out<Self>) {
        self.step = Step::Cancelled;
        out.finish();
    }
}

// What takes something back is refused by nobody.
impl OrderFulfilment {
    fn release(&self, out: &mut Out<Self>) {
        let order = out.id().to_owned();
        out.to::<Inventory>(&*self.item)
            .send_and_forget(ReleaseInventory { order });
    }

    fn cancel(&mut self, reason: Reason, out: &mut Out<Self>) {
        self.step = Step::Cancelling;
        let order = out.id().to_owned();
        out.to::<Order>(order)
            .send_and_forget(CancelOrder { reason });
    }
}
