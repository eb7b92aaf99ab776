//! The payment provider, outside of all transactions: it is told of payments, and answers, or does not.

use annals::prelude::*;
use futures_util::stream::{self, StreamExt, TryStreamExt};

use crate::failure::Failure;
use crate::load::answer;
use crate::wallet::{ConfirmPayment, DeclinePayment, PaymentRequested, PaymentVoided, Wallet};

/// How many payments the provider looks at together.
const AT_ONCE: usize = 4;

/// What the provider does about a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Takes,
    Declines,
    /// It stays silent until nobody waits for it any more, and then takes the payment.
    IsLate,
}

/// Answers requests of payments that are stored.
#[derive(Debug)]
pub struct Provider {
    store: Store,
}

impl Provider {
    #[must_use]
    pub fn new(store: Store) -> Self {
        Provider { store }
    }

    /// Answers until the store fails, beginning with what was requested first.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn run(&self) -> Result<(), Failure> {
        let feed = self.store.feed();
        let feed = feed.event::<PaymentRequested>().event::<PaymentVoided>();
        let mut requests = feed.follow();
        loop {
            let page = requests.next_page().await?;
            stream::iter(page.events())
                .map(Ok)
                .try_for_each_concurrent(AT_ONCE, |event| self.hear(event))
                .await?;
        }
    }

    async fn hear(&self, event: &annals::RecordedEvent) -> Result<(), Failure> {
        let wallet = event.recorded().stream().id();
        let wallet = self.store.aggregate::<Wallet>(wallet);
        let (order, is_over) = match event.decode::<PaymentRequested>()? {
            Some(PaymentRequested { order, .. }) => (order, false),
            None => match event.decode::<PaymentVoided>()? {
                Some(PaymentVoided { order, .. }) => (order, true),
                None => return Ok(()),
            },
        };
        let answered = match (answer(&order), is_over) {
            (Answer::Takes, false) | (Answer::IsLate, true) => {
                wallet.execute(ConfirmPayment { order }).await
            }
            (Answer::Declines, false) => wallet.execute(DeclinePayment { order }).await,
            (Answer::IsLate, false) | (Answer::Takes | Answer::Declines, true) => return Ok(()),
        };
        answered.map(drop).map_err(Failure::refused)
    }
}
