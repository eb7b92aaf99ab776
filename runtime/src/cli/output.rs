use std::fmt::Display;
use std::io::{self, BufRead, ErrorKind, Write};

use clap::ValueEnum;
use serde::Serialize;
use serde_json::Value;

use super::annotation::{self, Level};
use crate::error::Error;

/// How the output is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(super) enum Format {
    /// Lines to be read.
    #[default]
    Text,
    /// One JSON document, or one in a line for each event of a stream.
    Json,
    /// Annotations for GitHub's runner.
    Github,
}

/// Where a command writes.
pub(super) struct Output<'a> {
    pub(super) format: Format,
    out: &'a mut (dyn Write + Send),
    messages: &'a mut (dyn Write + Send),
    /// Where questions are answered; `None` where nobody is there to answer.
    answers: Option<&'a mut (dyn BufRead + Send)>,
    /// Why nothing more can be written.
    stopped: Option<io::Error>,
}

impl<'a> Output<'a> {
    pub(super) fn new(
        format: Format,
        out: &'a mut (dyn Write + Send),
        messages: &'a mut (dyn Write + Send),
    ) -> Self {
        Output {
            format,
            out,
            messages,
            answers: None,
            stopped: None,
        }
    }

    pub(super) fn with_answers(self, answers: &'a mut (dyn BufRead + Send)) -> Self {
        Output {
            answers: Some(answers),
            ..self
        }
    }

    /// A line of what was asked for.
    pub(super) fn line(&mut self, line: impl Display) {
        if self.stopped.is_none() {
            self.stopped = writeln!(self.out, "{line}").err();
        }
    }

    /// What was asked for, as one document.
    pub(super) fn json(&mut self, value: &Value) {
        self.line(format_args!("{value:#}"));
    }

    /// As [`Output::json`], for what a [`Value`] would round or sort.
    pub(super) fn document(&mut self, document: &impl Serialize) {
        self.serialized(serde_json::to_string_pretty(document));
    }

    /// One of several documents, in a line of its own.
    pub(super) fn json_line(&mut self, document: &impl Serialize) {
        self.serialized(serde_json::to_string(document));
    }

    fn serialized(&mut self, json: Result<String, serde_json::Error>) {
        match json {
            Ok(json) => self.line(json),
            Err(error) => self.stopped = self.stopped.take().or(Some(error.into())),
        }
    }

    /// Whether nothing more can be written, so that there is no use in going on.
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.is_some()
    }

    /// Lets whoever reads see what was written so far.
    pub(super) fn flush(&mut self) {
        if self.stopped.is_none() {
            self.stopped = self.out.flush().err();
        }
    }

    /// Something to know beside what was asked for. Where it cannot be written, there is nobody to tell.
    pub(super) fn message(&mut self, message: impl Display) {
        let _ = writeln!(self.messages, "{message}");
    }

    /// Asks, and answers the line that was typed; `None` where nobody is there to answer. The line is empty where there are no
    /// more.
    pub(super) fn ask(&mut self, question: impl Display) -> Option<io::Result<String>> {
        let answers = self.answers.as_mut()?;
        let asked = write!(self.messages, "{question} ").and_then(|()| self.messages.flush());
        let mut answer = String::new();
        let read = asked.and_then(|()| answers.read_line(&mut answer));
        Some(read.map(|_| answer))
    }

    /// Why the command failed, and what to do about it.
    pub(super) fn error(&mut self, error: &Error) {
        if self.format == Format::Github {
            let help = error
                .hint()
                .map_or(String::new(), |hint| format!("\nhelp: {hint}"));
            let line = annotation::line(Level::Error, None, "annals", &format!("{error}{help}"));
            self.line(line);
        }
        self.message(format_args!("error: {error}"));
        let mut cause = std::error::Error::source(error);
        while let Some(error) = cause {
            self.message(format_args!("cause: {error}"));
            cause = error.source();
        }
        if let Some(hint) = error.hint() {
            self.message(format_args!("help: {hint}"));
        }
    }

    /// Keeps why nothing more can be written.
    fn keep<T>(&mut self, done: std::io::Result<T>) -> std::io::Result<T> {
        done.map_err(|error| {
            let kind = error.kind();
            if kind != ErrorKind::Interrupted {
                self.stopped = Some(error);
            }
            kind.into()
        })
    }

    /// The exit code: that of the command, unless its output got lost. A reader that has had enough is no loss.
    pub(super) fn finish(mut self, code: u8) -> u8 {
        self.flush();
        match self.stopped.take() {
            Some(error) if error.kind() != ErrorKind::BrokenPipe => {
                self.message(format_args!("error: the output cannot be written: {error}"));
                super::FAILED
            }
            _ => code,
        }
    }
}

/// What was asked for, as it is.
impl Write for Output<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.out.write(bytes);
        self.keep(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let flushed = self.out.flush();
        self.keep(flushed)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, ErrorKind, Write};

    use super::{Format, Output};

    struct Closed(ErrorKind);

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn who_has_read_enough_is_no_failure_and_a_full_disk_is_one() {
        for (kind, code, said) in [
            (ErrorKind::BrokenPipe, 1, ""),
            (
                ErrorKind::StorageFull,
                2,
                "error: the output cannot be written: no storage space\n",
            ),
        ] {
            let (mut out, mut messages) = (Closed(kind), Vec::new());
            let mut output = Output::new(Format::Text, &mut out, &mut messages);
            output.line("one");
            output.line("two");
            assert_eq!(output.finish(1), code);
            assert_eq!(String::from_utf8_lossy(&messages), said);
        }
    }
}
