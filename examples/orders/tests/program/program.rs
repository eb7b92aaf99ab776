//! The program, run to its end.

use std::process::Command;

#[test]
fn a_run_ends_with_books_that_add_up() {
    let output = Command::new(env!("CARGO_BIN_EXE_orders"))
        .args(["run", "--orders", "60"])
        .output()
        .expect("the program starts");
    let out = String::from_utf8_lossy(&output.stdout);
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{out}\n{err}");
    assert!(out.starts_with("60 orders in "), "{out}");
    assert!(
        out.ends_with("Every order has one end, and the books add up.\n"),
        "{out}"
    );
}

#[test]
fn what_is_stored_is_locked() {
    let output = Command::new(env!("CARGO_BIN_EXE_orders"))
        .args(["schema", "check"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the program starts");
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{err}");
}
