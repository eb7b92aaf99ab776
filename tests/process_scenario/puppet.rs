//! A process that does at each of its steps what it was told when it began.

use std::time::Duration;

use annals::Command;
use annals::prelude::*;
use annals::process::{
    Input, OnRejected, OnTimer, Out, Process, ReactTo, Rejected, Timer, begin, go_on,
};
use annals::projection::Failure;
use chrono::{DateTime, TimeDelta, Utc};

/// What a step does.
#[derive(Debug, Clone, PartialEq, Schema, Serialize, Deserialize)]
pub(crate) enum Act {
    /// Sends a command to a wall, of which a refusal comes back.
    Hit {
        wall: u32,
        is_hard: bool,
    },
    /// The same with a command of another type.
    Kick {
        wall: u32,
        is_hard: bool,
    },
    /// The same, and a refusal is of no concern.
    Poke {
        wall: u32,
        is_hard: bool,
    },
    /// Sets a timer.
    Wait {
        millis: u64,
        note: String,
    },
    /// Sets it for a time, counted from the beginning of the year 2000.
    WaitUntil {
        millis: i64,
        note: String,
    },
    Nap {
        millis: u64,
    },
    StopWaiting,
    StopNapping,
    Finish,
    Fail,
    Panic,
    /// Has a state that JSON loses a part of.
    Hide,
    /// Sends a command that JSON loses a part of.
    HitHidden,
    /// Sets a timer that JSON loses a part of.
    WaitHidden,
}

/// Of which JSON loses a part.
#[derive(Debug, Clone, Default, PartialEq, Schema, Serialize, Deserialize)]
pub(crate) struct Mark {
    #[serde(skip)]
    pub(crate) is_hidden: bool,
}

#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("puppet.started")]
pub(crate) struct Started {
    pub(crate) id: String,
    /// The steps, in order.
    pub(crate) steps: Vec<Vec<Act>>,
}

/// Names its puppet by its stream.
#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("puppet.pulled")]
pub(crate) struct Pulled {
    #[serde(default)]
    pub(crate) mark: Mark,
}

/// A wall was hit on behalf of a puppet.
#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("wall.struck")]
pub(crate) struct Struck {
    pub(crate) puppet: String,
}

#[derive(Debug, Clone, PartialEq, Command, Serialize, Deserialize)]
#[command("wall.hit")]
pub(crate) struct Hit {
    pub(crate) puppet: String,
    pub(crate) is_hard: bool,
    #[serde(default)]
    pub(crate) mark: Mark,
}

#[derive(Debug, Clone, PartialEq, Command, Serialize, Deserialize)]
#[command("wall.kick")]
pub(crate) struct Kick {
    pub(crate) puppet: String,
    pub(crate) is_hard: bool,
}

/// As JSON the same as a kick.
#[derive(Debug, Clone, PartialEq, Command, Serialize, Deserialize)]
#[command("wall.poke")]
pub(crate) struct Poke {
    pub(crate) puppet: String,
    pub(crate) is_hard: bool,
}

#[derive(Debug, Clone, PartialEq, Schema, Serialize, Deserialize)]
pub(crate) struct TooHard {
    pub(crate) wall: String,
}

#[derive(Aggregate, Default)]
#[aggregate(name = "wall", events(Struck), commands(Hit, Kick, Poke))]
pub(crate) struct Wall;

#[aggregate]
impl Wall {
    fn struck(&mut self, _: Struck) {}

    fn hit(&self, command: Hit, cx: &Context) -> Result<Struck, TooHard> {
        let Hit {
            puppet, is_hard, ..
        } = command;
        strike(puppet, is_hard, cx)
    }

    fn kick(&self, command: Kick, cx: &Context) -> Result<Struck, TooHard> {
        let Kick { puppet, is_hard } = command;
        strike(puppet, is_hard, cx)
    }

    fn poke(&self, command: Poke, cx: &Context) -> Result<Struck, TooHard> {
        let Poke { puppet, is_hard } = command;
        strike(puppet, is_hard, cx)
    }
}

fn strike(puppet: String, is_hard: bool, cx: &Context) -> Result<Struck, TooHard> {
    match is_hard {
        true => Err(TooHard {
            wall: cx.stream().id().to_owned(),
        }),
        false => Ok(Struck { puppet }),
    }
}

#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("puppet.waited")]
pub(crate) struct Waited {
    pub(crate) note: String,
    #[serde(default)]
    pub(crate) mark: Mark,
}

#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("puppet.napped")]
pub(crate) struct Napped;

#[derive(Debug, Clone, PartialEq, Event, Serialize, Deserialize)]
#[event("puppet")]
pub(crate) struct Puppet {
    steps: Vec<Vec<Act>>,
    /// What it reacted to, and what it knew of it.
    pub(crate) seen: Vec<String>,
    #[serde(default)]
    mark: Mark,
}

impl Puppet {
    /// Takes the next of its steps.
    fn step(&mut self, seen: String, out: &mut Out<Self>) -> Result<(), String> {
        self.seen.push(seen);
        if self.steps.is_empty() {
            return Ok(());
        }
        for act in self.steps.remove(0) {
            self.act(act, out)?;
        }
        Ok(())
    }

