//! Puts rows into the order of their positions that come nearly in it.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// How many bytes of rows wait for others at most.
const MOST: usize = 1 << 20;

/// Rows that came before others whose positions are lower, or may be: that no event has a position shows only at the end.
#[derive(Debug)]
pub(super) struct InOrder {
    /// Up to here, no row is missing.
    last: i64,
    waiting: BinaryHeap<Reverse<(i64, Box<[u8]>)>>,
    bytes: usize,
}

impl InOrder {
    pub(super) fn after(position: i64) -> Self {
        InOrder {
            last: position,
            waiting: BinaryHeap::new(),
            bytes: 0,
        }
    }

    /// The position up to which no row is missing.
    pub(super) fn last(&self) -> i64 {
        self.last
    }

    /// Whether nothing can come before a row of this position, which then is the last one.
    pub(super) fn is_next(&mut self, position: i64) -> bool {
        let is_next = position <= self.last.saturating_add(1);
        if is_next {
            self.last = self.last.max(position);
        }
        is_next
    }

    pub(super) fn wait(&mut self, position: i64, row: &[u8]) {
        self.bytes += row.len();
        self.waiting.push(Reverse((position, row.into())));
    }

    /// Whether so much waits that it is better to have the server put the rows into their order.
    pub(super) fn is_too_much(&self) -> bool {
        self.bytes > MOST
    }

    /// The row that is next, where it waits.
    pub(super) fn next(&mut self) -> Option<Box<[u8]>> {
        let Reverse((position, _)) = self.waiting.peek()?;
        let position = *position;
        if !self.is_next(position) {
            return None;
        }
        self.lowest()
    }

    /// The first of those that wait: the next one, where nothing comes any more.
    pub(super) fn lowest(&mut self) -> Option<Box<[u8]>> {
        let Reverse((position, row)) = self.waiting.pop()?;
        self.bytes -= row.len();
        self.last = self.last.max(position);
        Some(row)
    }
}

#[cfg(test)]
mod tests {
    use super::{InOrder, MOST};

    /// What is handed on, and what is left for the end.
    fn ordered(after: i64, positions: &[i64]) -> (Vec<i64>, Vec<i64>) {
        let number = |row: Box<[u8]>| i64::from_be_bytes((*row).try_into().expect("eight bytes"));
        let mut order = InOrder::after(after);
        let mut at_once = Vec::new();
        for &position in positions {
            if order.is_next(position) {
                at_once.push(position);
                at_once.extend(std::iter::from_fn(|| order.next()).map(number));
            } else {
                order.wait(position, &position.to_be_bytes());
            }
        }
        let rest = std::iter::from_fn(|| order.lowest()).map(number);
        let rest = rest.collect();
        assert_eq!(order.bytes, 0);
        (at_once, rest)
    }

    #[test]
    fn rows_are_handed_on_as_soon_as_nothing_can_come_before_them() {
        let at_once = |positions: &[i64]| (positions.to_vec(), vec![]);
        assert_eq!(ordered(0, &[1, 2, 3]), at_once(&[1, 2, 3]));
        assert_eq!(ordered(4, &[7, 6, 5, 8]), at_once(&[5, 6, 7, 8]));
        assert_eq!(ordered(0, &[2, 4, 1, 6]), (vec![1, 2], vec![4, 6]));
        let end = i64::MAX;
        assert_eq!(ordered(end - 2, &[end, end - 1]), at_once(&[end - 1, end]));
    }

    #[test]
    fn a_position_that_two_rows_have_is_handed_on_twice() {
        assert_eq!(ordered(0, &[1, 1, 2]), (vec![1, 1, 2], vec![]));
        assert_eq!(ordered(0, &[3, 3, 1, 2]), (vec![1, 2, 3, 3], vec![]));
        assert_eq!(ordered(5, &[3, 6]), (vec![3, 6], vec![]));
    }

    #[test]
    fn little_waits() {
        let mut order = InOrder::after(0);
        order.wait(2, &vec![0; MOST]);
        assert!(!order.is_too_much());
        order.wait(3, &[0]);
        assert!(order.is_too_much());
    }
}
