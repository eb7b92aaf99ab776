//! Nothing that cannot be undone is done unasked: this is the one place that asks.

use clap::Args;

use super::output::Output;

/// Whether somebody meant it.
#[derive(Debug, Args)]
pub(super) struct Confirm {
    /// Do it without asking.
    #[arg(long)]
    yes: bool,
}

impl Confirm {
    /// Asks whether to do what the question says, which ends with a question mark. Where the answer is no, or nobody is there
    /// to answer, it says so, and the command ends as one that failed.
    pub(super) fn is_given(&self, question: &str, output: &mut Output<'_>) -> bool {
        if self.yes {
            return true;
        }
        match output.ask(format_args!("{question} [y/N]")) {
            None => {
                output.message(
                    "error: this has to be confirmed, and the standard input is no terminal",
                );
                output.message("help: add `--yes` where it is meant");
                false
            }
            Some(Ok(answer)) => {
                let answer = answer.trim().to_lowercase();
                let is_given = matches!(answer.as_str(), "y" | "yes");
                if !is_given {
                    output.message("nothing was done");
                }
                is_given
            }
            Some(Err(error)) => {
                output.message(format_args!("error: the answer cannot be read: {error}"));
                output.message("help: add `--yes` where it is meant");
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Confirm;
    use crate::cli::output::{Format, Output};

    fn asked(yes: bool, answers: Option<&str>) -> (bool, String) {
        let (mut out, mut messages) = (Vec::new(), Vec::new());
        let mut answers = answers.map(str::as_bytes);
        let mut output = Output::new(Format::Text, &mut out, &mut messages);
        if let Some(answers) = &mut answers {
            output = output.with_answers(answers);
        }
        let is_given = Confirm { yes }.is_given("Remove it?", &mut output);
        output.finish(0);
        assert!(out.is_empty());
        (is_given, String::from_utf8_lossy(&messages).into_owned())
    }

    #[test]
    fn who_says_so_beforehand_is_not_asked() {
        assert_eq!(asked(true, None), (true, String::new()));
        assert_eq!(asked(true, Some("n\n")), (true, String::new()));
    }

    #[test]
    fn only_a_yes_is_one() {
        for yes in ["y\n", "Yes\n", " YES \r\n", "y"] {
            assert_eq!(
                asked(false, Some(yes)),
                (true, "Remove it? [y/N] ".to_owned()),
                "{yes:?}"
            );
        }
        for no in ["", "\n", "n\n", "no\n", "yes please\n", "1\n"] {
            assert_eq!(
                asked(false, Some(no)),
                (false, "Remove it? [y/N] nothing was done\n".to_owned()),
                "{no:?}"
            );
        }
    }

    #[test]
    fn where_nobody_can_answer_it_is_refused() {
        let (is_given, said) = asked(false, None);
        assert!(!is_given);
        assert_eq!(
            said,
            "error: this has to be confirmed, and the standard input is no terminal\n\
             help: add `--yes` where it is meant\n"
        );
    }
}
