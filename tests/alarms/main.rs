//! No false alarm: a program whose events are the corpus of `tests/schema` is locked, rebuilt and checked, and again after
//! refactors of its source that do not change what is stored. The compiler and the command have nothing to say; only of
//! changes that are stored the compiler has.

mod corpus;
mod entry;
mod program;
mod refactor;
mod rules;

use corpus::Corpus;
use program::Program;

#[test]
fn what_is_stored_alike_is_locked_rebuilt_and_checked_in_silence() {
    let mut corpus = Corpus::of_the_old();
    assert!(corpus.names().count() >= 60);
    let program = Program::new();
    program.write(&corpus);
    let (is_done, told) = program.run("schema lock");
    assert!(is_done, "{told}");
    for stored in corpus.names() {
        let draft = format!("{stored}.held: is a new event: nothing → version 1 (EVENT_ADDED)");
        assert!(told.contains(&draft), "{told}");
    }
    let clean = (true, "everything is locked\n".to_owned());
    assert_eq!(program.run("schema check"), clean);

    corpus.refactor();
    program.write(&corpus);
    assert_eq!(program.run("schema check"), clean);

    for (module, entry, changed) in [
        ("fields", "newtype", "struct T(i64);"),
        (
            "recursion",
            "list",
            "struct T { a: u8, next: Option<Vec<u8>> }",
        ),
        ("recursion", "tuple", "struct T(u8, Option<Vec<u8>>);"),
    ] {
        corpus.replace(module, entry, changed);
    }
    program.write(&corpus);
    let told = program.broken_build();
    for event in ["fields.newtype", "recursion.list", "recursion.tuple"] {
        // As the event itself, and as what another one holds.
        for event in [event.to_owned(), format!("{event}.held")] {
            let changed =
                format!("event `{event}` version 1 is locked, but its shape changed here");
            assert_eq!(told.matches(&changed).count(), 1, "{told}");
        }
    }
    let all = "is locked, but its shape changed here";
    assert_eq!(told.matches(all).count(), 6, "{told}");
}
