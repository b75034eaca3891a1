//! `dogwatch man`

use std::fs;
use std::path::{Path, PathBuf};

use clap::Command;

use crate::cli::{ExitStatus, Failure, Result, Session, command, whole};
use crate::org::nearest;

/// Manual pages, made from the same words as `--help`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  dogwatch man | man -l -                     the main page
  dogwatch man who | man -l -                 the page of a command
  dogwatch man --out ~/.local/share/man/man1  all pages, where `man dogwatch-who` finds them")]
pub struct Man {
    /// The page of this command; absent, the main page
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    name: Option<String>,
    /// Write all pages into this folder, which is made if need be
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Man {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let pages = pages()?;
        if let Some(folder) = &self.out {
            for (name, page) in &pages {
                write(folder, name, page)
                    .map_err(|error| Failure::new(format!("could not write into `{}`: {error}", folder.display())))?;
            }
            session.printer.answer(&format!("wrote {} pages to {}\n", pages.len(), folder.display()));
            return Ok(ExitStatus::Clean);
        }
        let wanted = self.name.as_ref().map_or("dogwatch".to_owned(), |it| format!("dogwatch-{it}"));
        let page = pages.iter().find(|(name, _)| *name == wanted).ok_or_else(|| {
            let name = self.name.as_deref().unwrap_or_default();
            let failure = Failure::new(format!("there is no command `{name}`"));
            let names = pages.iter().filter_map(|(name, _)| name.strip_prefix("dogwatch-"));
            match nearest(name, names).first() {
                Some(near) => failure.hint(format!("did you mean `{near}`?")),
                None => failure.hint("`dogwatch --help` lists them"),
            }
        })?;
        session.printer.answer(&page.1);
        Ok(ExitStatus::Clean)
    }
}

fn write(folder: &Path, name: &str, page: &str) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    whole::write(&folder.join(format!("{name}.1")), page)
}

/// The main page and one a command, by name.
fn pages() -> Result<Vec<(String, String)>> {
    let mut whole = command();
    whole.build();
    let mut pages = vec![("dogwatch".to_owned(), page(&whole)?)];
    add_pages(&whole, "dogwatch", &mut pages)?;
    Ok(pages)
}

/// The pages of the commands below one, and of those below them: `dogwatch-import`, `dogwatch-import-terraform`.
fn add_pages(command: &Command, above: &str, pages: &mut Vec<(String, String)>) -> Result<()> {
    for it in command.get_subcommands().filter(|it| it.get_name() != "help" && !it.is_hide_set()) {
        let name = format!("{above}-{}", it.get_name());
        // The page's name has a hyphen, what one types has a blank.
        pages.push((name.clone(), page(&it.clone().display_name(name.clone()))?));
        add_pages(it, &name, pages)?;
    }
    Ok(())
}

fn page(command: &Command) -> Result<String> {
    let man = clap_mangen::Man::new(command.clone())
        .manual("Dogwatch")
        .source(format!("dogwatch {}", env!("CARGO_PKG_VERSION")));
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    let mut page = String::from_utf8_lossy(&page).into_owned();
    if let Some(notes) = command.get_after_help() {
        page.push_str(&as_it_stands(&notes.to_string()));
    }
    Ok(in_ascii(&page))
}

/// Letters beyond ASCII by their number: groff reads bytes, unless it is told otherwise.
fn in_ascii(page: &str) -> String {
    let mut out = String::with_capacity(page.len());
    for it in page.chars() {
        match it.is_ascii() {
            true => out.push(it),
            false => out.push_str(&format!("\\[u{:04X}]", u32::from(it))),
        }
    }
    out
}

/// Lines with their breaks and blanks: examples line up.
fn as_it_stands(text: &str) -> String {
    let mut out = String::from(".SH NOTES\n.nf\n");
    for line in text.lines() {
        let line = line.replace('\\', "\\e").replace('-', "\\-").replace('\'', "\\(aq").replace('`', "\\(ga");
        // A line that begins with a full stop would be a request.
        let guard = if line.starts_with('.') { "\\&" } else { "" };
        out.push_str(&format!("{guard}{line}\n"));
    }
    out + ".fi\n"
}
