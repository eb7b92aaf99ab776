//! How fast annals is by itself: what each operation takes, on both stores.
//!
//! `cargo bench -p alone-bench` measures all of it; `-- append/` what has that in its name; `-- --test` does everything once. Each
//! operation is checked, outside the time that counts: an append has stored what it was given, and a load has the balance that is
//! due.

mod append;
mod bench;
mod command;
mod decode;
mod load;
mod page;
mod rebuild;

use bench::Bench;

fn main() {
    let mut bench = Bench::new();
    append::measure(&mut bench);
    command::measure(&mut bench);
    load::measure(&mut bench);
    decode::measure(&mut bench);
    page::measure(&mut bench);
    rebuild::measure(&mut bench);
    bench.criterion.final_summary();
}
