//! What leads to whom; with a question, what it reaches stands out.

use crate::escalation::{ask, graph};
use crate::export::graph::{Shown, layout, svg_within};
use crate::export::markup::escaped;
use crate::export::text;
use crate::web::ask::{question, unknown, words};
use crate::web::pages::{Body, View, line, plain, troubles};
use crate::web::response::Problem;

/// How many routes to one place are named.
const MOST_ROUTES: usize = 6;

pub(super) fn page(view: &View<'_>) -> Result<Body, Problem> {
    let asked = view.parameters.one("q").unwrap_or_default();
    let (only, people) = (view.parameters.one("only").is_some(), view.parameters.one("people").is_some());
    let mut body = Body { wide: true, ..Body::titled("Graph") };
    let out = &mut body.main;
    out.push_str("<h1>What leads to whom</h1>\n");
    form(out, view, asked, only, people);
    let words = words(asked);
    let answer = match asked.is_empty() {
        true => Ok(None),
        false => question(words.iter().map(String::as_str)).and_then(|question| {
            let subject = question.subject(view.org).map_err(|error| unknown(&error))?;
            Ok(Some(ask(view.org, subject, &question.tags, view.at)?))
        }),
    };
    let answer = match answer {
        Ok(answer) => answer,
        Err(problem) => {
            line(out, format_args!("<p class=\"lead\">{}</p>", escaped(&problem.detail)));
            troubles(out, view, &problem);
            None
        }
    };
    let mut graph = graph(view.org, view.at, answer.as_ref(), people)?;
    if only && answer.is_some() {
        graph = graph.only();
    }
    let reader = view.reader_then();
    let shown = Shown { org: view.org, reader: &reader, most_routes: MOST_ROUTES };
    match layout(&graph, &shown) {
        Ok(layout) => {
            out.push_str("<div class=\"scroll picture\" role=\"region\" aria-label=\"The graph\" tabindex=\"0\">\n");
            out.push_str(&svg_within(&graph, &layout, answer.as_ref(), &shown));
            out.push_str("</div>\n");
        }
        Err(error) => {
            line(out, format_args!("<p class=\"lead\">{}: ask about a part of it.</p>", escaped(&error.to_string())))
        }
    }
    line(
        out,
        format_args!(
            "<details class=\"list\"><summary>The same in words</summary><pre tabindex=\"0\">{}</pre></details>",
            lines(&plain(&text::graph(&graph, answer.as_ref(), &shown)))
        ),
    );
    Ok(body)
}

/// Text whose lines stay lines.
pub(super) fn lines(text: &str) -> String {
    text.lines().map(escaped).collect::<Vec<_>>().join("\n")
}

fn form(out: &mut String, view: &View<'_>, asked: &str, only: bool, people: bool) {
    out.push_str("<form class=\"ask\" action=\"/graph\" method=\"get\" role=\"search\">\n");
    if let Some(zone) = &view.asked_zone {
        line(out, format_args!("<input type=\"hidden\" name=\"zone\" value=\"{zone}\">"));
    }
    let ticked = |it: bool| if it { " checked" } else { "" };
    line(
        out,
        format_args!(
            "<p class=\"field grow\"><label for=\"q\">What does it reach?</label><input id=\"q\" name=\"q\" type=\"search\" value=\"{}\" \
             placeholder=\"web-client severity=critical, or @vera\" autocomplete=\"off\" autocapitalize=\"none\" spellcheck=\"false\"></p>\n\
             <p class=\"field\"><label for=\"at\">When</label><input id=\"at\" name=\"at\" value=\"{}\" placeholder=\"now, 15:00, 2026-03-03 15:00\" size=\"26\" autocomplete=\"off\"></p>\n\
             <p class=\"field tick\"><label><input type=\"checkbox\" name=\"only\" value=\"1\"{}> Nothing else</label>\n\
             <label><input type=\"checkbox\" name=\"people\" value=\"1\"{}> Who takes turns</label></p>\n\
             <p class=\"field\"><button class=\"main\">Show</button></p>\n</form>",
            escaped(asked),
            escaped(view.parameters.one("at").unwrap_or_default()),
            ticked(only),
            ticked(people),
        ),
    );
}
