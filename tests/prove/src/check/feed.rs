//! A follower is given every event, once, in the order of all.

use super::{Evidence, Guarantee, Violation};
use crate::history::Page;
use crate::stored::Stored;

pub(super) const GUARANTEE: Guarantee = Guarantee {
    name: "a follower was given every event up to its checkpoint, once, in order, as it is stored",
    check,
};

fn check(evidence: &Evidence<'_>) -> Vec<Violation> {
    let pages = evidence.history.pages.iter();
    pages
        .filter_map(|(follower, pages)| broken(evidence, follower, pages))
        .collect()
}

fn broken(evidence: &Evidence<'_>, follower: &str, pages: &[Page]) -> Option<Violation> {
    let is_wanted =
        |event: &&Stored| !follower.starts_with("filtered") || event.event_type == "prove.decided";
    let mut events = evidence.found.events.iter().filter(is_wanted).peekable();
    let mut at = 0;
    for (number, page) in pages.iter().enumerate() {
        let about = |what: String, position: i64| {
            let of = |event: &Stored| event.position == position;
            let place = evidence.found.events.iter().position(of);
            let sender = place.and_then(|place| {
                let mark = &evidence.found.events[place].payload.mark;
                evidence.sender(mark)
            });
            Violation {
                what: format!(
                    "follower {follower}, page {number}, behind {} up to {}: {what}",
                    page.after, page.checkpoint
                ),
                calls: sender.into_iter().collect(),
                events: place.into_iter().collect(),
            }
        };
        if page.after != at || page.checkpoint < at {
            return Some(about(format!("it had come to {at}"), page.after));
        }
        at = page.checkpoint;
        evidence.count(page.events.len());
        for given in &page.events {
            let Some(next) = events.next() else {
                let what = format!("position {} was given, and is not stored", given.position);
                return Some(about(what, given.position));
            };
            if next.position < given.position {
                let what = format!(
                    "position {} was left out, and {} given",
                    next.position, given.position
                );
                return Some(about(what, next.position));
            }
            if next.position > given.position {
                let what = format!(
                    "position {} was given, and is not stored there, or was given before",
                    given.position
                );
                return Some(about(what, given.position));
            }
            if next.digest != given.digest {
                return Some(about(
                    format!("position {} is stored otherwise", given.position),
                    given.position,
                ));
            }
        }
        if let Some(next) = events.peek().filter(|next| next.position <= at) {
            return Some(about(
                format!("position {} was left out", next.position),
                next.position,
            ));
        }
    }
    None
}
