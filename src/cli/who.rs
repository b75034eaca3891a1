//! `dogwatch who`

use std::time::Duration;

use crate::cli::{ExitStatus, Failure, Format, Loaded, Result, Session, export, instant, text};
use crate::escalation::{Question, Unknown, ask};
use crate::org::{Org, nearest};

/// Whom to page, then whom, when, how to reach them, and why
#[derive(Debug, clap::Args)]
#[command(after_help = "\
NAME is a service of services.toml, else a rotation, else @person. TAG=VALUE is what the alert
carries; tags given beside a service replace those that the service brings.

Examples:
  dogwatch who search-api
  dogwatch who service=mysql-main severity=critical --at 2017-08-15T03:00:00Z
  dogwatch who storage-ops
  dogwatch who @vera
  dogwatch who search-api --expect search,search.secondary,app-ops    (exit status 1 if it is not so)")]
pub struct Who {
    /// A name, tags, or both
    #[arg(required = true, value_name = "NAME | TAG=VALUE")]
    about: Vec<String>,
    /// When the alert opens; absent, now
    #[arg(long, value_name = "INSTANT")]
    at: Option<String>,
    /// The ladder that must come out, its seats and people separated by commas; once for each route that matches
    #[arg(long, value_name = "NODES")]
    expect: Vec<String>,
    /// Ask again every half minute, and show the answer when it changes
    #[arg(long, conflicts_with_all = ["at", "expect"])]
    watch: bool,
}

/// How long `--watch` waits before it asks again.
const WATCH_EVERY: Duration = Duration::from_secs(30);

impl Who {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let format = session.format(&[Format::Text, Format::Json])?;
        let mut shown = String::new();
        loop {
            let Loaded { org, reader } = session.load()?;
            let question = question(&self.about)?;
            self.expectation_is_known(&org)?;
            let subject = question.subject(&org).map_err(|error| not_known(&error))?;
            let at = self.at.as_ref().map_or(Ok(reader.now), |it| instant(it, &reader))?;
            let answer = ask(&org, subject, &question.tags, at)?;
            let page = match format {
                Format::Json => export::json::print(&export::json::who(&org, &answer, &reader)?),
                _ => text::who(&org, &answer, &reader)?,
            };
            if !self.watch {
                session.printer.answer(&page);
                if !self.expect.is_empty() {
                    return Ok(self.compare(session, &answer.expectation(&org)));
                }
                return Ok(if answer.pages_somebody() { ExitStatus::Clean } else { ExitStatus::Attention });
            }
            // The first line says when: it always changes.
            let rest = page.split_once('\n').map_or("", |(_, rest)| rest).to_owned();
            if rest != shown {
                session.printer.answer(&format!("{page}\n"));
                if !session.printer.finish() {
                    return Err(Failure::told());
                }
                if session.printer.nobody_reads() {
                    return Ok(ExitStatus::Clean);
                }
                shown = rest;
            }
            std::thread::sleep(WATCH_EVERY);
            // Not the time that was waited: the machine may have slept.
            session.now = (session.clock)();
        }
    }

    /// A ladder that names what does not exist could never come out.
    fn expectation_is_known(&self, org: &Org) -> Result<()> {
        for name in self.expect.iter().flat_map(|it| it.split(',')).map(str::trim) {
            let person = name.strip_prefix('@');
            let known = name.starts_with("notify:")
                || org.seat_named(name).is_some()
                || person.is_some_and(|it| it == "nobody" || org.people.iter().any(|person| person.key == it));
            if known {
                continue;
            }
            let seats: Vec<String> = org.seats().map(|it| org.seat_name(it)).collect();
            let people: Vec<String> = org.people.iter().map(|it| format!("@{}", it.key)).collect();
            let names = seats.iter().chain(&people).map(String::as_str);
            let failure = Failure::new(format!("`--expect` names `{name}`, which is no seat and no person"));
            return Err(match nearest(name, names).first() {
                Some(near) => failure.hint(format!("did you mean `{near}`?")),
                None => failure.hint("seats are written search or search.secondary, people @vera"),
            });
        }
        Ok(())
    }

    fn compare(&self, session: &mut Session, found: &[Vec<String>]) -> ExitStatus {
        let node = |it: &str| it.trim().to_owned();
        let expected: Vec<Vec<String>> = self.expect.iter().map(|it| it.split(',').map(node).collect()).collect();
        if expected == found {
            return ExitStatus::Clean;
        }
        let print = |ladders: &[Vec<String>]| ladders.iter().map(|it| it.join(",")).collect::<Vec<_>>().join(" and ");
        session.printer.talk(&format!("expected  {}\nfound     {}\n", print(&expected), print(found)));
        ExitStatus::Attention
    }
}

/// What the words of a command ask about.
pub(super) fn question(about: &[String]) -> Result<Question> {
    let mut question = Question::default();
    for word in about {
        if word.chars().any(char::is_control) {
            return Err(
                Failure::new(format!("`{word}` holds a control character")).hint("names and tags are plain text")
            );
        }
        match word.split_once('=') {
            Some((tag, value)) if !tag.is_empty() => {
                if let Some(before) = question.tags.insert(tag.to_owned(), value.to_owned()) {
                    let message = format!("the tag `{tag}` is given twice, as `{before}` and as `{value}`");
                    return Err(Failure::new(message).hint("an alert carries a tag once"));
                }
            }
            Some(_) => return Err(Failure::new(format!("`{word}` names no tag")).hint("TAG=VALUE")),
            None => {
                if let Some(before) = &question.name {
                    let message = format!("asked about `{before}` and about `{word}`");
                    return Err(Failure::new(message).hint("one name at a time; tags are written TAG=VALUE"));
                }
                question.name = Some(word.clone());
            }
        }
    }
    Ok(question)
}

/// Nothing of that name: say what may have been meant.
pub(super) fn not_known(error: &Unknown) -> Failure {
    let failure = Failure::new(error);
    let failure = match error.nearest.as_slice() {
        [] => failure.hint("`dogwatch now` lists the rotations"),
        near => {
            let near: Vec<String> = near.iter().map(|it| format!("`{it}`")).collect();
            failure.hint(format!("did you mean {}?", near.join(" or ")))
        }
    };
    match error.name.starts_with('@') {
        true => failure,
        false => {
            failure.hint(format!("an alert of a service that is in no file: `dogwatch who service={}`", error.name))
        }
    }
}
