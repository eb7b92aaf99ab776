//! Commands, with a key and without one.

use std::time::Duration;

use annals::{CommandError, Root};

use super::client::{Memory, failed, stored};
use crate::aggregates::Folded;
use crate::domain::Move;
use crate::history::Answer;

/// How often to send a command with a key, where nobody knows what became of the last time.
const ATTEMPTS: u32 = 6;

pub(super) async fn execute<A: Folded>(
    root: &Root<A>,
    mark: &str,
    amounts: &[i64],
    key: Option<&str>,
    memory: &mut Memory,
) -> Answer {
    let mut attempt = 1;
    loop {
        let answer = once(root, mark, amounts, key, memory).await;
        let is_known = !matches!(answer, Answer::Unknown { .. });
        if is_known || key.is_none() || attempt == ATTEMPTS {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(30 * u64::from(attempt))).await;
        attempt += 1;
    }
}

async fn once<A: Folded>(
    root: &Root<A>,
    mark: &str,
    amounts: &[i64],
    key: Option<&str>,
    memory: &mut Memory,
) -> Answer {
    let command = root.execute(Move {
        mark: mark.to_owned(),
        amounts: amounts.to_vec(),
    });
    let answer = match key {
        Some(key) => command.key(key).await,
        None => command.await,
    };
    match answer {
        Ok(receipt) => {
            let answer = stored(&receipt);
            memory.receipt = Some(receipt);
            answer
        }
        Err(CommandError::Rejected(refused)) => Answer::Rejected {
            mark: refused.mark,
            seen: refused.seen,
        },
        Err(CommandError::Store(error)) => failed(&error),
    }
}
