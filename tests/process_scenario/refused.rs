//! What scenarios say of a process that is wrong, and of scenarios that are.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use annals::StreamId;
use annals::testing::ProcessScenario;

use crate::puppet::{
    Act, Hit, Kick, Mark, Napped, Poke, Pulled, Puppet, TooHard, Waited, Wall, beginning,
};
use crate::{given, pulled, started};

const SECOND: Duration = Duration::from_secs(1);
const HIT: Act = Act::Hit {
    wall: 1,
    is_hard: true,
};

/// What it panics with.
#[track_caller]
fn said<T>(scenario: impl FnOnce() -> T) -> String {
    let panic = catch_unwind(AssertUnwindSafe(scenario));
    let panic = panic.err().expect("the scenario fails");
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => (*panic.downcast::<&str>().expect("a text")).to_owned(),
    }
}

fn hit(puppet: &str) -> Hit {
    Hit {
        puppet: puppet.to_owned(),
        is_hard: true,
        mark: Mark::default(),
    }
}

fn kick() -> Kick {
    Kick {
        puppet: "ann".to_owned(),
        is_hard: true,
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

fn wait(note: &str) -> Act {
    Act::Wait {
        millis: 1000,
        note: note.to_owned(),
    }
}

/// A puppet that is pulled, and does this.
fn pulled_to(acts: &[Act]) -> ProcessScenario<Puppet> {
    given(&[acts]).when(&pulled())
}

const AFTER: &str = "after event `Pulled`";

#[test]
fn another_command_is_told() {
    let found = r#"  found:    [
    "wall.hit {\"puppet\":\"ann\",\"is_hard\":true,\"mark\":{}} to wall-1",
]"#;
    type Then = fn(ProcessScenario<Puppet>);
    let others: [(&str, Then); 3] = [
        (
            r#"wall.hit {"puppet":"bob","is_hard":true,"mark":{}} to wall-1"#,
            |of| {
                of.then_sends::<Wall, _>("1", hit("bob"));
            },
        ),
        (
            r#"wall.hit {"puppet":"ann","is_hard":true,"mark":{}} to wall-2"#,
            |of| {
                of.then_sends::<Wall, _>("2", hit("ann"));
            },
        ),
        (
            r#"wall.kick {"puppet":"ann","is_hard":true} to wall-1"#,
            |of| {
                of.then_sends::<Wall, _>("1", kick());
            },
        ),
    ];
    let kick = [Act::Kick {
        wall: 1,
        is_hard: true,
    }];
    let poke = Poke {
        puppet: "ann".to_owned(),
        is_hard: true,
    };
    let same_json = said(|| pulled_to(&kick).then_sends::<Wall, _>("1", poke));
    assert!(same_json.contains("another command is sent"), "{same_json}");
    for (expected, then) in others {
        assert_eq!(
            said(|| then(pulled_to(&[HIT]))),
            format!("another command is sent {AFTER}\n{found}\n  expected: {expected}")
        );
    }
}

#[test]
fn commands_that_are_missing_or_too_many_are_told() {
    assert_eq!(
        said(|| pulled_to(&[HIT])
            .then_sends::<Wall, _>("1", hit("ann"))
            .then_sends::<Wall, _>("1", kick())),
        format!(
            "no more commands are sent {AFTER}\n  expected: wall.kick {{\"puppet\":\"ann\",\"is_hard\":true}} to wall-1"
        )
    );
    let said = said(|| pulled_to(&[HIT]).then_sends_nothing());
    assert!(
        said.starts_with(&format!(
            "commands are sent {AFTER}\n  found:    [\n    \"wall.hit "
        )),
        "{said}"
    );
}

#[test]
fn a_timer_that_is_set_otherwise_is_told() {
    let found =
        r#"puppet.waited {"note":"a","mark":{}} due at 2000-01-01 00:00:01 UTC, 1s after the step"#;
    let other = |note, after| said(|| pulled_to(&[wait("a")]).then_sets(waited(note), after));
    assert_eq!(
        other("b", SECOND),
        format!(
            "timer `Waited` is set otherwise {AFTER}\n  found:    {found}\n  expected: {}",
            r#"puppet.waited {"note":"b","mark":{}} due 1s after the step"#
        )
    );
    assert_eq!(
        other("a", SECOND * 2),
        format!(
            "timer `Waited` is set otherwise {AFTER}\n  found:    {found}\n  expected: {}",
            r#"puppet.waited {"note":"a","mark":{}} due 2s after the step"#
        )
    );
    let at = beginning() + SECOND * 3;
    let said = said(|| pulled_to(&[wait("a")]).then_sets_at(Napped, at));
    assert_eq!(
        said,
        format!(
            "timer `Napped` is not set {AFTER}\n  found:    {:#?}\n  expected: {} at 2000-01-01 00:00:03 UTC",
            [found],
            "puppet.napped null due"
        )
    );
}

#[test]
fn a_timer_that_is_due_at_another_time_is_told() {
    let at = beginning() + SECOND * 2;
    let said = said(|| pulled_to(&[wait("a")]).then_sets_at(waited("a"), at));
    assert!(
        said.ends_with(
            r#"expected: puppet.waited {"note":"a","mark":{}} due at 2000-01-01 00:00:02 UTC"#
        ),
        "{said}"
    );
}

#[test]
fn a_timer_that_is_not_cancelled_is_told() {
    assert_eq!(
        said(|| pulled_to(&[Act::StopNapping]).then_cancels::<Waited>()),
        format!("timer `Waited` is not cancelled {AFTER}\n  found:    [\"puppet.napped\"]")
    );
}

#[test]
fn an_instance_that_goes_on_is_told() {
    assert_eq!(
        said(|| pulled_to(&[HIT]).then_finishes()),
        format!("the instance does not come to its end {AFTER}")
    );
}

#[test]
fn what_nobody_looked_at_is_told() {
    let acts = [HIT, wait("a"), Act::StopNapping];
    assert_eq!(
        said(|| pulled_to(&acts).then_nothing_more()),
        format!(
            "more follows {AFTER}\n  found:    {:#?}\n  expected: nothing",
            [
                r#"sends wall.hit {"puppet":"ann","is_hard":true,"mark":{}} to wall-1"#,
                r#"sets puppet.waited {"note":"a","mark":{}} due at 2000-01-01 00:00:01 UTC, 1s after the step"#,
                "cancels puppet.napped",
            ]
        )
    );
    assert_eq!(
        said(|| pulled_to(&[Act::Finish]).then_nothing_more()),
        format!(
            "more follows {AFTER}\n  found:    {:#?}\n  expected: nothing",
            ["finishes"]
        )
    );
}

#[test]
fn a_step_is_told_where_none_is_expected() {
    assert_eq!(
        said(|| pulled_to(&[]).then_ignores()),
        format!("the process takes 1 step {AFTER}\n  found:    []\n  expected: none")
    );
}

#[test]
fn a_failure_is_told_where_none_is_expected() {
    let failed = || pulled_to(&[Act::Fail]);
    let told = format!("process `Puppet` fails {AFTER}\n  found:    it does not want to");
    assert_eq!(said(|| failed().then_sends_nothing()), told);
    assert_eq!(said(|| failed().then_sends::<Wall, _>("1", kick())), told);
    assert_eq!(said(|| failed().then_sets(Napped, SECOND)), told);
    assert_eq!(said(|| failed().then_cancels::<Napped>()), told);
    assert_eq!(said(|| failed().then_finishes()), told);
    assert_eq!(said(|| failed().then_ignores()), told);
    assert_eq!(said(|| failed().then_state(|_| {})), told);
    assert_eq!(said(|| failed().when(&pulled())), told);
    assert_eq!(said(|| failed().advance(SECOND)), told);
    assert_eq!(said(|| given(&[&[Act::Fail]]).given(&pulled())), told);
    assert!(said(|| failed().then_nothing_more()).contains("failed: it does not want to"));
}

#[test]
fn a_failure_that_is_missing_or_another_one_is_told() {
    assert_eq!(
        said(|| pulled_to(&[Act::Finish]).then_fails("why")),
        format!(
            "the process does not fail {AFTER}\n  found:    {:#?}\n  expected: why",
            ["finishes"]
        )
    );
    assert_eq!(
        said(|| pulled_to(&[Act::Fail]).then_fails("why")),
        format!(
            "the process fails otherwise {AFTER}\n  found:    it does not want to\n  expected: why"
        )
    );
}

#[test]
fn what_comes_after_a_failure_waits_and_is_told() {
    let waits = "waits behind event `Pulled`, at which the process failed";
    let failed = || {
        given(&[&[HIT], &[Act::Fail]])
            .given(&pulled())
            .when(&pulled())
            .then_fails("")
    };
    let event = said(|| failed().when(&pulled()));
    assert!(
        event.starts_with(&format!("event `Pulled` {waits}")),
        "{event}"
    );
    let refusal = said(|| failed().when_rejected::<Wall, Hit>(too_hard()));
    assert!(
        refusal.starts_with(&format!("the refusal of command `Hit` {waits}")),
        "{refusal}"
    );
}

#[test]
fn an_expectation_of_nothing_is_told() {
    let nothing = "nothing has come: call `when`, `when_rejected` or `advance` before `then_..`";
    assert_eq!(said(|| given(&[]).then_sends_nothing()), nothing);
    assert_eq!(said(|| given(&[]).then_nothing_more()), nothing);
    assert_eq!(said(|| given(&[]).then_ignores()), nothing);
    assert_eq!(said(|| given(&[]).then_fails("")), nothing);
}

#[test]
fn a_state_that_is_not_there_is_told() {
    let new = ProcessScenario::<Puppet>::new();
    assert_eq!(
        said(|| new.then_state(|_| {})),
        "there is no instance: no event has started one"
    );
}

#[test]
fn an_event_of_another_instance_is_told() {
    assert_eq!(
        said(|| given(&[]).when_from(&StreamId::new("hand", "bob"), &pulled())),
        "event `puppet.pulled` concerns instance `bob` of process `Puppet`, and the scenario is that of `ann`"
    );
    let new = ProcessScenario::<Puppet>::new().id("bob");
    assert!(said(|| new.given(&started("ann", &[]))).contains("the scenario is that of `bob`"));
}

#[test]
fn another_id_is_told_once_there_is_one() {
    assert_eq!(
        said(|| given(&[]).id("bob")),
        "the scenario is that of instance `ann` already: call `id` before events"
    );
}

#[test]
fn an_event_that_names_no_instance_is_told() {
    let new = ProcessScenario::<Puppet>::new();
    let said = said(|| new.given(&started("", &[])));
    assert!(
        said.contains("it cannot be said which instance event `puppet.started` concerns"),
        "{said}"
    );
}

#[test]
fn a_refusal_of_a_command_that_was_not_sent_is_told() {
    let sent = || given(&[&[HIT]]).given(&pulled());
    let on_the_way = format!("  on the way: {:#?}", ["wall.hit to wall-1"]);
    assert_eq!(
        said(|| sent().when_rejected::<Wall, Kick>(too_hard())),
        format!("no command `Kick` is on its way to `wall` that could be refused\n{on_the_way}")
    );
    assert_eq!(
        said(|| sent().when_rejected_by::<Wall, Hit>("2", too_hard())),
        format!("no command `Hit` is on its way to `wall-2` that could be refused\n{on_the_way}")
    );
    let twice = said(|| {
        sent()
            .when_rejected::<Wall, Hit>(too_hard())
            .when_rejected::<Wall, Hit>(too_hard())
    });
    assert!(twice.ends_with("on the way: []"), "{twice}");
}

#[test]
fn what_json_loses_is_told() {
    let other = "its JSON reads back as another event";
    pulled_to(&[Act::Hide]).then_fails(&format!(
        "event `puppet` for stream `puppet-ann` cannot be stored: {other}"
    ));
    pulled_to(&[Act::HitHidden]).then_fails(&format!(
        "event `wall.hit` for stream `puppet-ann` cannot be stored: {other}"
    ));
    pulled_to(&[Act::WaitHidden]).then_fails(&format!(
        "event `puppet.waited` for stream `puppet-ann` cannot be stored: {other}"
    ));
    let hidden = Pulled {
        mark: Mark { is_hidden: true },
    };
    let said = said(|| given(&[]).when(&hidden));
    assert!(
        said.contains("event `puppet.pulled` comes out of its JSON as another event"),
        "{said}"
    );
}

#[test]
fn timers_that_come_due_for_ever_are_told() {
    let at_once = [Act::Nap { millis: 0 }];
    let steps: Vec<&[Act]> = (0..120).map(|_| &at_once[..]).collect();
    let said = said(|| given(&steps).given(&pulled()).advance(SECOND));
    assert!(
        said.starts_with("timer `puppet.napped` comes due at 2000-01-01 00:00:00 UTC for ever"),
        "{said}"
    );
}

#[test]
fn a_span_beyond_all_times_is_told() {
    assert!(said(|| given(&[]).advance(Duration::MAX)).starts_with("the clock cannot be moved by"));
}
