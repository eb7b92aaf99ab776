//! What can be done to a store, at random.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::STREAMS;

/// One call. Streams are named by number.
#[derive(Debug, Clone)]
pub(crate) enum Call {
    Append(Vec<Part>),
    Again,
    Deposit(usize, i64, Option<u8>),
    Withdraw(usize, i64, Option<u8>),
    Read(usize, Range),
    StateAt(usize, u64),
    Load(usize),
    Reopen,
}

/// What an append asks of one stream.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) stream: usize,
    pub(crate) expected: Wanted,
    pub(crate) amounts: Vec<i64>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted {
    /// What it is, plus so much.
    Off(i64),
    NoStream,
    Exists,
    Any,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Range {
    pub(crate) from: u64,
    pub(crate) to: u64,
    pub(crate) backwards: bool,
    pub(crate) limit: u64,
}

pub(crate) fn calls() -> impl Strategy<Value = Vec<Call>> {
    let stream = 0..STREAMS;
    let wanted = prop_oneof![
        6 => Just(Wanted::Off(0)),
        1 => (-2..=2_i64).prop_map(Wanted::Off),
        1 => Just(Wanted::NoStream),
        1 => Just(Wanted::Exists),
        2 => Just(Wanted::Any),
    ];
    let part = (stream.clone(), wanted, vec(1..100_i64, 0..4));
    let part = part.prop_map(|(stream, expected, amounts)| Part {
        stream,
        expected,
        amounts,
    });
    let key = proptest::option::weighted(0.4, 0..3_u8);
    let range = (0..12_u64, 0..12_u64, any::<bool>(), 0..8_u64);
    let range = range.prop_map(|(from, to, backwards, limit)| Range {
        from,
        to,
        backwards,
        limit,
    });
    let call = prop_oneof![
        4 => vec(part, 1..=STREAMS).prop_map(Call::Append),
        1 => Just(Call::Again),
        4 => (stream.clone(), 1..100_i64, key.clone()).prop_map(|(s, c, k)| Call::Deposit(s, c, k)),
        3 => (stream.clone(), 1..150_i64, key).prop_map(|(s, c, k)| Call::Withdraw(s, c, k)),
        2 => (stream.clone(), range).prop_map(|(s, r)| Call::Read(s, r)),
        1 => (stream.clone(), 0..12_u64).prop_map(|(s, v)| Call::StateAt(s, v)),
        2 => stream.prop_map(Call::Load),
        1 => Just(Call::Reopen),
    ];
    vec(call, 1..25)
}
