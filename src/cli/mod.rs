//! The command line: load, ask, print. One file a command.

mod answers;
mod apply;
mod balance;
mod check;
mod completions;
mod cover;
mod drills;
mod edit;
mod end;
mod fit;
mod graph;
mod history;
mod import;
mod init;
mod man;
mod now;
mod pagerduty;
mod past;
mod plan;
mod printer;
mod ready;
mod rehearse;
mod report;
mod revision;
mod route;
mod schema;
mod serve;
mod show;
mod split;
mod test;
mod then;
mod verify;
mod who;
mod whole;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand, ValueEnum};

pub use printer::Printer;

use crate::config::{self, Files, Severity};
use crate::export::{self, text};
use crate::org::{Org, nearest};
use crate::time::{Instant, Zone, parse_clock, parse_instant};

/// How a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitStatus {
    /// All is well.
    Clean,
    /// There is something to look at.
    Attention,
    /// It could not be done.
    Failed,
}

impl From<ExitStatus> for std::process::ExitCode {
    fn from(status: ExitStatus) -> Self {
        std::process::ExitCode::from(match status {
            ExitStatus::Clean => 0,
            ExitStatus::Attention => 1,
            ExitStatus::Failed => 2,
        })
    }
}

/// Plans on-call rotations and routes escalations, from plain TOML files.
#[derive(Debug, Parser)]
#[command(name = "dogwatch", version = version(), max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "\
Exit status: 0 clean, 1 something to look at, 2 could not be done.

Try:
  dogwatch who search-api                 whom to page for a service, and then whom
  dogwatch who service=mysql-main --at '2026-03-03 15:00'
  dogwatch now                            everybody on call
  dogwatch show search --until 2027-01-01")]
struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Args)]
struct Global {
    /// The folder that holds `rotations/`
    #[arg(short = 'C', value_name = "DIR", default_value = ".", global = true, help_heading = "General options")]
    directory: PathBuf,
    /// What is taken for now: 2026-03-03T15:00:00Z, or a date or time on the reader's clock
    #[arg(long, value_name = "INSTANT", global = true, help_heading = "General options")]
    now: Option<String>,
    /// The time zone of the reader; absent, the organisation's
    #[arg(
        long,
        value_name = "ZONE",
        env = "DOGWATCH_ZONE",
        hide_env_values = true,
        global = true,
        help_heading = "General options"
    )]
    zone: Option<String>,
    /// For people `text`, for programs `json` (versioned, with a schema); a command's own help names others
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "text",
        hide_possible_values = true,
        global = true,
        help_heading = "General options"
    )]
    format: Format,
    /// Whether to use colour
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true, help_heading = "General options")]
    color: Color,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Table,
    Json,
    Markdown,
    Csv,
    Ics,
    Svg,
    Html,
    Dot,
    Mermaid,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    Check(check::Check),
    Now(now::Now),
    Show(show::Show),
    Who(who::Who),
    Answers(answers::Answers),
    Graph(graph::Graph),
    Test(test::Test),
    Route(route::Route),
    Edit(edit::Edit),
    Cover(cover::Cover),
    Balance(balance::Balance),
    Ready(ready::Ready),
    Drills(drills::Drills),
    Report(report::Report),
    Plan(plan::Plan),
    Apply(apply::Apply),
    Verify(verify::Verify),
    Rehearse(rehearse::Rehearse),
    Import(import::Import),
    History(history::History),
    Fit(fit::Fit),
    Split(split::Split),
    Serve(serve::Serve),
    Schema(schema::Schema),
    Completions(completions::Completions),
    Man(man::Man),
}

fn version() -> &'static str {
    use std::sync::LazyLock;
    static VERSION: LazyLock<String> =
        LazyLock::new(|| format!("{} (time zone rules {})", env!("CARGO_PKG_VERSION"), Zone::rules_version()));
    VERSION.as_str()
}

/// The whole command line, for its own tests and manual pages.
pub fn command() -> clap::Command {
    <Arguments as clap::CommandFactory>::command()
}

