//! How large everything is: the one place that says so.

/// The sizes of all workloads.
pub(crate) struct Sizes {
    /// Commands of W1, each for another account, with 1, 16 and 64 callers.
    pub(crate) commands: [usize; 3],
    /// Appends of W2 with 4 and with 16 callers.
    pub(crate) batches: usize,
    /// Loads of W3 without a snapshot, and with one.
    pub(crate) loads: usize,
    pub(crate) snapshot_loads: usize,
    /// Accounts of W4 and W7, and of the larger W5.
    pub(crate) many_accounts: usize,
    /// Accounts of the smaller W5.
    pub(crate) fewer_accounts: usize,
    /// Commands of W6.
    pub(crate) hot_commands: usize,
    /// For how many seconds W8 appends.
    pub(crate) seconds: usize,
    /// After how many seconds a workload that is too slow is stopped, and what was done until then is counted.
    pub(crate) limit: usize,
}

/// Events of an account before W1 and W6.
pub(crate) const SHORT: usize = 20;
/// Events of an account before W3.
pub(crate) const LONG: usize = 10_000;
/// At which of them the snapshot is.
pub(crate) const SNAPSHOT_AT: usize = 9_990;
/// Events of an append of W2.
pub(crate) const BATCH: usize = 100;
/// Events of each account of W4, W5 and W7.
pub(crate) const LENGTH: usize = 100;
/// How many callers W1 has.
pub(crate) const CALLERS: [usize; 3] = [1, 16, 64];
/// How many callers W2 has.
pub(crate) const BATCH_CALLERS: [usize; 2] = [4, 16];
/// How many callers W6 has.
pub(crate) const HOT_CALLERS: usize = 16;
/// Events in a second of W8, and by how many callers.
pub(crate) const RATE: usize = 1000;
pub(crate) const RATE_CALLERS: usize = 16;
/// How many connections a system may have.
pub(crate) const CONNECTIONS: usize = 16;
/// Calls before the measured ones, so that connections are open and statements prepared.
pub(crate) const WARM_UP: usize = 200;

impl Sizes {
    pub(crate) const FULL: Sizes = Sizes {
        commands: [2_000, 8_000, 16_000],
        batches: 1_000,
        loads: 10,
        snapshot_loads: 2_000,
        many_accounts: 10_000,
        fewer_accounts: 2_000,
        hot_commands: 500,
        seconds: 10,
        limit: 20,
    };

    pub(crate) const QUICK: Sizes = Sizes {
        commands: [300, 1_000, 2_000],
        batches: 100,
        loads: 3,
        snapshot_loads: 200,
        many_accounts: 1_000,
        fewer_accounts: 200,
        hot_commands: 100,
        seconds: 2,
        limit: 5,
    };

    /// How many short accounts there are: as many as the largest W1 needs.
    pub(crate) fn short_accounts(&self) -> usize {
        self.commands.into_iter().max().unwrap_or(0) + WARM_UP
    }
}
