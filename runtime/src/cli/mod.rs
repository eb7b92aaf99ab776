//! The command line of a program that consists of an [`App`].
//!
//! ```no_run
//! # async fn doc() -> std::process::ExitCode {
//! let app = annals::App::new("sqlite://bank.db"); // .aggregate::<Account>()
//! annals::cli::run(app).await
//! # }
//! ```
//!
//! | command | does |
//! |---|---|
//! | `schema lock` | writes drafts and amendments into the schema lock |
//! | `schema check` | says what must not be released yet |
//! | `schema check --against <folder or revision>` | says what has changed in the lock since then, and who can read it |
//! | `schema diff` | prints what `schema lock` would write |
//! | `schema show <event>` | prints all there is to know of an event |
//! | `schema export [--out <folder>]` | writes JSON Schema and AsyncAPI |
//! | `schema accept` | lets this release store what older ones, which are out of service, cannot read |
//! | `serve` | follows the projections and runs the processes until it is told to stop, by Ctrl-C or SIGTERM |
//! | `projection list` | lists the versions of all projections, declared and stored, and those of processes |
//! | `projection status [<name>]` | prints how far they have come, who follows, and what is in the way |
//! | `projection rebuild <name>` | makes the rows of the declared version anew, in place |
//! | `projection promote <name>` | shows the declared version, which is built already |
//! | `projection rollback <name> [--to <version>]` | shows an older version again |
//! | `projection pause <name>`, `projection resume <name>` | halts a projection; lets it go on, also after it stopped |
//! | `projection accept <name>` | says that changed handlers make the same rows |
//! | `projection drop <name> --version <version>` | removes a version that is not shown, with its table |
//! | `outbox status` | prints how far relays have come, and what is in the way |
//! | `parked list [<projection>] [--limit <number>]` | lists events that could not be handled |
//! | `parked show <projection> <position>` | prints all there is to know of one |
//! | `parked retry <projection> [--key <key>]` | tries them again |
//! | `parked discard <projection> <position> [--key <key>]` | gives one up |
//! | `process list [<process>] [--status running\|finished\|cancelled] [--parked] [--limit <number>]` | lists instances of processes |
//! | `process show <process> <id> [--tenant <name>] [--step <number>]` | tells what happened to an instance, event by event, with the state after each step; or prints the state after one step |
//! | `process retry <process> <id> [--tenant <name>]` | tries again what waits for an operator |
//! | `process cancel <process> <id> --reason <text> [--tenant <name>]` | ends an instance |
//! | `timers list [<process>] [--limit <number>]` | lists the timers of processes |
//! | `migrate plan` | prints what `migrate run` would do |
//! | `migrate run [--verify skip\|count\|full] [--no-switch] [--dry-run]` | makes tables, builds new versions of projections, and shows them |
//! | `migrate print` | prints the SQL of all tables |
//! | `migrate roles` | prints the SQL of roles with few rights, for PostgreSQL |
//! | `stream show <stream> [--tenant <name>]` | prints what is stored of a stream beside its events |
//! | `stream events <stream> [--from <version>] [--to <version>] [--limit <number>] [--reverse] [--follow] [--tenant <name>]` | prints the events of a stream, and with `--follow` those that come |
//! | `event show <position, stream@version or id> [--tenant <name>]` | prints all there is to know of an event, and what this program reads it as; by its id it is looked for from event to event |
//! | `trace <correlation> [--tenant <name>]` | prints all events with a correlation, indented under what they follow from |
//! | `stats [--exact]` | counts and measures the store |
//! | `doctor` | looks for what is wrong with the store |
//! | `export [<stream>..] [--aggregate <name>] [--tenant <name>] [--out <file>]` | writes events as lines of JSON |
//! | `import [<file>] [--tenant <name>] [--unchecked]` | reads them into the store |
//! | `replay --to <url> [--upcast] [--only <aggregate>] [--tenant <name>] [--unchecked] [--dry-run]` | copies the events into another store, and compares the two |
//!
//! What cannot be undone is asked for first: `rebuild`, `rollback`, `accept`, `drop`, `discard` and `cancel`. Where the standard
//! input is no terminal, they need `--yes`.
//!
//! # Exit codes
//!
//! | code | means |
//! |---|---|
//! | 0 | done; for `check`: nothing to report, or (`--against`) every change is `FULL`; for `doctor`: no error |
//! | 1 | `check`: something must not be released; `check --against`: new code cannot read what was stored; `lock`: refused, and nothing was written; `event show`: found, and this program cannot read it; `doctor`: something is wrong |
//! | 2 | the command itself failed, or was not understood; what was to be looked at is not stored |
//! | 3 | `check --against`: what new code stores cannot be read by older releases: take them out of service first |
//!
//! | code | of `projection`, `parked`, `process` and `migrate` |
//! |---|---|
//! | 1 | `projection status`, `outbox status`: something has stopped or is parked; `parked retry`, `process retry`: some stay parked; `migrate plan`, `migrate run`: a step is refused, and nothing was done |
//! | 2 | what has to be confirmed was not; `serve`: it was told to stop a second time before it had |
//! | 3 | `migrate plan`, `migrate run --dry-run`: there is something to do |
//!
//! # Output
//!
//! What was asked for goes to the standard output, and messages go to the standard error. Who closes the output early, as
//! `head` does, changes nothing but that.
//!
//! With `--format json` the output is one JSON document; that of `stream events` is one JSON object in a line for each event
//! (NDJSON). Members are added in later releases, and none is taken away or
//! changes its meaning:
//!
//! | command | members |
//! |---|---|
//! | `schema lock` | `command`, `folders` (each `folder`, `files`, `differences`), `left` (differences of dependencies), `refused` (differences that cannot be locked: nothing was written where there are any) |
//! | `schema check` | `command`, `clean`, `differences` |
//! | `schema check --against` | `command`, `against`, `backward`, `forward`, `differences` |
//! | `schema diff` | `command`, `files` (each `folder`, `file`, `lines`, each with `sign` and `text`) |
//! | `schema show` | `command`, `event`, `aliases`, `aggregates`, `file`, `versions` (each `version`, `stage`, `type`, `upcast`, `meaning`, `shape`, `samples`, `without_samples`) |
//! | `schema accept` | `command`, `accepted` (a line for each change) |
//! | `export` | the lines themselves; with `--out`: `command`, `file`, `events`, `streams` |
//! | `import` | `command`, `events`, `stored` |
//! | `replay` | `command`, `dry_run`, `tenants`, `streams`, `events`, `stored`, `by_type`, `checksum` |
//! | `schema export` | the documents, by the names of their files; with `--out`: `command`, `files` |
//! | `serve` | when it runs: `command`, `projections` (each `projection`, `version`, `mode`: `following`, `inline` or `process`, `partitions`, `left_to`: the newer version of a process that does its work) |
//! | `projection list` | `command`, `projections` (each `projection`, `version`, `mode`: `following`, `inline`, `live` or `process`, `status`: `missing`, `live`, `building`, `following`, `paused` or `retired`, `current`, `declared`, `partitions`, their number) |
//! | `projection status` | as `list`, with `parked`, and `partitions` each `partition`, `checkpoint`, `lag` in positions, `worker`, `leased_until`, `stopped` (`position`, `why`), `updated_at` |
//! | `projection rebuild` | `command`, `projection`, `rows` |
//! | `projection promote`, `rollback`, `pause`, `resume`, `accept`, `drop` | `command`, `projection`, `version` |
//! | `outbox status` | `command`, `relays` (each `relay`, `status` as in `projection list`, `declared`, `checkpoint`, `frontier`, how far the feed can be read, `lag` in positions, `worker`, `leased_until`, `stopped` (`position`, `why`), `updated_at`) |
//! | `parked list` | `command`, `complete` (whether that is all), `parked` (each `projection`, `version`, `tenant`, `key`, `position`, `stream`, `event_type`, `error`, `attempts`, `parked_at`) |
//! | `parked show` | `command`, `parked` (each as in `list`, with `event`) |
//! | `parked retry` | `command`, `projection`, `handled`, `parked` |
//! | `parked discard` | `command`, `projection`, `position`, `discarded` |
//! | `process list` | `command`, `complete` (whether that is all), `instances` (each `process`, `tenant`, `id`, `status`: `running`, `finished` or `cancelled`, `steps`, `started_at`, `updated_at`, `pending` and `parked`, numbers, `next_timer`), `not_begun` (each `process`, `tenant`, `id`, `parked`: instances of which the first event could not be handled) |
//! | `process show` | `command`, `instance` (as in `list`), `now` (by the clock of the database), `entries` (see below), `pending` (each `version` in the stream of the instance, `command`, `to`, `attempts`, `error`, `try_at`, `parked_at`), `timers` (as in `timers list`), `parked` (as in `parked list`) |
//! | `process show --step` | `command`, `process`, `tenant`, `id`, `step`, `version`, `state` |
//! | `process retry` | `command`, `process`, `tenant`, `id`, `handled` and `parked` (events), `scheduled` (commands and timers) |
//! | `process cancel` | `command`, `process`, `tenant`, `id`, `commands` and `events` (that were given up) |
//! | `timers list` | `command`, `complete` (whether that is all), `now` (by the clock of the database), `timers` (each `process`, `tenant`, `id`, `name`, `due_at`, `error`) |
//! | `migrate plan`, `migrate run --dry-run` | `command`, `tables` (whether those of annals have to be made), `steps` (each `projection`, `version`, `current`, `action`: `nothing`, `live`, `build`, `go-on`, `switch` or `refuse`, `position`, `why`, `cure`) |
//! | `migrate run` | `command`, `tables`, `done` (each `step`, `events`, `rows`, `seconds`, `parked`, `shown`) |
//! | `migrate print`, `migrate roles` | `command`, `sql` |
//! | `stream show` | `command`, `tenant`, `stream`, `aggregate`, `version`, `events`, `first`, `last`, `archived`, `counts` (each `event_type`, `schema_version`, `events`), `snapshots` (each `version`, `taken_at`, `bytes`, `fingerprint`, `aggregate` whose code made it, `stands`) |
//! | `stream events` | each line is an event |
//! | `event show` | `command`, `event`, `stored_type`, `read_as` (each `type`, `event_type`, `schema_version`, `payload`), `error` |
//! | `trace` | `command`, `tenant`, `correlation`, `events` (each `depth`, `cause`, a position, and `event`) |
//! | `stats` | `command`, `exact`, `events`, `by_type` (each `event_type`, `schema_version`, `events`), `streams` (each `aggregate`, `streams`), `first` and `last` (`position`, `recorded_at`), `last_hour` and `last_day` (`events`, `exact`), `sizes` (each `name`, `bytes`) |
//! | `doctor` | `command`, `level` (the worst), `findings` (each `check`, `level`: `ok`, `warning` or `error`, `what`, `cure`, `details`) |
//!
//! A difference has `rule`, `event` and `version` or `aggregate` or `read_model`, `path` (of a read model: the column), `what`,
//! `from`, `to`, `verdict` (`FULL`, `BACKWARD`, `FORWARD`, `NONE`), `backward`, `forward`, `reason`, `cure`, `folder`, `file`,
//! and, against the program, `stage` (`draft`, `amendment`, `breaking`). What is not there is `null`.
//!
//! An event has `tenant`, `stream`, `aggregate`, `version`, `position`, `event_id`, `event_type`, `schema_version`,
//! `recorded_at`, `occurred_at`, `actor`, `correlation`, `causation`, `metadata`, `payload`. Payloads are printed as they are
//! stored, without the white space: their numbers are not rounded, and their names not sorted.
//!
//! An entry of `process show` has `what` and `event`, and besides: of a `step` its number `step`, `input`, `from` (a stream; `null`
//! for a timer), `changes` (each `path`, `from`, `to`), `cancelled_timers`, `last`, and the state after it as the payload of the
//! event; of a `sent` command `to` and `fate` (`pending`, `parked`, `accepted`, `refused` or `given up`); of a `timer set` `due_at`; of
//! what was `accepted` `command`, `command_version`, `by`, `aggregate_version`; of what was `refused` `command`, `command_version`,
//! `by`, `refusal`; of `cancelled` `why`; of any `other` event nothing.
//!
//! With `--format github`, `check` and what `lock` refuses are printed as annotations for GitHub's runner; the other
//! commands print text.

