//! Callers that work at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

#[cfg(feature = "tokio")]
use tokio::spawn;
#[cfg(not(feature = "tokio"))]
use tokio02::spawn;

/// What calls came to.
#[derive(Debug, Default)]
pub struct Called {
    pub latencies: Vec<Duration>,
    pub conflicts: u64,
}

/// Has so many callers make so many calls altogether: each takes the next as soon as it has done one. A call answers how often
/// another writer was faster.
pub async fn call<F, Answer>(callers: usize, calls: usize, of: F) -> Called
where
    F: Fn(usize) -> Answer + Send + Sync + 'static,
    Answer: Future<Output = u64> + Send + 'static,
{
    let (of, next) = (Arc::new(of), Arc::new(AtomicUsize::new(0)));
    let callers: Vec<_> = (0..callers)
        .map(|_| {
            let (of, next) = (Arc::clone(&of), Arc::clone(&next));
            spawn(async move {
                let mut called = Called::default();
                loop {
                    let call = next.fetch_add(1, Ordering::Relaxed);
                    if call >= calls {
                        return called;
                    }
                    let begun = Instant::now();
                    called.conflicts += of(call).await;
                    called.latencies.push(begun.elapsed());
                }
            })
        })
        .collect();
    let mut all = Called::default();
    for caller in callers {
        let called = caller.await.expect("a caller does not panic");
        all.latencies.extend(called.latencies);
        all.conflicts += called.conflicts;
    }
    all
}
