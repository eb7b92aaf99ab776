//! The figures, as a table in Markdown.

use std::fmt::Write;

use crate::calls::Call;
use crate::sizes::Measured;

#[allow(clippy::print_stdout, reason = "it is what the program is for")]
pub(crate) fn print(measured: &Measured) {
    println!("{}", text(measured));
}

/// The ratios are those of the medians to that of the smallest store.
fn text(measured: &Measured) -> String {
    let Measured { name, calls, rows } = measured;
    let mut text = format!("{name}, {calls} calls of each, in microseconds\n\n| events |");
    for call in Call::ALL {
        let name = call.name();
        let _ = write!(text, " {name}: median | p99 | ratio |");
    }
    text.push_str("\n|---:|");
    text.push_str(&"---:|".repeat(3 * Call::ALL.len()));
    let Some((_, smallest)) = rows.first() else {
        return text;
    };
    for (size, samples) in rows {
        let _ = write!(text, "\n| {size} |");
        for call in Call::ALL {
            let of = &samples[call as usize];
            let (median, p99) = (of.quantile(0.5), of.quantile(0.99));
            let ratio = median / smallest[call as usize].quantile(0.5);
            let _ = write!(text, " {median:.0} | {p99:.0} | {ratio:.2} |");
        }
    }
    text.push('\n');
    text
}