mod annotation;
mod confirm;
mod difference;
mod doctor;
mod event;
mod export;
mod import;
mod layout;
mod migrate;
mod outbox;
mod output;
mod parked;
mod process;
mod progress;
mod projection;
mod recorded;
mod replay;
mod schema;
mod serve;
mod stats;
mod stream;
mod text;
mod timers;
mod trace;

use std::ffi::OsString;
use std::io::{BufRead, IsTerminal, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app::App;
use crate::error::Error;
use output::{Format, Output};

/// Done, and nothing to report.
const DONE: u8 = 0;
/// Something that was looked for was found.
const FOUND: u8 = 1;
/// The command failed.
const FAILED: u8 = 2;
/// Older releases have to go first.
const ROLL_OUT: u8 = 3;

/// There is something to do.
const TO_DO: u8 = 3;

/// A program that keeps facts.
#[derive(Debug, Parser)]
#[command(
    after_help = "Exit codes: 0 done, 1 something was found, 2 the command failed, 3 older releases cannot read on, or there is something to do."
)]
struct Cli {
    /// How the output is written.
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORMAT"
    )]
    format: Format,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The schema lock: what is stored, version by version.
    #[command(subcommand)]
    Schema(schema::Schema),
    Serve(serve::Serve),
    /// Projections: their versions, how far they have come, and which of them is shown.
    #[command(subcommand)]
    Projection(projection::Projection),
    /// Relays: what publishes events to message brokers.
    #[command(subcommand)]
    Outbox(outbox::Outbox),
    /// Events that projections or processes could not handle.
    #[command(subcommand)]
    Parked(parked::Parked),
    /// Processes: their instances, what happened to each, and what is in the way.
    #[command(subcommand)]
    Process(process::Process),
    /// Timers of processes.
    #[command(subcommand)]
    Timers(timers::Timers),
    /// From what the database holds to what this program declares.
    #[command(subcommand)]
    Migrate(migrate::Migrate),
    /// Streams: what is stored of one.
    #[command(subcommand)]
    Stream(stream::Stream),
    /// Single events.
    #[command(subcommand)]
    Event(event::Event),
    Trace(trace::Trace),
    Stats(stats::Stats),
    Doctor(doctor::Doctor),
    Export(export::Export),
    Import(import::Import),
    Replay(replay::Replay),
}

