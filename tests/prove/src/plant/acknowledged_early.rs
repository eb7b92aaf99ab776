//! The answer is written down before the commit. Whoever looks in between does not find what was acknowledged; where the
//! process or the connection ends in between, nobody ever will.

use std::time::Duration;

use crate::history::Answer;
use crate::random::digest;
use crate::worker::Shared;

/// Acknowledges what is not committed, and answers whether it will be.
pub(crate) async fn acknowledged_early(shared: &Shared, mark: &str, answer: Answer) -> bool {
    if let Some((client, number)) = mark.split_once('.')
        && let Ok(number) = number.parse()
    {
        shared.log.answer(client, number, &answer);
    }
    tokio::time::sleep(Duration::from_millis(20)).await;
    digest(0, mark.as_bytes()) % 4 != 0
}
