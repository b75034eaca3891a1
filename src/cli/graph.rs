//! `dogwatch graph`

use crate::cli::who::{not_known, question};
use crate::cli::{ExitStatus, Failure, Format, Loaded, Result, Session, export, instant, text};
use crate::escalation::{ask, graph};
use crate::export::graph::{Shown, dot, layout, mermaid, svg};

/// Forges draw no Mermaid graph that has more than so many edges, or is longer than so many characters.
const MERMAID_EDGES: usize = 500;
const MERMAID_LENGTH: usize = 50_000;

/// What leads to whom: routes, seats and people as a graph, drawn or for other programs
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without a name, everything. NAME and TAG=VALUE are those of `who`: the routes that the alert takes
and the rungs of its ladder are marked, the rest is dimmed. Of a rotation, a seat or @person, what
leads there is marked, and what leads onward.

Formats: text, svg (a picture), dot (Graphviz), mermaid (for Markdown), json.

Examples:
  dogwatch graph
  dogwatch graph --format svg > escalation.svg
  dogwatch graph search-api severity=critical --at '2026-11-24 03:00'
  dogwatch graph storage-ops --only
  dogwatch graph --format dot | dot -Tpdf > escalation.pdf")]
pub struct Graph {
    /// A name, tags, or both; absent, everything
    #[arg(value_name = "NAME | TAG=VALUE")]
    about: Vec<String>,
    /// When the alert opens, and seats are read; absent, now
    #[arg(long, value_name = "INSTANT")]
    at: Option<String>,
    /// Leave out what would be dimmed
    #[arg(long, requires = "about")]
    only: bool,
    /// Show who takes turns in each seat, not only who holds it
    #[arg(long)]
    people: bool,
    /// How many routes to one place are named before they are counted
    #[arg(long, value_name = "COUNT", default_value_t = 6)]
    routes: usize,
}

impl Graph {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let format = session.format(&[Format::Text, Format::Svg, Format::Dot, Format::Mermaid, Format::Json])?;
        let Loaded { org, reader } = session.load()?;
        let at = self.at.as_ref().map_or(Ok(reader.now), |it| instant(it, &reader))?;
        let question = question(&self.about)?;
        let answer = match self.about.is_empty() {
            true => None,
            false => {
                let subject = question.subject(&org).map_err(|error| not_known(&error))?;
                Some(ask(&org, subject, &question.tags, at)?)
            }
        };
        let mut graph = graph(&org, at, answer.as_ref(), self.people)?;
        if self.only {
            graph = graph.only();
        }
        let shown = Shown { org: &org, reader: &reader, most_routes: self.routes };
        let page = match format {
            Format::Json => export::json::print(&export::json::graph(&graph, &shown)),
            Format::Dot => dot(&graph, &shown),
            Format::Mermaid => mermaid(&graph, &shown),
            Format::Svg => {
                let layout = layout(&graph, &shown).map_err(|error| {
                    Failure::new(error)
                        .hint("draw a part of it: `dogwatch graph NAME --only --format svg`")
                        .hint("or let Graphviz try: `dogwatch graph --format dot`")
                })?;
                svg(&graph, &layout, answer.as_ref(), &shown)
            }
            _ => text::graph(&graph, answer.as_ref(), &shown),
        };
        session.printer.answer(&page);
        if format == Format::Mermaid && (graph.arrows.len() > MERMAID_EDGES || page.len() > MERMAID_LENGTH) {
            session.printer.hint(&format!(
                "forges draw at most {MERMAID_EDGES} edges and {MERMAID_LENGTH} characters: name a part, with `--only`"
            ));
        }
        Ok(ExitStatus::Clean)
    }
}