/// Why a command could not be done.
#[derive(Debug)]
struct Failure {
    /// What went wrong; nothing, if it was told already.
    message: Option<String>,
    /// What can be done about it.
    hints: Vec<String>,
}

impl Failure {
    fn new(message: impl ToString) -> Failure {
        Failure { message: Some(message.to_string()), hints: Vec::new() }
    }

    /// What went wrong stands on the screen already.
    fn told() -> Failure {
        Failure { message: None, hints: Vec::new() }
    }

    fn hint(mut self, hint: impl Into<String>) -> Failure {
        self.hints.push(hint.into());
        self
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure::new(error)
    }
}

type Result<T> = std::result::Result<T, Failure>;

/// Runs the program. `clock` says what the machine takes for now; it is asked once, and again only by what watches.
pub fn run(arguments: impl IntoIterator<Item = OsString>, clock: fn() -> Instant) -> ExitStatus {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let wanted = !error.use_stderr();
            // A closed pipe while printing help is nobody's mistake.
            let _ = error.print();
            return if wanted { ExitStatus::Clean } else { ExitStatus::Failed };
        }
    };
    let mut session = Session::new(arguments.global, clock);
    let result = match &arguments.command {
        Command::Init(it) => it.run(&mut session),
        Command::Check(it) => it.run(&mut session),
        Command::Now(it) => it.run(&mut session),
        Command::Show(it) => it.run(&mut session),
        Command::Who(it) => it.run(&mut session),
        Command::Answers(it) => it.run(&mut session),
        Command::Graph(it) => it.run(&mut session),
        Command::Test(it) => it.run(&mut session),
        Command::Route(it) => it.run(&mut session),
        Command::Edit(it) => it.run(&mut session),
        Command::Cover(it) => it.run(&mut session),
        Command::Balance(it) => it.run(&mut session),
        Command::Ready(it) => it.run(&mut session),
        Command::Drills(it) => it.run(&mut session),
        Command::Report(it) => it.run(&mut session),
        Command::Plan(it) => it.run(&mut session),
        Command::Apply(it) => it.run(&mut session),
        Command::Verify(it) => it.run(&mut session),
        Command::Rehearse(it) => it.run(&mut session),
        Command::Import(it) => it.run(&mut session),
        Command::History(it) => it.run(&mut session),
        Command::Fit(it) => it.run(&mut session),
        Command::Split(it) => it.run(&mut session),
        Command::Serve(it) => it.run(&mut session),
        Command::Schema(it) => it.run(&mut session),
        Command::Completions(it) => it.run(&mut session),
        Command::Man(it) => it.run(&mut session),
    };
    let status = result.unwrap_or_else(|failure| {
        if let Some(message) = failure.message {
            session.printer.error(&message);
        }
        for hint in failure.hints {
            session.printer.hint(&hint);
        }
        ExitStatus::Failed
    });
    // What could not be printed because nobody reads on is no failure; anything else is.
    if session.printer.finish() { status } else { ExitStatus::Failed }
}

/// One run: what was asked for in general, and where answers go.
struct Session {
    global: Global,
    clock: fn() -> Instant,
    now: Instant,
    printer: Printer,
}

/// An organisation, and for whom answers about it are shown.
struct Loaded {
    org: Org,
    reader: export::Reader,
}

impl Session {
    /// Prints an answer, or writes it, without colour and all at once, to a file.
    fn answer(&mut self, answer: &str, output: Option<&Path>) -> Result<()> {
        match output {
            None => {
                self.printer.answer(answer);
                Ok(())
            }
            Some(path) => whole::written(path, &anstream::adapter::strip_str(answer).to_string()),
        }
    }

    fn new(global: Global, clock: fn() -> Instant) -> Session {
        let printer = Printer::new(match global.color {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        });
        Session { global, clock, now: clock(), printer }
    }

    fn folder(&self) -> PathBuf {
        match self.global.directory.as_os_str() == "." {
            true => PathBuf::from("rotations"),
            false => self.global.directory.join("rotations"),
        }
    }

