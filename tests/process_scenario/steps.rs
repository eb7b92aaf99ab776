//! What a process may do, and is found to do.

use std::time::Duration;

use annals::testing::ProcessScenario;
use annals::{Metadata, StreamId};

use crate::puppet::{
    Act, Hit, Kick, Mark, Napped, Puppet, Struck, TooHard, Waited, Wall, beginning,
};
use crate::{given, pulled, started};

fn hit(is_hard: bool) -> Hit {
    Hit {
        puppet: "ann".to_owned(),
        is_hard,
        mark: Mark::default(),
    }
}

fn kick(is_hard: bool) -> Kick {
    Kick {
        puppet: "ann".to_owned(),
        is_hard,
    }
}

fn waited(note: &str) -> Waited {
    Waited {
        note: note.to_owned(),
        mark: Mark::default(),
    }
}

fn too_hard() -> TooHard {
    TooHard {
        wall: "1".to_owned(),
    }
}

fn wait(millis: u64, note: &str) -> Act {
    Act::Wait {
        millis,
        note: note.to_owned(),
    }
}

const SECOND: Duration = Duration::from_secs(1);
const HARD: Act = Act::Hit {
    wall: 1,
    is_hard: true,
};

#[test]
fn commands_and_timers_follow_an_event_that_starts_an_instance() {
    let (soft, nap) = (
        Act::Kick {
            wall: 2,
            is_hard: false,
        },
        Act::Nap { millis: 5 },
    );
    ProcessScenario::<Puppet>::new()
        .when(&started("ann", &[&[HARD, soft, wait(1000, "a"), nap]]))
        .then_sends::<Wall, _>("1", hit(true))
        .then_sends::<Wall, _>("2", kick(false))
        .then_sends_nothing()
        .then_sets(Napped, Duration::from_millis(5))
        .then_sets(waited("a"), SECOND)
        .then_nothing_more()
        .then_state(|puppet| {
            let seen = ["started in test-test at 2000-01-01 00:00:00 UTC"];
            assert_eq!(puppet.seen, seen);
        });
}

#[test]
fn an_event_comes_from_the_stream_of_the_instance_unless_another_one_is_named() {
    let bob = StreamId::new("hand", "bob");
    ProcessScenario::<Puppet>::new()
        .at("2024-02-29T04:00:00Z".parse().expect("a time"))
        .given_from(&bob, &started("bob", &[]))
        .when(&pulled())
        .then_nothing_more()
        .when_from(&bob, &pulled())
        .then_state(|puppet| {
            let times = [
                "started in hand-bob",
                "pulled in test-bob",
                "pulled in hand-bob",
            ];
            let times = times.map(|what| format!("{what} at 2024-02-29 04:00:00 UTC"));
            assert_eq!(puppet.seen, times);
        });
}

#[test]
fn what_concerns_no_instance_is_ignored() {
    ProcessScenario::<Puppet>::new()
        .id("ann")
        .when(&pulled())
        .then_ignores()
        .then_nothing_more()
        .advance(SECOND)
        .then_ignores();
}

#[test]
fn a_finished_instance_is_deaf() {
    given(&[
        &[HARD, wait(1000, "a")],
        &[Act::Nap { millis: 1 }, Act::Finish],
    ])
    .given(&pulled())
    .when(&pulled())
    .then_finishes()
    .then_nothing_more()
    .when(&pulled())
    .then_ignores()
    .when_rejected::<Wall, Hit>(too_hard())
    .then_ignores()
    .advance(SECOND)
    .then_ignores();
}

