//! Criterion, and where it measures.

use std::time::Duration;

use alone::places::{Place, Server};
use criterion::Criterion;
use tokio::runtime::{Builder, Runtime};

pub(crate) struct Bench {
    pub(crate) criterion: Criterion,
    /// As many threads as the programs of `benches/peers` have.
    pub(crate) runtime: Runtime,
    server: Server,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let criterion = Criterion::default()
            .sample_size(20)
            .warm_up_time(Duration::from_secs(1))
            .measurement_time(Duration::from_secs(4))
            .configure_from_args();
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build();
        Bench {
            criterion,
            runtime: runtime.expect("threads are to be had"),
            server: Server::start(),
        }
    }

    /// An empty store of each kind: what one topic stores is in nobody else's way.
    pub(crate) fn places(&self) -> [Place; 2] {
        self.runtime.block_on(self.server.places())
    }
}