    /// The folder as a link in a page of the repository leads to it: from where one stands, or, if that lies elsewhere, by its
    /// name alone.
    fn folder_for_links(&self) -> String {
        let folder = self.folder();
        let plain =
            |it: std::path::Component<'_>| matches!(it, std::path::Component::Normal(_) | std::path::Component::CurDir);
        if folder.components().all(plain) {
            return folder.display().to_string();
        }
        let here = std::fs::canonicalize(".").ok();
        let there = std::fs::canonicalize(&folder).ok();
        let below = here.zip(there).and_then(|(here, there)| there.strip_prefix(here).map(Path::to_path_buf).ok());
        below.unwrap_or_else(|| PathBuf::from("rotations")).display().to_string()
    }

    fn files(&self) -> Result<Files> {
        Files::load(&self.folder()).map_err(|error| match error {
            config::LoadError::Missing { .. } if self.global.directory.join("org.toml").is_file() => {
                Failure::new(error)
                    .hint("`-C` names the folder that holds `rotations/`, not `rotations/` itself: one folder up")
            }
            config::LoadError::Missing { .. } => Failure::new(error)
                .hint("`-C DIR` names the folder that holds `rotations/`")
                .hint("`dogwatch init` writes a small organisation to begin with"),
            config::LoadError::Io { .. } => Failure::new(error),
        })
    }

    /// The organisation; what is wrong with its files goes to the screen.
    fn load(&mut self) -> Result<Loaded> {
        let files = self.files()?;
        self.load_from(&files)
    }

    /// The organisation of files that are at hand.
    fn load_from(&mut self, files: &Files) -> Result<Loaded> {
        let (org, diagnostics) = config::read(files);
        if !diagnostics.is_empty() {
            let color = self.printer.colors_talk();
            self.printer.talk(&config::render(&diagnostics, files, color));
        }
        let Some(org) = org else {
            let errors = diagnostics.iter().filter(|it| it.severity == Severity::Error).count();
            self.printer.error(&format!("{errors} {} in {}", mistakes(errors), self.folder().display()));
            return Err(Failure::told());
        };
        let reader = self.reader(&org.zone)?;
        Ok(Loaded { org, reader })
    }

    fn reader(&self, default: &Zone) -> Result<export::Reader> {
        // A variable that is set to nothing is not set.
        let zone = match self.global.zone.as_ref().filter(|it| !it.is_empty()) {
            None => default.clone(),
            Some(name) => Zone::named(name).map_err(|error| {
                let near = nearest(name, Zone::names());
                match near.first() {
                    Some(near) => Failure::new(error).hint(format!("did you mean `{near}`?")),
                    None => Failure::new(error).hint("zones have the names of the IANA database: Europe/Dublin"),
                }
            })?,
        };
        let now = match &self.global.now {
            None => self.now,
            Some(text) => written_instant(text, &zone)?,
        };
        let width = terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0)).clamp(60, 200);
        Ok(export::Reader { zone, now, width })
    }

    /// The format asked for, if the command has it.
    fn format(&self, known: &[Format]) -> Result<Format> {
        let format = self.global.format;
        if known.contains(&format) {
            return Ok(format);
        }
        let name = |it: &Format| it.to_possible_value().map(|it| it.get_name().to_owned()).unwrap_or_default();
        let known: Vec<String> = known.iter().map(name).collect();
        Err(Failure::new(format!("this command has no format `{}`", name(&format)))
            .hint(format!("it has {}", known.join(", "))))
    }
}

fn mistakes(count: usize) -> &'static str {
    if count == 1 { "mistake" } else { "mistakes" }
}

/// An instant as somebody types it. A time alone is today's.
fn instant(text: &str, reader: &export::Reader) -> Result<Instant> {
    if text == "now" {
        return Ok(reader.now);
    }
    if let Some(clock) = parse_clock(text) {
        return Ok(reader.zone.resolve(reader.zone.day(reader.now).and_time(clock)));
    }
    written_instant(text, &reader.zone)
}

fn written_instant(text: &str, zone: &Zone) -> Result<Instant> {
    parse_instant(text, zone).map_err(|error| {
        Failure::new(error).hint("2026-03-03T15:00:00Z; or on the reader's clock '2026-03-03 15:00', 2026-03-03, 15:00")
    })
}
