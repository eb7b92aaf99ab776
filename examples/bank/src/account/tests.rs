//! What an account decides, in scenarios.

use annals::testing::Scenario;

use super::*;

fn opened() -> AccountOpened {
    AccountOpened {
        district: District(18),
        statements: Statements::Monthly,
    }
}

fn deposited(amount: i64) -> MoneyDeposited {
    MoneyDeposited {
        amount: Money::crowns(amount),
    }
}

fn deposit(amount: i64) -> Deposit {
    Deposit {
        amount: Money::crowns(amount),
    }
}

fn withdraw(amount: i64) -> Withdraw {
    Withdraw {
        amount: Money::crowns(amount),
        channel: Channel::Card,
    }
}

fn withdrawn(amount: i64) -> MoneyWithdrawn {
    MoneyWithdrawn {
        amount: Money::crowns(amount),
        channel: Channel::Card,
        purpose: None,
    }
}

fn landlord() -> Counterparty {
    Counterparty {
        bank: "QR".to_owned(),
        account: "8120466".to_owned(),
    }
}

#[test]
fn an_account_is_opened_once() {
    let open = Open {
        district: District(18),
        statements: Statements::Monthly,
    };
    Scenario::<Account>::new()
        .when(open.clone())
        .then(opened())
        .when(open)
        .then_refused(Refusal::AlreadyOpen);
}

#[test]
fn nothing_happens_to_an_account_that_is_not_open() {
    Scenario::<Account>::new()
        .when(deposit(10))
        .then_refused(Refusal::NotOpen)
        .when(withdraw(10))
        .then_refused(Refusal::NotOpen)
        .when(Book(Entry::Deposit(deposited(10))))
        .then_refused(Refusal::NotOpen);
}

#[test]
fn customers_move_positive_amounts() {
    for amount in [0, -1] {
        Scenario::<Account>::new()
            .given((opened(), deposited(100)))
            .when(deposit(amount))
            .then_refused(Refusal::AmountNotPositive(Money::crowns(amount)))
            .when(withdraw(amount))
            .then_refused(Refusal::AmountNotPositive(Money::crowns(amount)));
    }
}

#[test]
fn a_withdrawal_goes_down_to_zero_and_not_below() {
    Scenario::<Account>::new()
        .given((opened(), deposited(100)))
        .when(withdraw(101))
        .then_refused(Refusal::NotCovered {
            asked: Money::crowns(101),
            balance: Money::crowns(100),
        })
        .when(withdraw(100))
        .then(withdrawn(100))
        .when(withdraw(1))
        .then_refused(Refusal::NotCovered {
            asked: Money::crowns(1),
            balance: Money::crowns(0),
        });
}

#[test]
fn a_transfer_needs_the_money_too() {
    let send = |amount| SendTransfer {
        amount: Money::crowns(amount),
        to: landlord(),
        purpose: Some(Purpose::Household),
    };
    Scenario::<Account>::new()
        .given(opened())
        .when(ReceiveTransfer {
            amount: Money::crowns(500),
            from: landlord(),
            purpose: None,
        })
        .then(TransferReceived {
            amount: Money::crowns(500),
            from: landlord(),
            purpose: None,
        })
        .when(send(501))
        .then_refused(Refusal::NotCovered {
            asked: Money::crowns(501),
            balance: Money::crowns(500),
        })
        .when(send(500))
        .then(TransferSent {
            amount: Money::crowns(500),
            to: landlord(),
            purpose: Some(Purpose::Household),
        });
}

#[test]
fn the_books_may_overdraw_what_a_customer_may_not() {
    let penalty = PenaltyInterestCharged {
        amount: Money::crowns(2),
    };
    Scenario::<Account>::new()
        .given((opened(), deposited(100)))
        .when(Book(Entry::Withdrawal(withdrawn(150))))
        .then(withdrawn(150))
        .when(Book(Entry::PenaltyInterest(penalty.clone())))
        .then(penalty)
        .when(withdraw(1))
        .then_refused(Refusal::NotCovered {
            asked: Money::crowns(1),
            balance: Money::crowns(-52),
        });
}

#[test]
fn books_hold_no_negative_amounts() {
    Scenario::<Account>::new()
        .given(opened())
        .when(Book(Entry::Fee(FeeCharged {
            amount: Money::crowns(-1),
        })))
        .then_refused(Refusal::AmountNotPositive(Money::crowns(-1)));
}

#[test]
fn every_event_moves_the_balance_its_way() {
    let amount = Money::crowns(10);
    let (counterparty, purpose) = (landlord(), None);
    let (to, from) = (counterparty.clone(), counterparty);
    let entries = [
        (Entry::Deposit(MoneyDeposited { amount }), 1010),
        (
            Entry::TransferReceived(TransferReceived {
                amount,
                from,
                purpose,
            }),
            1020,
        ),
        (Entry::Interest(InterestCredited { amount }), 1030),
        (Entry::Withdrawal(withdrawn(10)), 1020),
        (
            Entry::TransferSent(TransferSent {
                amount,
                to,
                purpose,
            }),
            1010,
        ),
        (
            Entry::PenaltyInterest(PenaltyInterestCharged { amount }),
            1000,
        ),
        (Entry::Fee(FeeCharged { amount }), 990),
    ];
    let mut scenario = Scenario::<Account>::new().given((opened(), deposited(1000)));
    let mut balance = Money::crowns(1000);
    for (entry, expected) in entries {
        balance += entry.effect();
        assert_eq!(balance, Money::crowns(expected), "{entry:?}");
        scenario = scenario
            .when(Book(entry.clone()))
            .then(AccountEvent::from(entry))
            .then_state(|account| assert_eq!(account.balance, balance));
    }
}