#[test]
fn a_refusal_comes_back_with_its_command() {
    given(&[
        &[HARD],
        &[Act::Kick {
            wall: 3,
            is_hard: true,
        }],
        &[Act::Finish],
    ])
    .when(&pulled())
    .then_sends::<Wall, _>("1", hit(true))
    .when_rejected::<Wall, Hit>(too_hard())
    .then_sends::<Wall, _>("3", kick(true))
    .then_state(|puppet| {
        let seen = puppet.seen.last().expect("a refusal");
        assert!(
            seen.starts_with(r#"hit refused by ("1", "1"): Hit { puppet: "ann", is_hard: true"#),
            "{seen}"
        );
    })
    .when_rejected::<Wall, Kick>(too_hard())
    .then_finishes();
}

#[test]
fn the_last_command_is_refused_that_was_not_refused_yet() {
    let hits = [1, 2].map(|wall| Act::Hit {
        wall,
        is_hard: true,
    });
    let by = |scenario: ProcessScenario<Puppet>, wall: &str| {
        scenario.then_state(|puppet| {
            let seen = puppet.seen.last().expect("a refusal");
            assert!(
                seen.starts_with(&format!("hit refused by ({wall:?}")),
                "{seen}"
            );
        })
    };
    let last = given(&[&hits])
        .given(&pulled())
        .when_rejected::<Wall, Hit>(too_hard());
    let first = by(last, "2").when_rejected::<Wall, Hit>(too_hard());
    let _ = by(first, "1");
    let named = given(&[&hits])
        .given(&pulled())
        .when_rejected_by::<Wall, Hit>("1", too_hard());
    let _ = by(named, "1");
}

#[test]
fn timers_come_due_one_after_another_and_see_the_clock_at_their_time() {
    let steps: [&[Act]; 4] = [
        &[wait(3000, "a"), Act::Nap { millis: 1000 }],
        &[Act::Nap { millis: 1500 }, HARD],
        &[Act::Nap { millis: 2500 }],
        &[wait(500, "b")],
    ];
    given(&steps)
        .given(&pulled())
        .advance(SECOND * 4)
        .then_sends::<Wall, _>("1", hit(true))
        .then_sets(Napped, Duration::from_millis(1500))
        .then_sets_at(Napped, beginning() + Duration::from_secs(5))
        .then_sets_at(waited("b"), beginning() + Duration::from_millis(3500))
        .then_nothing_more()
        .then_state(|puppet| {
            let seen = [
                "napped until 2000-01-01 00:00:01 UTC",
                "napped until 2000-01-01 00:00:02.500 UTC",
                "waited until 2000-01-01 00:00:03 UTC: a",
                "waited until 2000-01-01 00:00:03.500 UTC: b",
            ];
            assert_eq!(puppet.seen[2..], seen);
        })
        .when(&pulled())
        .then_state(|puppet| {
            let seen = "pulled in test-ann at 2000-01-01 00:00:04 UTC";
            assert_eq!(puppet.seen.last().map(String::as_str), Some(seen));
        })
        .advance(SECOND)
        .then_state(|puppet| assert_eq!(puppet.seen.len(), 8));
}

#[test]
fn a_timer_replaces_the_one_of_its_type() {
    given(&[&[wait(1000, "a"), wait(2000, "b")], &[wait(3000, "c")]])
        .when(&pulled())
        .then_sets(waited("b"), SECOND * 2)
        .then_nothing_more()
        .when(&pulled())
        .then_sets(waited("c"), SECOND * 3)
        .advance(SECOND * 5)
        .then_state(|puppet| {
            let seen = ["waited until 2000-01-01 00:00:03 UTC: c"];
            assert_eq!(puppet.seen[3..], seen);
        });
}

#[test]
fn a_cancelled_timer_does_not_come_due() {
    given(&[&[wait(1000, "a")], &[Act::StopWaiting]])
        .given(&pulled())
        .when(&pulled())
        .then_cancels::<Waited>()
        .then_nothing_more()
        .advance(SECOND)
        .then_ignores();
}

#[test]
fn of_setting_and_cancelling_in_one_step_the_last_one_holds() {
    let steps: [&[Act]; 2] = [
        &[wait(1000, "a"), Act::StopWaiting],
        &[Act::StopNapping, Act::Nap { millis: 1000 }],
    ];
    given(&steps)
        .when(&pulled())
        .then_cancels::<Waited>()
        .then_nothing_more()
        .when(&pulled())
        .then_sets(Napped, SECOND)
        .then_nothing_more();
}

#[test]
fn a_timer_for_a_time_that_has_passed_comes_due_at_once() {
    let past = Act::WaitUntil {
        millis: -1,
        note: "a".to_owned(),
    };
    given(&[&[past]])
        .when(&pulled())
        .then_sets_at(waited("a"), beginning() - Duration::from_millis(1))
        .advance(Duration::ZERO)
        .then_state(|puppet| {
            let seen = "waited until 1999-12-31 23:59:59.999 UTC: a";
            assert_eq!(puppet.seen.last().map(String::as_str), Some(seen));
        });
}

#[test]
fn timers_of_one_time_come_due_before_those_that_are_set_for_at_once() {
    let steps: [&[Act]; 2] = [
        &[Act::Nap { millis: 1000 }, wait(1000, "a")],
        &[Act::Nap { millis: 0 }],
    ];
    given(&steps)
        .given(&pulled())
        .advance(SECOND)
        .then_state(|puppet| {
            let order: Vec<_> = puppet.seen[2..].iter().map(|seen| &seen[..6]).collect();
            assert_eq!(order, ["napped", "waited", "napped"]);
        });
}

#[test]
fn a_timer_that_one_of_the_same_time_cancels_or_sets_anew_does_not_come_due() {
    let both = [Act::Nap { millis: 1000 }, wait(1000, "a")];
    given(&[&both, &[Act::StopWaiting]])
        .given(&pulled())
        .advance(SECOND)
        .then_cancels::<Waited>()
        .then_state(|puppet| assert_eq!(puppet.seen.len(), 3));
    given(&[&both, &[wait(1, "b")]])
        .given(&pulled())
        .advance(SECOND)
        .then_sets(waited("b"), Duration::from_millis(1))
        .then_nothing_more()
        .then_state(|puppet| assert_eq!(puppet.seen.len(), 3));
}

#[test]
fn of_timers_for_times_that_have_passed_the_earlier_one_comes_due_first() {
    let past = Act::WaitUntil {
        millis: -1,
        note: "a".to_owned(),
    };
    given(&[&[Act::Nap { millis: 0 }, past]])
        .given(&pulled())
        .advance(Duration::ZERO)
        .then_state(|puppet| {
            let order: Vec<_> = puppet.seen[2..].iter().map(|seen| &seen[..6]).collect();
            assert_eq!(order, ["waited", "napped"]);
        });
}

#[test]
fn a_step_that_fails_changes_nothing_and_a_timer_that_fails_holds_up_nothing() {
    given(&[&[Act::Nap { millis: 1 }, wait(2, "a")], &[HARD, Act::Fail]])
        .given(&pulled())
        .advance(SECOND)
        .then_fails("it does not want to")
        // The same step again, which the timer behind it takes.
        .then_fails("it does not want to")
        .then_nothing_more()
        .then_state(|puppet| assert_eq!(puppet.seen.len(), 2))
        .when(&pulled())
        .then_fails("does not want")
        .then_nothing_more();
}

#[test]
fn a_method_that_panics_fails() {
    given(&[&[Act::Panic]])
        .when(&pulled())
        .then_fails("it panicked: it fell over");
}

#[test]
fn an_event_that_starts_an_instance_again_fails() {
    given(&[])
        .when(&started("ann", &[]))
        .then_fails("there is one already");
}

#[test]
fn who_causes_an_event_is_known_and_handed_on() {
    let struck = Struck {
        puppet: "ann".to_owned(),
    };
    let hard = Act::Kick {
        wall: 1,
        is_hard: true,
    };
    given(&[&[hard]])
        .metadata(Metadata::new().with_actor("eve"))
        .given_from(&StreamId::new("wall", "1"), &struck)
        .metadata(Metadata::new())
        .when_rejected::<Wall, Kick>(too_hard())
        .then_state(|puppet| {
            let seen = [
                "struck by eve in wall-1 at 2000-01-01 00:00:00 UTC",
                "kick refused by eve in puppet-ann at 2000-01-01 00:00:00 UTC",
            ];
            assert_eq!(puppet.seen[1..], seen);
        });
}
