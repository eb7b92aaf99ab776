//! A row for each account, at whatever bank, with which money was exchanged: many streams change the same row.

use annals::prelude::*;
use chrono::NaiveDate;

use crate::account::{Counterparty, TransferReceived, TransferSent};
use crate::money::Money;

#[derive(Debug, Clone, PartialEq, ReadModel)]
pub struct KnownCounterparty {
    #[key]
    pub bank: String,
    #[key]
    pub account: String,
    /// What our accounts sent to it, in hellers.
    pub sent: Money,
    /// What they received from it, in hellers.
    pub received: Money,
    pub transfers: u32,
    #[index]
    pub last_seen: NaiveDate,
}

#[projection(name = "counterparties", version = 1)]
impl KnownCounterparty {
    #[keys(key_of(&event.from))]
    fn received(row: Option<Self>, event: &TransferReceived, cx: &Recorded) -> Self {
        let mut row = Self::seen(row, &event.from, cx);
        row.received += event.amount;
        row
    }

    #[keys(key_of(&event.to))]
    fn sent(row: Option<Self>, event: &TransferSent, cx: &Recorded) -> Self {
        let mut row = Self::seen(row, &event.to, cx);
        row.sent += event.amount;
        row
    }
}

/// The key of the row; of none, where the bank did not record the other account.
fn key_of(counterparty: &Counterparty) -> Option<(String, String)> {
    let is_known = counterparty.is_known();
    is_known.then(|| (counterparty.bank.clone(), counterparty.account.clone()))
}

impl KnownCounterparty {
    /// The row with one more transfer.
    fn seen(row: Option<Self>, counterparty: &Counterparty, cx: &Recorded) -> Self {
        let day = cx.occurred_at().date_naive();
        let mut row = row.unwrap_or_else(|| KnownCounterparty {
            bank: counterparty.bank.clone(),
            account: counterparty.account.clone(),
            sent: Money::ZERO,
            received: Money::ZERO,
            transfers: 0,
            last_seen: day,
        });
        row.transfers += 1;
        // Streams are stored side by side, so that days do not come in their order.
        row.last_seen = row.last_seen.max(day);
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{Account, District, Open, ReceiveTransfer, SendTransfer, Statements};
    use crate::asc::AccountNumber;

    fn other(account: &str) -> Counterparty {
        let bank = if account.is_empty() { "" } else { "AB" };
        Counterparty {
            bank: bank.to_owned(),
            account: account.to_owned(),
        }
    }

    #[tokio::test]
    async fn transfers_of_several_accounts_are_in_one_row_and_unknown_ones_in_none() {
        let store = Store::connect("sqlite::memory:").await.expect("a store");
        let running = crate::app(store).start().await.expect("it starts");
        let store = running.store();
        let (open, amount, purpose) = (
            Open {
                district: District(1),
                statements: Statements::Weekly,
            },
            Money::crowns(10),
            None,
        );
        for number in [1, 2] {
            let account = store.aggregate::<Account>(AccountNumber(number));
            account.execute(open.clone()).await.expect("it opens");
            for from in [other(""), other("17")] {
                let receive = ReceiveTransfer {
                    amount,
                    from,
                    purpose,
                };
                account.execute(receive).await.expect("it receives");
            }
        }
        let to = other("17");
        let send = SendTransfer {
            amount,
            to,
            purpose,
        };
        let account = store.aggregate::<Account>(AccountNumber(2));
        let receipt = account.execute(send).await.expect("it is covered");

        let rows = store.read_model::<KnownCounterparty>().after(&receipt);
        let rows = rows.rows().await.expect("rows").collect().await;
        let rows = rows.expect("rows");
        let told: Vec<_> = rows
            .iter()
            .map(|row| (row.account.as_str(), row.received, row.sent, row.transfers))
            .collect();
        assert_eq!(told, [("17", Money::crowns(20), Money::crowns(10), 3)]);
        running.stop().await;
    }
}
