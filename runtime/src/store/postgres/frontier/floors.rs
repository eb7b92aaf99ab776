//! Works out up to which position nothing can appear any more.

use std::collections::HashMap;

/// A transaction that may have taken positions and has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Holder {
    pub(super) transaction: String,
    /// `None` where the transaction is prepared: it belongs to no session any more.
    pub(super) session: Option<i32>,
}

/// For each open transaction a position that lies before all that it may have taken.
///
/// Each observation is a highest position, read first, and the open transactions, read after it. A transaction that was not
/// among those of the observation before has begun to take positions after that one: all of its positions are higher than
/// the highest one of then. A transaction that is not among the open ones any more has ended, and what it stored is seen by
/// whoever looks from now on.
#[derive(Debug, Default)]
pub(super) struct Floors {
    /// The highest position of the observation before; 0 where there was none.
    last: i64,
    floors: HashMap<String, i64>,
    frontier: i64,
}

impl Floors {
    /// Up to here nothing can appear any more.
    pub(super) fn frontier(&self) -> i64 {
        self.frontier
    }

    /// Whether nothing can be read since nothing is known of who was open before the first observation.
    pub(super) fn is_blind(&self) -> bool {
        self.frontier == 0 && self.last > 0
    }

    /// Whether it matters who is open, when this is the highest position.
    pub(super) fn is_news(&self, last: i64) -> bool {
        last > self.frontier
    }

    /// Takes in an observation. The transactions must have been read after the highest position.
    pub(super) fn observe(&mut self, last: i64, open: &[Holder]) {
        let mut floors = HashMap::with_capacity(open.len());
        for holder in open {
            let floor = match (self.floors.get(&holder.transaction), holder.session) {
                (Some(floor), _) => *floor,
                // It may be one that was open before under the name that it had in its session.
                (None, None) => self.frontier,
                (None, Some(_)) => self.last,
            };
            floors.insert(holder.transaction.clone(), floor);
        }
        self.frontier = floors.values().copied().min().unwrap_or(last);
        self.floors = floors;
        self.last = last;
    }
}

#[cfg(test)]
mod tests {
    use super::{Floors, Holder};

    fn session(transaction: &str) -> Holder {
        Holder {
            transaction: transaction.to_owned(),
            session: Some(1),
        }
    }

    fn prepared(transaction: &str) -> Holder {
        Holder {
            transaction: transaction.to_owned(),
            session: None,
        }
    }

    #[test]
    fn nobody_open_is_the_highest_position() {
        let mut floors = Floors::default();
        floors.observe(7, &[]);
        assert_eq!(floors.frontier(), 7);
        assert!(!floors.is_news(7));
        assert!(floors.is_news(8));
    }

    #[test]
    fn of_a_transaction_that_was_open_from_the_start_nothing_is_known() {
        let mut floors = Floors::default();
        floors.observe(7, &[session("a")]);
        assert_eq!(floors.frontier(), 0);
        floors.observe(9, &[session("a")]);
        assert_eq!(floors.frontier(), 0);
        assert!(floors.is_blind());
        floors.observe(9, &[]);
        assert_eq!(floors.frontier(), 9);
        assert!(!floors.is_blind());
    }

    #[test]
    fn a_later_transaction_holds_up_only_what_is_later() {
        let mut floors = Floors::default();
        floors.observe(7, &[session("a")]);
        floors.observe(9, &[session("a"), session("b")]);
        assert_eq!(floors.frontier(), 0);
        floors.observe(12, &[session("b"), session("c")]);
        assert_eq!(floors.frontier(), 7);
        floors.observe(12, &[session("c")]);
        assert_eq!(floors.frontier(), 9);
    }

    #[test]
    fn writers_without_a_pause_hold_up_nobody() {
        let mut floors = Floors::default();
        for n in 1..100 {
            floors.observe(n, &[session(&n.to_string())]);
            assert_eq!(floors.frontier(), n - 1);
        }
    }

    /// Its name is another one from then on.
    #[test]
    fn a_transaction_that_is_prepared_goes_on_holding_up() {
        let mut floors = Floors::default();
        floors.observe(5, &[]);
        floors.observe(7, &[session("a")]);
        floors.observe(9, &[session("b"), prepared("-1/77")]);
        assert_eq!(floors.frontier(), 5);
        floors.observe(9, &[prepared("-1/77")]);
        assert_eq!(floors.frontier(), 5);
        floors.observe(9, &[]);
        assert_eq!(floors.frontier(), 9);
    }
}
