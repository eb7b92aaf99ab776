//! The files that the example bank imports.

use bank::{AscFile, Books};

/// Files are taken as a whole, or every line that cannot be is named, and lies in its file.
///
/// The accounts come first, and the transactions after a line of `==`.
pub fn run(input: &[u8]) {
    const MARK: &[u8] = b"\n==\n";
    let at = input.windows(MARK.len()).position(|window| window == MARK);
    let (accounts, transactions) = match at {
        Some(at) => (&input[..at + 1], &input[at + MARK.len()..]),
        None => (input, &input[..0]),
    };
    let files = [
        AscFile::new("account.asc", accounts),
        AscFile::new("trans.asc", transactions),
    ];
    let Err(faults) = Books::read(&files[0], &files[1..]) else {
        return;
    };
    assert!(!faults.is_empty(), "refused, and nothing is wrong");
    for fault in &faults {
        let place = &fault.place;
        let bytes = match &*place.file {
            "account.asc" => accounts,
            "trans.asc" => transactions,
            other => panic!("{other} was not given"),
        };
        let mut lines = bytes.split(|byte| *byte == b'\n');
        let line = lines
            .nth(place.line - 1)
            .unwrap_or_else(|| panic!("no line {place}"));
        let column = fault.misread.column;
        assert!(
            (1..=line.len() + 1).contains(&column),
            "{fault}: no such column"
        );
    }
    let _ = faults.to_string();
}