    fn act(&mut self, act: Act, out: &mut Out<Self>) -> Result<(), String> {
        let puppet = out.id().to_owned();
        let hit = |is_hard, is_hidden| Hit {
            puppet: puppet.clone(),
            is_hard,
            mark: Mark { is_hidden },
        };
        let waited = |note: String, is_hidden| Waited {
            note,
            mark: Mark { is_hidden },
        };
        match act {
            Act::Hit { wall, is_hard } => {
                out.to::<Wall>(wall.to_string()).send(hit(is_hard, false));
            }
            Act::Kick { wall, is_hard } => out
                .to::<Wall>(wall.to_string())
                .send(Kick { puppet, is_hard }),
            Act::Poke { wall, is_hard } => out
                .to::<Wall>(wall.to_string())
                .send_and_forget(Poke { puppet, is_hard }),
            Act::Wait { millis, note } => {
                out.after(Duration::from_millis(millis), waited(note, false));
            }
            Act::WaitUntil { millis, note } => {
                out.at(
                    beginning() + TimeDelta::milliseconds(millis),
                    waited(note, false),
                );
            }
            Act::Nap { millis } => out.after(Duration::from_millis(millis), Napped),
            Act::StopWaiting => out.cancel::<Waited>(),
            Act::StopNapping => out.cancel::<Napped>(),
            Act::Finish => out.finish(),
            Act::Fail => return Err("it does not want to".to_owned()),
            Act::Panic => panic!("it fell over"),
            Act::Hide => self.mark.is_hidden = true,
            Act::HitHidden => out.to::<Wall>("0").send(hit(false, true)),
            Act::WaitHidden => out.after(Duration::ZERO, waited(String::new(), true)),
        }
        Ok(())
    }
}

/// When scenarios begin.
pub(crate) fn beginning() -> DateTime<Utc> {
    DateTime::from_timestamp(946_684_800, 0).expect("a time")
}

fn at(what: &str, cx: &Recorded) -> String {
    let (stream, time) = (cx.stream(), cx.recorded_at());
    let by = cx.metadata().actor().map(|actor| format!(" by {actor}"));
    format!("{what}{} in {stream} at {time}", by.unwrap_or_default())
}

impl Process for Puppet {
    const PROCESS: &'static str = "puppet";
    const INPUTS: &'static [Input<Self>] = &[
        Input::event::<Started>(),
        Input::event::<Pulled>(),
        Input::event::<Struck>(),
        Input::rejected::<Wall, Hit>(),
        Input::rejected::<Wall, Kick>(),
        Input::timer::<Waited>(),
        Input::timer::<Napped>(),
    ];
}

impl ReactTo<Started> for Puppet {
    fn key(event: &Started, _: &Recorded) -> Result<String, Failure> {
        Ok(event.id.clone())
    }

    fn react(
        state: Option<Self>,
        event: &Started,
        cx: &Recorded,
        out: &mut Out<Self>,
    ) -> Result<Option<Self>, Failure> {
        begin(state, || {
            let mut puppet = Puppet {
                steps: event.steps.clone(),
                seen: Vec::new(),
                mark: Mark::default(),
            };
            puppet.step(at("started", cx), out)?;
            Ok::<_, String>(puppet)
        })
    }
}

impl ReactTo<Pulled> for Puppet {
    fn key(_: &Pulled, cx: &Recorded) -> Result<String, Failure> {
        Ok(cx.stream().id().to_owned())
    }

    fn react(
        state: Option<Self>,
        _: &Pulled,
        cx: &Recorded,
        out: &mut Out<Self>,
    ) -> Result<Option<Self>, Failure> {
        go_on(state, |puppet| puppet.step(at("pulled", cx), out))
    }
}

impl ReactTo<Struck> for Puppet {
    fn key(event: &Struck, _: &Recorded) -> Result<String, Failure> {
        Ok(event.puppet.clone())
    }

    fn react(
        state: Option<Self>,
        _: &Struck,
        cx: &Recorded,
        out: &mut Out<Self>,
    ) -> Result<Option<Self>, Failure> {
        go_on(state, |puppet| puppet.step(at("struck", cx), out))
    }
}

impl OnRejected<Wall, Hit> for Puppet {
    fn rejected(
        mut state: Self,
        rejected: &Rejected<Wall, Hit>,
        out: &mut Out<Self>,
    ) -> Result<Self, Failure> {
        let wall = (rejected.aggregate().id(), &rejected.reason().wall);
        let seen = format!("hit refused by {wall:?}: {:?}", rejected.command());
        state.step(seen, out).map_err(Failure::new)?;
        Ok(state)
    }
}

impl OnRejected<Wall, Kick> for Puppet {
    fn rejected(
        mut state: Self,
        rejected: &Rejected<Wall, Kick>,
        out: &mut Out<Self>,
    ) -> Result<Self, Failure> {
        let seen = at("kick refused", rejected.recorded());
        state.step(seen, out).map_err(Failure::new)?;
        Ok(state)
    }
}

impl OnTimer<Waited> for Puppet {
    fn due(mut state: Self, timer: &Timer<Waited>, out: &mut Out<Self>) -> Result<Self, Failure> {
        let seen = format!("waited until {}: {}", timer.due_at(), timer.note);
        state.step(seen, out).map_err(Failure::new)?;
        Ok(state)
    }
}

impl OnTimer<Napped> for Puppet {
    fn due(mut state: Self, timer: &Timer<Napped>, out: &mut Out<Self>) -> Result<Self, Failure> {
        let seen = format!("napped until {}", timer.due_at());
        state.step(seen, out).map_err(Failure::new)?;
        Ok(state)
    }
}
