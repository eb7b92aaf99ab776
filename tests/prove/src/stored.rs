//! All that lies in the database, read by SQL alone.

use std::collections::HashMap;

use crate::domain::State;
use crate::payload::Payload;
use crate::random::digest;
use crate::raw::Raw;

/// A row of the read model of which there are two versions: version, state, largest amount.
pub(crate) type Account = (i64, State, Option<i64>);

/// Position, stream, version, type, payload, time, id and schema version of an event.
type Event = (i64, String, i64, String, String, i64, String, i64);

/// A stored event.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Stored {
    pub(crate) position: i64,
    pub(crate) stream: String,
    pub(crate) version: i64,
    pub(crate) event_type: String,
    pub(crate) schema_version: i64,
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
    /// By table, of the read model of which there are two versions; by stream: version, state and the largest amount, where
    /// that is kept.
    pub(crate) accounts: Vec<(&'static str, HashMap<String, Account>)>,
    /// Rows of these that are there twice.
    pub(crate) twice: Vec<String>,
    /// The inline read model.
    pub(crate) contents: HashMap<String, State>,
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

/// Whether a version of the read model of which there are two is there.
pub(crate) async fn has_version(raw: &mut Raw, version: u32) -> Result<bool, sqlx::Error> {
    let name = crate::models::accounts::NAME;
    let sql = format!(
        "select count(*) from {{partitions}} where projection = '{name}' and version = {version}"
    );
    let rows: Vec<(i64,)> = raw.rows(&sql).await?;
    Ok(rows.first().is_some_and(|row| row.0 > 0))
}

/// The states in a table of rows.
async fn states(
    raw: &mut Raw,
    key: &str,
    table: &str,
) -> Result<HashMap<String, State>, sqlx::Error> {
    let sql = format!("select {key}, events, balance, digest from {table}");
    let rows: Vec<(String, i64, i64, i64)> = raw.rows(&sql).await?;
    let rows = rows.into_iter();
    let states = rows.map(|(key, events, balance, digest)| {
        let state = State {
            events,
            balance,
            digest,
        };
        (key, state)
    });
    Ok(states.collect())
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
            "select position, stream, version, event_type, cast(payload as text), {micros}, cast(event_id as text), \
             cast(schema_version as bigint) \
             from {{events}} order by position"
        );
        let rows: Vec<Event> = raw.rows(&sql).await?;
        for (
            position,
            stream,
            version,
            event_type,
            payload,
            recorded_at,
            event_id,
            schema_version,
        ) in rows
        {
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
                schema_version,
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
        self.counts = states(raw, "stream", "prove_counts").await?;
        self.contents = states(raw, "'purse-' || purse", "{model}contents_v1").await?;
        for (table, more) in [
            ("accounts", "null"),
            ("accounts_v1", "null"),
            ("accounts_v2", "largest"),
        ] {
            if table == "accounts_v2" && !has_version(raw, 2).await? {
                continue;
            }
            let sql = format!(
                "select stream, version, events, balance, digest, cast({more} as bigint) from {{model}}{table}"
            );
            let rows: Vec<(String, i64, i64, i64, i64, Option<i64>)> = raw.rows(&sql).await?;
            let mut accounts = HashMap::new();
            for (stream, version, events, balance, digest, largest) in rows {
                let state = State {
                    events,
                    balance,
                    digest,
                };
                let row = (version, state, largest);
                if let Some(other) = accounts.insert(stream.clone(), row) {
                    let what = format!("{table}, {stream}: two rows, {other:?} and {row:?}");
                    self.twice.push(what);
                }
            }
            self.accounts.push((table, accounts));
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
