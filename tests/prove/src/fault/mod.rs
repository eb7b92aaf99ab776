//! What is done to the store and to the workers. Each fault is real, and over when its function returns.

mod clock;
mod crash;
mod cut;
mod freeze;
mod full;
mod kill;
mod lock;
mod operator;
mod pause;
mod slow;
mod terminate;

use std::time::Duration;

use crate::field::Field;
use crate::random::Random;

pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A worker's clock of annals is put forward or back.
    Clock,
    /// Every process of the server is killed; then it is started again.
    Crash,
    /// Connections are cut in the middle of an answer.
    Cut,
    /// A worker is stopped for longer than its leases last.
    Freeze,
    /// The disk has no room for a while.
    Full,
    /// A worker is killed, and another takes its place.
    Kill,
    /// Somebody else holds the right to write for a while.
    Lock,
    /// An operator is killed, and another does the same again.
    Operator,
    /// The server is stopped for a while.
    Pause,
    /// Commits take their time.
    Slow,
    /// The server ends connections.
    Terminate,
}

impl Fault {
    const ALL: [Fault; 11] = [
        Fault::Clock,
        Fault::Crash,
        Fault::Cut,
        Fault::Freeze,
        Fault::Full,
        Fault::Kill,
        Fault::Lock,
        Fault::Operator,
        Fault::Pause,
        Fault::Slow,
        Fault::Terminate,
    ];

    /// What it is called in the report.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Fault::Clock => "clock of a worker put wrong",
            Fault::Crash => "server killed and started again",
            Fault::Cut => "connections cut in the middle of an answer",
            Fault::Freeze => "worker paused beyond its leases",
            Fault::Full => "disk full",
            Fault::Kill => "worker killed",
            Fault::Lock => "file locked by somebody else",
            Fault::Operator => "operator killed while it builds or switches",
            Fault::Pause => "server paused",
            Fault::Slow => "slow commits",
            Fault::Terminate => "connections terminated by the server",
        }
    }

    /// Those that can be done here.
    pub(crate) fn possible(field: &Field) -> Vec<Fault> {
        let has_standby = field.standby.is_some();
        let is_possible = |fault: &Fault| match fault {
            // Each makes the server show what it has not sent to its standby, as PostgreSQL says of synchronous commits.
            Fault::Crash | Fault::Full | Fault::Terminate if has_standby => false,
            Fault::Clock | Fault::Kill | Fault::Freeze => true,
            Fault::Crash | Fault::Pause => field.server.is_some(),
            Fault::Cut => field.wire.is_some(),
            Fault::Full => field.disk.is_some(),
            Fault::Lock => !field.is_postgres(),
            Fault::Operator => field.rollout.is_some(),
            Fault::Slow | Fault::Terminate => field.is_postgres(),
        };
        Fault::ALL.into_iter().filter(is_possible).collect()
    }

    /// # Errors
    /// Where it could not be done.
    pub(crate) async fn strike(
        self,
        field: &mut Field,
        random: &mut Random,
    ) -> Result<(), Failure> {
        match self {
            Fault::Clock => clock::strike(field, random).await,
            Fault::Crash => crash::strike(field, random).await,
            Fault::Cut => cut::strike(field, random).await,
            Fault::Freeze => freeze::strike(field, random).await,
            Fault::Full => full::strike(field, random).await,
            Fault::Kill => kill::strike(field, random).await,
            Fault::Lock => lock::strike(field, random).await,
            Fault::Operator => operator::strike(field, random).await,
            Fault::Pause => pause::strike(field, random).await,
            Fault::Slow => slow::strike(field, random).await,
            Fault::Terminate => terminate::strike(field, random).await,
        }
    }
}

/// Waits for so many milliseconds.
async fn wait(random: &mut Random, from: u64, to: u64) {
    tokio::time::sleep(Duration::from_millis(random.between(from, to))).await;
}
