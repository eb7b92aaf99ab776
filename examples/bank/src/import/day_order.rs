//! The order within a day, which the bank's files do not always keep.

use crate::asc::Transaction;
use crate::money::Money;

/// Puts transactions of one account into the order in which the bank booked them, from the balance before them.
///
/// Days follow each other. Within a day the next transaction is the one whose recorded balance is nearest to the balance
/// so far and its own amount; of two that are equally near, the one that the file has first. The recorded balance is then
/// the balance so far, so that the rounding of the published amounts does not add up.
pub fn in_bank_order(mut transactions: Vec<Transaction>, balance: Money) -> Vec<Transaction> {
    transactions.sort_by_key(|transaction| transaction.date);
    let mut balance = balance;
    for next in 0..transactions.len() {
        let date = transactions[next].date;
        let day = transactions[next..]
            .iter()
            .take_while(|transaction| transaction.date == date);
        let nearest = day
            .map(|transaction| (balance + transaction.entry.effect()).distance(transaction.balance))
            .enumerate()
            .min_by_key(|(_, distance)| *distance)
            .map_or(0, |(index, _)| index);
        // Moves the one found to the front of its day, and leaves the others in their order.
        transactions[next..=next + nearest].rotate_right(1);
        balance = transactions[next].balance;
    }
    transactions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{Entry, FeeCharged, InterestCredited, MoneyDeposited};
    use crate::asc::{AccountNumber, Place};
    use chrono::NaiveDate;

    fn transaction(id: u64, day: u32, entry: Entry, balance: i64) -> Transaction {
        Transaction {
            id,
            account: AccountNumber(1),
            date: NaiveDate::from_ymd_opt(1993, 1, day).expect("a day of January"),
            entry,
            balance: Money::hellers(balance),
            line: "".into(),
            place: Place {
                file: "test".into(),
                line: 1,
            },
        }
    }

    fn deposit(id: u64, day: u32, amount: i64, balance: i64) -> Transaction {
        let amount = Money::hellers(amount);
        transaction(id, day, Entry::Deposit(MoneyDeposited { amount }), balance)
    }

    fn interest(id: u64, day: u32, amount: i64, balance: i64) -> Transaction {
        let amount = Money::hellers(amount);
        transaction(
            id,
            day,
            Entry::Interest(InterestCredited { amount }),
            balance,
        )
    }

    fn fee(id: u64, day: u32, amount: i64, balance: i64) -> Transaction {
        let amount = Money::hellers(amount);
        transaction(id, day, Entry::Fee(FeeCharged { amount }), balance)
    }

    fn order(transactions: Vec<Transaction>, balance: i64) -> Vec<u64> {
        in_bank_order(transactions, Money::hellers(balance))
            .into_iter()
            .map(|transaction| transaction.id)
            .collect()
    }

    #[test]
    fn nothing_stays_nothing() {
        assert!(order(vec![], 0).is_empty());
    }

    #[test]
    fn days_follow_each_other() {
        assert_eq!(
            order(vec![deposit(1, 9, 5, 15), deposit(2, 3, 10, 10)], 0),
            [2, 1]
        );
    }

    #[test]
    fn the_balance_tells_the_order_within_a_day() {
        let day = vec![
            fee(1, 31, 30, 120),
            interest(2, 31, 50, 150),
            deposit(3, 31, 100, 100),
        ];
        assert_eq!(order(day, 0), [3, 2, 1]);
    }

    #[test]
    fn rounded_amounts_do_not_confuse_it() {
        // 100.4 of interest were published as 100, and 30.3 of fee as 30.
        let day = vec![fee(1, 31, 30, 1070), interest(2, 31, 100, 1100)];
        assert_eq!(order(day, 1000), [2, 1]);
    }

    #[test]
    fn it_continues_from_the_balance_before() {
        let day = || vec![deposit(1, 5, 10, 30), deposit(2, 5, 10, 20)];
        assert_eq!(order(day(), 10), [2, 1]);
        assert_eq!(order(day(), 20), [1, 2]);
    }

    #[test]
    fn the_file_decides_between_equals() {
        let day = vec![
            deposit(7, 5, 0, 10),
            deposit(3, 5, 0, 10),
            deposit(5, 5, 0, 10),
        ];
        assert_eq!(order(day, 10), [7, 3, 5]);
    }
}