impl Command {
    async fn run(self, app: &App, output: &mut Output<'_>) -> Result<u8, Error> {
        match self {
            Command::Schema(command) => command.run(app, output).await,
            Command::Serve(command) => command.run(app, output).await,
            Command::Projection(command) => command.run(app, output).await,
            Command::Outbox(command) => command.run(app, output).await,
            Command::Parked(command) => command.run(app, output).await,
            Command::Process(command) => command.run(app, output).await,
            Command::Timers(command) => command.run(app, output).await,
            Command::Migrate(command) => command.run(app, output).await,
            Command::Stream(command) => command.run(app, output).await,
            Command::Event(command) => command.run(app, output).await,
            Command::Trace(command) => command.run(app, output).await,
            Command::Stats(command) => command.run(app, output).await,
            Command::Doctor(command) => command.run(app, output).await,
            Command::Export(command) => command.run(app, output).await,
            Command::Import(command) => command.run(app, output).await,
            Command::Replay(command) => command.run(app, output).await,
        }
    }
}

/// Runs the command that the program was started with, and answers its exit code: what `main` returns.
pub async fn run(app: App) -> ExitCode {
    let (mut out, mut messages) = (std::io::stdout(), std::io::stderr());
    let mut typed = std::io::BufReader::new(std::io::stdin());
    let answers: Option<&mut (dyn BufRead + Send)> = match std::io::stdin().is_terminal() {
        true => Some(&mut typed),
        false => None,
    };
    let arguments = std::env::args_os();
    run_answered(&app, arguments, answers, &mut out, &mut messages)
        .await
        .into()
}

