//! An append to several streams, done one stream after the other. Where the second is not as expected, the first is there
//! already.

use crate::history::{Answer, Wanted};
use crate::worker::{Shared, append_once};

pub(super) async fn append(shared: &Shared, mark: &str, to: &[Wanted]) -> Option<Answer> {
    if to.len() < 2 {
        return None;
    }
    let mut number = 0;
    let mut all = Vec::new();
    for wanted in to {
        let answer = append_once(shared, mark, std::slice::from_ref(wanted), number).await;
        number += wanted.amounts.len();
        match answer {
            Answer::Stored { streams, .. } => all.extend(streams),
            // The rest was not stored, so much is true.
            Answer::Refused { why } if !all.is_empty() => return Some(Answer::Unknown { why }),
            other => return Some(other),
        }
    }
    Some(Answer::Stored {
        streams: all,
        repeated: false,
        again: None,
    })
}
