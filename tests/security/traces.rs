//! What is traced while the tests run.

use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::util::SubscriberInitExt;

use crate::cards::SECRET;

/// Everything that is traced, at any level, by annals and by what it stands on.
#[derive(Clone, Default)]
pub(crate) struct Traces(Arc<Mutex<Vec<u8>>>);

impl Write for Traces {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0
            .lock()
            .expect("no panic while it is written")
            .extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Traces {
    type Writer = Traces;

    fn make_writer(&'a self) -> Traces {
        self.clone()
    }
}

/// All tests of this program trace into one place: workers are threads of their own.
pub(crate) fn traces() -> &'static Traces {
    static TRACES: OnceLock<Traces> = OnceLock::new();
    TRACES.get_or_init(|| {
        let traces = Traces::default();
        tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_span_events(FmtSpan::FULL)
            .with_writer(traces.clone())
            .finish()
            .init();
        traces
    })
}

/// Whether something was traced that says the first, and nothing that tells the secret.
pub(crate) fn nothing_is_traced(said: &str) {
    let traced = traces()
        .0
        .lock()
        .expect("no panic while it is written")
        .clone();
    let traced = String::from_utf8_lossy(&traced).into_owned();
    assert!(
        traced.contains(said),
        "{said:?} was not traced, so nothing is shown"
    );
    if let Some(line) = traced.lines().find(|line| line.contains(SECRET)) {
        panic!("told: {line}");
    }
}
