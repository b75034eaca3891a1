//! Mistakes, then findings, each with its cure; and the routing tests of the files.

use crate::check::{self, Finding, Level};
use crate::config;
use crate::escalation::run_tests;
use crate::export::markup::escaped;
use crate::web::api::{HORIZON, horizon};
use crate::web::pages::graph::lines;
use crate::web::pages::{Body, View, counted, line};
use crate::web::response::{Problem, Response};

/// The horizons that are offered.
const HORIZONS: [&str; 4] = ["30d", "90d", "180d", "366d"];

pub(super) fn page(view: &View<'_>) -> Result<Body, Problem> {
    let asked = view.parameters.one("horizon").unwrap_or(HORIZON);
    let span = horizon(asked, &view.reader_then())?;
    let mut body = Body::titled("Check");
    let out = &mut body.main;
    out.push_str("<h1>Check</h1>\n");
    if let Some(it) = &view.site.trouble {
        line(
            out,
            format_args!(
                "<section class=\"gaps\"><h2>{}, as they are now</h2>\n<pre tabindex=\"0\">{}</pre></section>",
                it.sentence(),
                lines(&it.report)
            ),
        );
    }
    if !view.site.state.warnings.is_empty() {
        let text = config::render(&view.site.state.warnings, &view.site.state.files, false);
        line(out, format_args!("<h2>Warnings</h2>\n<pre tabindex=\"0\">{}</pre>", lines(&text)));
    }
    out.push_str("<nav class=\"controls\" aria-label=\"Horizon\"><ul class=\"switch\">");
    for it in HORIZONS {
        let current = if it == asked { " aria-current=\"true\"" } else { "" };
        line(out, format_args!("<li><a href=\"{}\"{current}>{it}</a></li>", view.link("/check", &[("horizon", it)])));
    }
    out.push_str("</ul></nav>\n");
    // What is shown of findings depends on nothing else, so it is worked out once for all who look.
    let key = format!("findings {} {} {}", span.start().unix(), span.end().unix(), view.zone());
    let found = view.site.slow(&key, || {
        let found = check::findings(view.org, span, view.zone())?;
        let mut out = String::new();
        findings(&mut out, &found);
        Ok::<_, Problem>(Response::of("", out))
    })?;
    out.push_str(&String::from_utf8_lossy(&found.body));
    tests(out, view)?;
    Ok(body)
}

fn findings(out: &mut String, found: &[Finding]) {
    let of = |level| found.iter().filter(|it| it.level == level).collect::<Vec<_>>();
    let (wrong, notes) = (of(Level::Finding), of(Level::Note));
    match wrong.len() {
        0 => out.push_str("<h2>No findings</h2>\n"),
        more => line(out, format_args!("<h2>{}</h2>", counted(more, "finding"))),
    }
    list(out, &wrong, "finding");
    if !notes.is_empty() {
        line(out, format_args!("<h2>{}</h2>", counted(notes.len(), "note")));
        list(out, &notes, "finding note");
    }
}

fn list(out: &mut String, findings: &[&Finding], class: &str) {
    for it in findings {
        line(
            out,
            format_args!(
                "<article class=\"{class}\"><h3>{} <code>{}</code></h3>\n<p class=\"source\">{}</p>\n<pre tabindex=\"0\">{}</pre>",
                escaped(&it.message),
                it.rule,
                escaped(&it.source.to_string()),
                lines(&it.cure)
            ),
        );
        if let Some(page) = check::explain(it.rule) {
            line(
                out,
                format_args!(
                    "<details><summary>What this means</summary><pre tabindex=\"0\">{}</pre></details>",
                    lines(page)
                ),
            );
        }
        out.push_str("</article>\n");
    }
}

fn tests(out: &mut String, view: &View<'_>) -> Result<(), Problem> {
    let results = run_tests(view.org, view.at)?;
    if results.is_empty() {
        return Ok(());
    }
    let failed: Vec<_> = results.iter().filter(|it| !it.passed()).collect();
    line(
        out,
        format_args!("<h2>Routing tests</h2>\n<p>{} passed, {} failed</p>", results.len() - failed.len(), failed.len()),
    );
    for it in failed {
        let ladders = |all: &[Vec<String>]| all.iter().map(|it| it.join(", ")).collect::<Vec<_>>().join("; ");
        line(
            out,
            format_args!(
                "<article class=\"finding\"><h3>{}</h3>\n<p class=\"source\">{}</p>\n<p>expected {}</p>\n<p>found {}</p></article>",
                escaped(it.test.name.as_deref().unwrap_or("a routing test")),
                escaped(&it.test.source.to_string()),
                escaped(&ladders(&it.test.expect)),
                escaped(&ladders(&it.found)),
            ),
        );
    }
    Ok(())
}
