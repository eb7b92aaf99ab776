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
    assert!(corpus.entries().count() >= 60);
    let program = Program::new();
    program.write(&corpus);
    let (is_done, told) = program.run("schema lock");
    assert!(is_done, "{told}");
    for entry in ["enums.internal", "fields.transparent", "recursion.tree"] {
        let drafts = format!("{entry}: is a new event: nothing → version 1 (EVENT_ADDED)");
        assert!(told.contains(&drafts), "{told}");
    }
    let clean = (true, "everything is locked\n".to_owned());
    assert_eq!(program.run("schema check"), clean);

    corpus.refactor();
    program.write(&corpus);
    assert_eq!(program.run("schema check"), clean);

    corpus.replace("fields", "newtype", "struct T(i64);");
    corpus.replace(
        "recursion",
        "list",
        "struct T { a: u8, next: Box<Option<Vec<u8>>> }",
    );
    program.write(&corpus);
    let told = program.broken_build();
    for event in ["fields.newtype", "recursion.list"] {
        // As the event itself, and as what another one holds.
        for event in [event.to_owned(), format!("{event}.held")] {
            let changed =
                format!("event `{event}` version 1 is locked, but its shape changed here");
            assert_eq!(told.matches(&changed).count(), 1, "{told}");
        }
    }
    let all = "is locked, but its shape changed here";
    assert_eq!(told.matches(all).count(), 4, "{told}");
}
