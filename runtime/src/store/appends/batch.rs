//! Which of the waiting appends go into one statement.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use super::chain::{Chain, Link};
use crate::append::{Group, Head, Receipt};
use crate::error::Error;

/// How many bytes of payload go into a statement at most, unless one append alone has more.
const BYTES: usize = 4 << 20;

/// An append, and where its answer goes.
pub(crate) struct Ask {
    group: Group,
    part: Part,
    bytes: usize,
}

/// Where the answer to an append comes.
pub(super) type Answer = oneshot::Receiver<Result<Receipt, Error>>;

impl Ask {
    pub(super) fn of(group: Group, link: Option<Link>) -> (Self, Answer) {
        let (reply, answer) = oneshot::channel();
        let rows = || group.heads.iter().flat_map(|head| &head.rows);
        let (events, bytes) = (rows().count(), rows().map(|row| row.payload.len()).sum());
        let part = Part {
            link,
            events,
            reply,
        };
        (Ask { group, part, bytes }, answer)
    }

    fn chain(&self) -> Option<&Arc<Chain>> {
        self.part.chain()
    }
}

/// A stream of a tenant, by its whole name: two aggregates can make one name.
type Place = (Arc<str>, Arc<str>);

/// The streams to which appends are under way.
#[derive(Default)]
pub(super) struct UnderWay(Arc<Mutex<HashSet<Place>>>);

/// Appends of which no two name the same stream.
pub(crate) struct Batch {
    pub(super) list: Vec<Merged>,
    places: HashMap<Place, usize>,
    pub(super) events: usize,
    most_events: usize,
    bytes: usize,
    under_way: Arc<Mutex<HashSet<Place>>>,
}

/// Appends that are stored as one: those of a chain that wait together.
pub(super) struct Merged {
    pub(super) group: Group,
    pub(super) parts: Vec<Part>,
}

pub(super) struct Part {
    pub(super) link: Option<Link>,
    pub(super) events: usize,
    pub(super) reply: oneshot::Sender<Result<Receipt, Error>>,
}

impl Part {
    fn chain(&self) -> Option<&Arc<Chain>> {
        self.link.as_ref().map(Link::chain)
    }
}

impl UnderWay {
    /// The batch of those who can go now, in their order: of each stream the first, and what its chain has to add. Those who
    /// name a stream to which something is under way go on waiting, and so do those behind them who name the same. It has
    /// `most_events`, unless one append alone has more.
    pub(super) fn take(&self, waiting: &mut VecDeque<Ask>, most_events: usize) -> Option<Batch> {
        let mut under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut batch = Batch {
            list: Vec::new(),
            places: HashMap::new(),
            events: 0,
            most_events,
            bytes: 0,
            under_way: Arc::clone(&self.0),
        };
        let mut passed = HashSet::new();
        let mut left = VecDeque::new();
        while let Some(ask) = waiting.pop_front() {
            if ask.chain().is_some_and(|chain| chain.is_broken()) {
                void(ask);
                continue;
            }
            let places = places(&ask.group);
            let is_held = |place: &Place| under_way.contains(place) || passed.contains(place);
            if places.iter().any(is_held) || !batch.fits(&ask, &places) {
                passed.extend(places);
                left.push_back(ask);
            } else {
                batch.add(ask, places);
            }
        }
        *waiting = left;
        under_way.extend(batch.places.keys().cloned());
        // A batch that is dropped takes this lock.
        drop(under_way);
        (!batch.list.is_empty()).then_some(batch)
    }
}

impl Batch {
    fn fits(&self, ask: &Ask, places: &[Place]) -> bool {
        let is_large =
            self.events + ask.part.events > self.most_events || self.bytes + ask.bytes > BYTES;
        if is_large && !self.list.is_empty() {
            return false;
        }
        let mut named = places.iter().filter_map(|place| self.places.get(place));
        named.all(|&at| self.list[at].is_followed_by(ask))
    }

    fn add(&mut self, ask: Ask, places: Vec<Place>) {
        let Ask {
            mut group,
            part,
            bytes,
        } = ask;
        self.events += part.events;
        self.bytes += bytes;
        let standing = places.first().and_then(|place| self.places.get(place));
        if let Some(&at) = standing {
            self.list[at].add(group, part);
            return;
        }
        let at = self.list.len();
        self.places
            .extend(places.into_iter().map(|place| (place, at)));
        if let (Some(chain), [head]) = (part.chain(), &mut *group.heads) {
            head.seen = chain.seen();
        }
        self.list.push(Merged {
            group,
            parts: vec![part],
        });
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        let mut under_way = self
            .under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        for place in self.places.keys() {
            under_way.remove(place);
        }
    }
}

impl Merged {
    /// Whether the append is the next one of the same chain.
    fn is_followed_by(&self, ask: &Ask) -> bool {
        let own = self.parts.first().and_then(Part::chain);
        matches!((own, ask.chain()), (Some(own), Some(next)) if Arc::ptr_eq(own, next))
    }

    fn add(&mut self, group: Group, part: Part) {
        for (head, more) in self.group.heads.iter_mut().zip(group.heads) {
            let before = head.rows.len();
            head.rows.extend(more.rows);
            head.keys.extend(more.keys.into_iter().map(|mut key| {
                key.after += before;
                key
            }));
        }
        self.parts.push(part);
    }
}

/// Tells who asked that what he decided on was never stored.
fn void(ask: Ask) {
    let Ask { group, part, .. } = ask;
    let Part { link, reply, .. } = part;
    drop(link);
    let stream = group.heads.first().map(|head| &head.stream);
    // Who does not listen any more needs no answer.
    let _ = reply.send(Err(Error::overtaken(stream)));
}

fn places(group: &Group) -> Vec<Place> {
    let name = |head: &Head| (Arc::clone(&group.tenant), head.stream.shared());
    group.heads.iter().map(name).collect()
}
