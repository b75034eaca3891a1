//! `dogwatch apply`

use std::io::IsTerminal;
use std::path::PathBuf;

use crate::cli::pagerduty::{Account, Asked, failure};
use crate::cli::{ExitStatus, Failure, Format, Loaded, Result, Session, text, whole};
use crate::pagerduty::plan::{self, Plan};

/// Makes PagerDuty equal to the files, or does exactly a saved plan; then reads it back
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It asks before it writes, unless told `--yes`. It may be stopped at any moment and run again: it goes on from there. A
plan is refused if something is neither as it was when the plan was made nor as it shall be.

Exit status: 0 done, and PagerDuty shows what the files say; 1 not agreed to, or it shows something else; 2 it could not be done.

Examples:
  dogwatch apply
  dogwatch apply next.json --yes
  dogwatch apply next.json --back           as it was before that plan
  dogwatch apply --accept current-shift     a risk that `plan` named")]
pub struct Apply {
    /// What `plan --save` wrote; absent, a plan is made now
    #[arg(value_name = "PLAN")]
    plan: Option<PathBuf>,
    /// Back to what the plan recorded
    #[arg(long, requires = "plan")]
    back: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Accept a risk by name; may be repeated
    #[arg(long, value_name = "RISK")]
    accept: Vec<String>,
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    account: Account,
}

impl Apply {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        session.format(&[Format::Text])?;
        let mut client = self.account.client()?;
        let (made, reader) = match &self.plan {
            Some(path) => {
                let read = whole::read(path)
                    .map_err(|error| Failure::new(format!("could not read `{}`: {error}", path.display())))?;
                let made = Plan::read(&read).map_err(failure)?;
                (made, session.reader(&crate::time::Zone::utc())?)
            }
            None => {
                let Loaded { org, reader } = session.load()?;
                let wish = self.asked.wish(&org, reader.now)?;
                session.progress("reading PagerDuty …");
                (plan::make(&mut client, &wish).map_err(failure)?, reader)
            }
        };
        let made = if self.back { made.back() } else { made };
        if !self.back {
            session.printer.answer(&text::plan(&made, &reader));
        }
        if !made.errors.is_empty() && !self.back {
            return Ok(ExitStatus::Failed);
        }
        if made.is_empty() && self.plan.is_none() {
            return Ok(ExitStatus::Clean);
        }
        let accepted: Vec<String> =
            if self.back { made.risks.iter().map(|it| it.name.clone()).collect() } else { self.accept.clone() };
        let approved = made.approve(&accepted).map_err(|left| {
            let names: Vec<String> = left.iter().map(|it| format!("--accept {}", it.name)).collect();
            let mut names = names;
            names.dedup();
            Failure::new("the plan has risks that nobody has accepted")
                .hint(format!("look at them, then: {}", names.join(" ")))
        })?;
        if !self.yes && !agreed(session)? {
            session.printer.talk("nothing was changed\n");
            return Ok(ExitStatus::Attention);
        }
        let mut talk = Vec::new();
        let terminal = std::io::stderr().is_terminal();
        let color = session.printer.colors_talk();
        // A time that was given stands; else it goes on while the work does.
        let (given, machine) = (session.global.now.is_some(), session.clock);
        let clock = || if given { reader.now } else { machine() };
        let result = plan::apply(&mut client, &approved, clock, self.back, |index, total, it| {
            let line = format!("[{}/{total}] {}: {}\n", index + 1, it.about, text::on_clock(&it.title, &reader));
            if terminal {
                let choice = if color { anstream::ColorChoice::Auto } else { anstream::ColorChoice::Never };
                let mut stderr = anstream::AutoStream::new(std::io::stderr(), choice);
                let _ = std::io::Write::write_all(&mut stderr, line.as_bytes());
            }
            talk.push(line);
        });
        let done = result.map_err(|trouble| match talk.len() {
            // What was refused before the first step is refused again.
            0 => failure(trouble),
            1 => failure(trouble).hint("1 step was begun; run it again and it goes on from there"),
            begun => failure(trouble).hint(format!("{begun} steps were begun; run it again and it goes on from there")),
        })?;
        session.printer.answer(&text::applied(&done, &made.names, &reader));
        Ok(if done.differences.is_empty() { ExitStatus::Clean } else { ExitStatus::Attention })
    }
}

fn agreed(session: &mut Session) -> Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::new("nobody is there to agree").hint("`--yes` agrees beforehand"));
    }
    session.printer.talk("Do this? Type yes: ");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(line.trim() == "yes")
}
