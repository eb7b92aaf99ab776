//! What a wallet decides, in scenarios.

use annals::testing::Scenario;

use super::*;

fn order() -> String {
    "17".to_owned()
}

fn paid_in(amount: i64) -> MoneyPaidIn {
    MoneyPaidIn {
        amount: Cents(amount),
    }
}

fn charge(amount: i64) -> ChargePayment {
    ChargePayment {
        order: order(),
        amount: Cents(amount),
    }
}

fn requested(amount: i64) -> PaymentRequested {
    PaymentRequested {
        order: order(),
        amount: Cents(amount),
    }
}

fn taken(amount: i64) -> PaymentTaken {
    PaymentTaken {
        order: order(),
        amount: Cents(amount),
    }
}

#[test]
fn what_is_set_aside_cannot_be_spent_again() {
    Scenario::<Wallet>::new()
        .when(PayIn { amount: Cents(500) })
        .then(paid_in(500))
        .when(charge(300))
        .then(requested(300))
        .when(charge(300))
        .then_refused(Declined::NotCovered {
            asked: Cents(300),
            balance: Cents(200),
        });
}

#[test]
fn the_provider_answers_once() {
    Scenario::<Wallet>::new()
        .given((paid_in(500), requested(300)))
        .when(ConfirmPayment { order: order() })
        .then(taken(300))
        .when(ConfirmPayment { order: order() })
        .then_nothing();
    Scenario::<Wallet>::new()
        .given((paid_in(500), requested(300), taken(300)))
        .when(DeclinePayment { order: order() })
        .then_nothing();
}

#[test]
fn an_answer_to_a_voided_payment_comes_too_late() {
    let voided = PaymentVoided {
        order: order(),
        amount: Cents(300),
    };
    Scenario::<Wallet>::new()
        .given((paid_in(500), requested(300)))
        .when(VoidPayment { order: order() })
        .then(voided)
        .then_state(|wallet| assert_eq!(wallet.balance, Cents(500)))
        .when(VoidPayment { order: order() })
        .then_nothing()
        .when(ConfirmPayment { order: order() })
        .then_nothing();
}

#[test]
fn a_payment_that_was_taken_is_refunded_once_and_not_voided() {
    let refunded = PaymentRefunded {
        order: order(),
        amount: Cents(300),
    };
    Scenario::<Wallet>::new()
        .given((paid_in(500), requested(300), taken(300)))
        .when(VoidPayment { order: order() })
        .then_refused(Declined::TakenAlready);
    Scenario::<Wallet>::new()
        .given((paid_in(500), requested(300), taken(300)))
        .when(RefundPayment { order: order() })
        .then(refunded)
        .then_state(|wallet| assert_eq!(wallet.balance, Cents(500)))
        .when(RefundPayment { order: order() })
        .then_nothing();
}