/// As [`run`], with the arguments (the first one is the name of the program) and the outputs given: for tests, and for
/// programs with other commands beside these. Nobody is there to answer questions: what has to be confirmed needs `--yes`.
pub async fn run_with(
    app: &App,
    arguments: impl IntoIterator<Item = OsString>,
    out: &mut (dyn Write + Send),
    messages: &mut (dyn Write + Send),
) -> u8 {
    run_answered(app, arguments, None, out, messages).await
}

/// As [`run_with`], with the lines that somebody types to answer questions; `None` where nobody is there.
pub async fn run_answered(
    app: &App,
    arguments: impl IntoIterator<Item = OsString>,
    answers: Option<&mut (dyn BufRead + Send)>,
    out: &mut (dyn Write + Send),
    messages: &mut (dyn Write + Send),
) -> u8 {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(answer) => {
            let code = u8::try_from(answer.exit_code()).unwrap_or(FAILED);
            let mut output = Output::new(Format::Text, out, messages);
            match answer.use_stderr() {
                true => output.message(answer.render().to_string().trim_end()),
                false => output.line(answer.render().to_string().trim_end()),
            }
            return output.finish(code);
        }
    };
    let mut output = Output::new(cli.format, out, messages);
    if let Some(answers) = answers {
        output = output.with_answers(answers);
    }
    match cli.command.run(app, &mut output).await {
        Ok(code) => output.finish(code),
        Err(error) => {
            output.error(&error);
            output.finish(FAILED)
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
