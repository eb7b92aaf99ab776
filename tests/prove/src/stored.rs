//! All that lies in the database, read by SQL alone.

use std::collections::HashMap;

use serde::Deserialize;

use crate::domain::State;
use crate::random::digest;
use crate::raw::Raw;

/// What matters of a payload, of whatever type.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct Payload {
    pub(crate) mark: String,
    pub(crate) amount: i64,
    /// The state on which it was decided.
    pub(crate) seen: Option<State>,
}

/// A stored event.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stored {
    pub(crate) position: i64,
    pub(crate) stream: String,
    pub(crate) version: i64,
    pub(crate) event_type: String,
    pub(crate) payload: Payload,
    /// In microseconds.
    pub(crate) recorded_at: i64,
    pub(crate) event_id: String,
    pub(crate) digest: i64,
}

/// The database, when all was over.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// In the order of their positions.
    pub(crate) events: Vec<Stored>,
    /// By stream, in the order of their versions: places in `events`.
    pub(crate) streams: HashMap<String, Vec<usize>>,
    /// By mark: places in `events`.
    pub(crate) marks: HashMap<String, Vec<usize>>,
    /// By stream: the state after each version, from 0.
    pub(crate) states: HashMap<String, Vec<State>>,
    /// What cannot be read.
    pub(crate) unreadable: Vec<String>,
    /// The version in the row of each stream.
    pub(crate) heads: HashMap<String, i64>,
    /// Stream, version, id of the event, state.
    pub(crate) snapshots: Vec<(String, i64, String, String)>,
    /// By stream and key: first version, last version, refusal.
    pub(crate) commands: HashMap<(String, String), (i64, i64, Option<String>)>,
    /// Of the clients' own table.
    pub(crate) rows: HashMap<String, usize>,
    /// Stream, version, events, balance, digest.
    pub(crate) standings: HashMap<String, (i64, State)>,
    /// By bucket: events and balance.
    pub(crate) tallies: HashMap<i64, (i64, i64)>,
    /// Position and mark.
    pub(crate) lines: Vec<(i64, String)>,
    /// What is kept by hand.
    pub(crate) counts: HashMap<String, State>,
    pub(crate) parked: i64,
}

/// A digest of all that a follower is given of an event.
pub(crate) fn digest_of(stream: &str, version: i64, event_id: &str, payload: &[u8]) -> i64 {
    let at = digest(0, stream.as_bytes());
    let at = digest(at, &version.to_le_bytes());
    digest(digest(at, event_id.as_bytes()), payload)
}

impl Found {
    pub(crate) async fn read(raw: &mut Raw) -> Result<Self, sqlx::Error> {
        let mut found = Found::default();
        found.read_events(raw).await?;
        found.read_beside(raw).await?;
        found.read_models(raw).await?;
        Ok(found)
    }

    async fn read_events(&mut self, raw: &mut Raw) -> Result<(), sqlx::Error> {
        let micros = match raw {
            Raw::Postgres(_) => "cast(extract(epoch from recorded_at) * 1000000 as bigint)",
            Raw::Sqlite(_) => {
                "cast(strftime('%s', recorded_at) as integer) * 1000000 + cast(substr(recorded_at, 21, 6) as integer)"
            }
        };
        let sql = format!(
            "select position, stream, version, event_type, cast(payload as text), {micros}, cast(event_id as text) \
             from {{events}} order by position"
        );
        let rows: Vec<(i64, String, i64, String, String, i64, String)> = raw.rows(&sql).await?;
        for (position, stream, version, event_type, payload, recorded_at, event_id) in rows {
            let digest = digest_of(&stream, version, &event_id, payload.as_bytes());
            let payload: Payload = match serde_json::from_str(&payload) {
                Ok(payload) => payload,
                Err(error) => {
                    let what = format!("{stream} version {version} at {position}: {error}");
                    self.unreadable.push(what);
                    continue;
                }
            };
            let place = self.events.len();
            self.streams.entry(stream.clone()).or_default().push(place);
            self.marks
                .entry(payload.mark.clone())
                .or_default()
                .push(place);
            self.events.push(Stored {
                position,
                stream,
                version,
                event_type,
                payload,
                recorded_at,
                event_id,
                digest,
            });
        }
        for (stream, places) in &mut self.streams {
            places.sort_by_key(|&place| self.events[place].version);
            let mut state = State::default();
            let states = self.states.entry(stream.clone()).or_default();
            states.push(state);
            for &place in &*places {
                let payload = &self.events[place].payload;
                state = state.after(&payload.mark, payload.amount);
                states.push(state);
            }
        }
        Ok(())
    }

    async fn read_beside(&mut self, raw: &mut Raw) -> Result<(), sqlx::Error> {
        self.heads = raw
            .rows("select stream, version from {streams} where version > 0")
            .await?
            .into_iter()
            .collect();
        self.snapshots = raw
            .rows("select stream, version, cast(event_id as text), cast(state as text) from {snapshots}")
            .await?;
        let commands: Vec<(String, String, i64, i64, Option<String>)> = raw
            .rows(
                "select stream, key, coalesce(first_version, 0), last_version, cast(refusal as text) from {commands}",
            )
            .await?;
        for (stream, key, first, last, refusal) in commands {
            self.commands.insert((stream, key), (first, last, refusal));
        }
        let rows: Vec<(String,)> = raw.rows("select mark from prove_rows").await?;
        for (mark,) in rows {
            *self.rows.entry(mark).or_default() += 1;
        }
        let parked: Vec<(i64,)> = raw.rows("select count(*) from {parked}").await?;
        self.parked = parked.first().map_or(0, |row| row.0);
        Ok(())
    }

    async fn read_models(&mut self, raw: &mut Raw) -> Result<(), sqlx::Error> {
        let standings: Vec<(String, i64, i64, i64, i64)> = raw
            .rows("select stream, version, events, balance, digest from {model}standings_v1")
            .await?;
        for (stream, version, events, balance, digest) in standings {
            let state = State {
                events,
                balance,
                digest,
            };
            self.standings.insert(stream, (version, state));
        }
        let tallies: Vec<(i64, i64, i64)> = raw
            .rows("select bucket, events, balance from {model}tallies_v1")
            .await?;
        for (bucket, events, balance) in tallies {
            self.tallies.insert(bucket, (events, balance));
        }
        self.lines = raw
            .rows("select position, mark from prove_lines order by position")
            .await?;
        let counts: Vec<(String, i64, i64, i64)> = raw
            .rows("select stream, events, balance, digest from prove_counts")
            .await?;
        for (stream, events, balance, digest) in counts {
            let state = State {
                events,
                balance,
                digest,
            };
            self.counts.insert(stream, state);
        }
        Ok(())
    }

    /// The state of a stream after a version; `None` where it never had as many events.
    pub(crate) fn state(&self, stream: &str, version: i64) -> Option<State> {
        if version == 0 {
            return Some(State::default());
        }
        let states = self.states.get(stream)?;
        states.get(usize::try_from(version).ok()?).copied()
    }

    /// The events of a stream, in the order of their versions.
    pub(crate) fn stream(&self, stream: &str) -> impl Iterator<Item = &Stored> {
        let places = self.streams.get(stream).into_iter().flatten();
        places.map(|&place| &self.events[place])
    }

    /// The event of a stream at a version.
    pub(crate) fn event(&self, stream: &str, version: i64) -> Option<&Stored> {
        let places = self.streams.get(stream)?;
        let at = places.partition_point(|&place| self.events[place].version < version);
        let event = &self.events[*places.get(at)?];
        (event.version == version).then_some(event)
    }
}
