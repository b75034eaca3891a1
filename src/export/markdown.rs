//! For pull requests and summaries: Markdown as GitHub and GitLab render it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::check::{Finding, Level};
use crate::config::{Diagnostic, Files, Severity};
use crate::edit::unified;
use crate::export::text::{self, grouped, holders, hours, named, next_turn, on_clock, span};
use crate::export::{BalanceOf, CoverOf, EditOf, Reader};
use crate::org::Source;
use crate::pagerduty::plan::Plan;
use crate::time::stamp;

/// A row a change of hands, then what nobody can cover.
pub fn cover(found: &CoverOf<'_>) -> String {
    let CoverOf { org, cover, reader, .. } = found;
    let mut out = format!("## dogwatch cover\n\n{}.\n", cell(&text::sentence(cover)));
    if !cover.swaps.is_empty() {
        out.push_str("\n| | seat | when | who |\n|---|---|---|---|\n");
        for (swap, row) in cover.swaps.iter().flat_map(|swap| swap.rows.iter().map(move |it| (swap, it))) {
            let [person, instead] = [row.person, row.instead_of].map(|it| cell(&org.person(it).name));
            let when: Vec<String> = row
                .spans
                .iter()
                .map(|it| format!("{} to {}", stamp(it.start(), &reader.zone), stamp(it.end(), &reader.zone)))
                .collect();
            let because = cell(&text::because(org, row));
            let seat = org.seat_name(row.seat);
            let _ = writeln!(
                out,
                "| `{}` | `{seat}` | {} | **{person}** for {instead}, {because} |",
                swap.id,
                when.join("<br>")
            );
        }
    }
    if !cover.left.is_empty() {
        out.push_str("\n**Nobody stands in**\n");
        for left in &cover.left {
            let _ = writeln!(out, "\n- {}", cell(&text::left_line(org, left, &reader.zone)));
            for line in text::why_not(org, left, &reader.zone) {
                let _ = writeln!(out, "  - {}", cell(&line));
            }
        }
    }
    if !cover.withdrawn.is_empty() {
        let ids: Vec<String> = cover.withdrawn.iter().map(|it| format!("`{}`", it.id)).collect();
        let _ = writeln!(out, "\nTaken back: {}", ids.join(", "));
    }
    out
}

/// What came of it, a row a person, a row a change of hands.
pub fn balance(found: &BalanceOf<'_>) -> String {
    let BalanceOf { org, balance, request, reader, .. } = found;
    let mut out = "## dogwatch balance\n\n".to_owned();
    for line in text::sentences(found) {
        let _ = writeln!(out, "- {}", cell(line.trim()));
    }
    if !balance.shares.is_empty() {
        let header = text::header(request.since < request.span.start());
        let _ = writeln!(out, "\n| {} |\n|---{}|", header.join(" | "), "|--:".repeat(header.len() - 1));
        for row in &balance.shares {
            let cells: Vec<String> = text::share(found, row).iter().map(|it| cell(it)).collect();
            let _ = writeln!(out, "| {} |", cells.join(" | "));
        }
    }
    if !balance.rows.is_empty() {
        out.push_str("\n| seat | when | who |\n|---|---|---|\n");
        for row in &balance.rows {
            let [person, instead] = [row.person, row.instead_of].map(|it| cell(&org.person(it).name));
            let when: Vec<String> = row.spans.iter().map(|it| text::during(*it, &reader.zone)).collect();
            let seat = org.seat_name(row.seat);
            let _ = writeln!(out, "| `{seat}` | {} | **{person}** for {instead} |", when.join("<br>"));
        }
    }
    if !balance.stuck.is_empty() {
        out.push_str("\n**Nobody can hold these whole; they stay**\n\n");
        for it in &balance.stuck {
            let (seat, when) = (org.seat_name(it.seat), text::during(it.span, &reader.zone));
            let _ = writeln!(out, "- `{seat}`  {when}  {}", cell(&org.person(it.holder).name));
            for (person, objections) in &it.asked {
                let all: Vec<String> = objections.iter().map(|it| text::objection(org, it, &reader.zone)).collect();
                let _ = writeln!(out, "  - {}: {}", cell(&org.person(*person).name), cell(&all.join("; ")));
            }
        }
    }
    out
}

/// Changes that are written out.
const MOST_CHANGES: usize = 50;

/// Mistakes, then findings: each a row with a link to its line, each cure in a block below to copy from. `folder` is
/// where the files lie, as links should say it.
pub fn check(mistakes: &[Diagnostic], findings: &[Finding], files: &Files, folder: &str) -> String {
    // A source says the file as messages show it; a link, as it lies in its folder.
    let names: BTreeMap<String, &str> = files.names().map(|it| (files.source_name(it), it)).collect();
    let place = |source: &Source| {
        let name = names.get(&*source.file).copied().unwrap_or(&source.file);
        link(folder, name, Some(source.line as usize))
    };
    let mut out = String::from("## dogwatch check\n\n");
    if mistakes.is_empty() && findings.is_empty() {
        out.push_str("Nothing found.\n");
        return out;
    }
    if !mistakes.is_empty() {
        let _ =
            writeln!(out, "**{}**\n\n| | where | what | cure |\n|---|---|---|---|", counted(mistakes.len(), "mistake"));
        for it in mistakes {
            let line = it.span.as_ref().map(|span| files.line(&it.file, span.start));
            let severity = match it.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            };
            let place = link(folder, &it.file, line);
            let (what, cure) = (cell(&it.message), cell(&it.help.join("; ")));
            let _ = writeln!(out, "| {severity} `{}` | {place} | {what} | {cure} |", it.code);
        }
        out.push('\n');
    }
    if !findings.is_empty() {
        let _ = writeln!(out, "**{}**\n\n| | where | what |\n|---|---|---|", text::counted(findings));
        for it in findings {
            let level = match it.level {
                Level::Finding => "",
                Level::Note => "note ",
            };
            let _ = writeln!(out, "| {level}`{}` | {} | {} |", it.rule, place(&it.source), cell(&it.message));
        }
        out.push_str("\n<details><summary>Cures</summary>\n");
        for it in findings {
            let (first, block) = it.cure.split_once('\n').unwrap_or((&it.cure, ""));
            let _ = writeln!(out, "\n`{}`, {}: {}", it.rule, place(&it.source), cell(first));
            if !block.is_empty() {
                let fence = fence(block);
                let _ = writeln!(out, "\n{fence}toml\n{block}\n{fence}");
            }
        }
        out.push_str("\n</details>\n");
    }
    out
}

/// What a plan of PagerDuty changes, in people and hours first.
pub fn plan(plan: &Plan, reader: &Reader) -> String {
    let mut out = String::from("## PagerDuty\n\n");
    if plan.is_empty() {
        out.push_str("Nothing to do: PagerDuty holds what the files say.\n");
    }
    if !plan.changes.is_empty() {
        out.push_str("| when | schedule | now | then |\n|---|---|---|---|\n");
        for it in plan.changes.iter().take(MOST_CHANGES) {
            let (before, after) = (named(&it.before, &plan.names), named(&it.after, &plan.names));
            out.push_str(&format!(
                "| {} | {} | {} | {} |\n",
                span(it, reader),
                cell(&it.key),
                cell(&before),
                cell(&after)
            ));
        }
        if plan.changes.len() > MOST_CHANGES {
            out.push_str(&format!("\nand {} more stretches.\n", plan.changes.len() - MOST_CHANGES));
        }
    }
    let mut list = |title: &str, rows: Vec<String>| {
        if !rows.is_empty() {
            out.push_str(&format!("\n### {title}\n\n"));
            rows.iter().for_each(|it| out.push_str(&format!("- {it}\n")));
        }
    };
    let about = |about: &str, text: &str| format!("**{}** {}", cell(about), cell(text));
    list("What is done", plan.steps.iter().map(|it| about(&it.about, &on_clock(&it.title, reader))).collect());
    list("Risks", plan.risks.iter().map(|it| about(&it.name, &on_clock(&it.text, reader))).collect());
    let known = |notes| grouped(notes).into_iter().map(|(it, text)| about(&it, &on_clock(text, reader))).collect();
    list("To know", known(&plan.notes));
    list("Cannot be done", known(&plan.errors));
    out
}

/// What an edit changes, in people and hours first.
pub fn edit(edit: &EditOf<'_>, reader: &Reader) -> String {
    let org = edit.before;
    let mut out = String::from("## On call\n\n");
    edit.edit.done.iter().for_each(|it| out.push_str(&format!("- {}\n", cell(it))));
    edit.edit.notes.iter().for_each(|it| out.push_str(&format!("- note: {}\n", cell(it))));
    let at = |at| stamp(at, &reader.zone);
    let until = at(edit.difference.span.end());
    if edit.difference.changes.is_empty() {
        let _ = writeln!(out, "\nNobody's turns change until {until}.");
    } else {
        let _ = writeln!(out, "\nUntil {until}:\n\n| when | seat | hours | before | after |\n|---|---|---:|---|---|");
        for it in edit.difference.changes.iter().take(MOST_CHANGES) {
            let (start, end) = (at(it.span.start()), at(it.span.end()));
            let (before, after) = (cell(&holders(org, &it.before)), cell(&holders(org, &it.after)));
            let (seat, hours) = (cell(&org.seat_name(it.seat)), hours(it.span.seconds()));
            let _ = writeln!(out, "| {start} to {end} | {seat} | {hours} | {before} | {after} |");
        }
        if edit.difference.changes.len() > MOST_CHANGES {
            let _ = writeln!(out, "\nand {} more stretches.", edit.difference.changes.len() - MOST_CHANGES);
        }
        out.push_str("\n### To be told\n\n| who | before | after | next turn |\n|---|---:|---:|---|\n");
        for it in &edit.difference.accounts {
            let next = next_turn(it, reader);
            let name = cell(&org.person(it.person).name);
            let _ = writeln!(out, "| {name} | {} | {} | {next} |", hours(it.before), hours(it.after));
        }
    }
    let mut list = |title: &str, findings: &[Finding]| {
        if !findings.is_empty() {
            let _ = writeln!(out, "\n### {title}\n");
            findings.iter().for_each(|it| out.push_str(&format!("- `{}` {}\n", it.rule, cell(&it.message))));
        }
    };
    list("Found anew", &edit.found);
    list("No longer found", &edit.mended);
    for (name, file) in edit.names.iter().zip(&edit.edit.files) {
        let diff = unified(name, &file.before, &file.after);
        let fence = fence(&diff);
        let _ = writeln!(out, "\n{fence}diff\n{diff}{fence}");
    }
    out
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// `[search.toml:3](rotations/search.toml#L3)`.
fn link(folder: &str, file: &str, line: Option<usize>) -> String {
    let folder = folder.trim_start_matches("./").trim_end_matches('/');
    let target: String = format!("{folder}/{file}").chars().map(escaped_in_link).collect();
    match line {
        Some(line) => format!("[{}:{line}]({target}#L{line})", cell(file)),
        None => format!("[{}]({target})", cell(file)),
    }
}

fn escaped_in_link(it: char) -> String {
    match it {
        ' ' | '(' | ')' | '<' | '>' | '|' | '"' | '`' | '%' | '#' | '?' => format!("%{:02X}", u32::from(it)),
        it if it.is_control() => "%EF%BF%BD".to_owned(),
        it => it.to_string(),
    }
}

/// A text that means only itself, on one line of a table. What stands between backticks stays code.
fn cell(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let balanced = parts.len() % 2 == 1;
    let mut out = String::with_capacity(text.len() + 8);
    for (index, part) in parts.iter().enumerate() {
        let code = balanced && index % 2 == 1 && !part.is_empty();
        if index > 0 && !balanced {
            out.push_str("\\`");
        }
        if code {
            // Within code only the table's own sign needs a stroke.
            let _ = write!(out, "`{}`", part.replace('|', "\\|").replace('\n', " "));
        } else {
            part.chars().for_each(|it| escape(it, &mut out));
        }
    }
    out
}

fn escape(it: char, out: &mut String) {
    match it {
        '\n' => out.push(' '),
        it if it.is_control() => out.push('\u{fffd}'),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '&' => out.push_str("&amp;"),
        // A person who is called like an account is not to be told of every pull request.
        '@' => out.push_str("&#64;"),
        '\\' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' | '$' => out.extend(['\\', it]),
        it => out.push(it),
    }
}

/// As many backticks as no line of the block begins with.
fn fence(block: &str) -> String {
    let longest = block.split(|it| it != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_means_only_itself() {
        assert_eq!(
            cell("a|b *c* _d_ <img src=x> @ana #1 [x](y) ~z~ $e$"),
            "a\\|b \\*c\\* \\_d\\_ &lt;img src=x&gt; &#64;ana \\#1 \\[x\\](y) \\~z\\~ \\$e\\$"
        );
        assert_eq!(
            cell("no such key: `peo|ple`, did\nyou mean `people`?"),
            "no such key: `peo\\|ple`, did you mean `people`?"
        );
        assert_eq!(cell("one ` alone"), "one \\` alone");
        assert_eq!(cell("steer\u{1b}[2J"), "steer\u{fffd}\\[2J");
    }

    #[test]
    fn a_link_is_one_whatever_the_file_is_called() {
        assert_eq!(link("./x/rotations/", "a b(1).toml", Some(3)), "[a b(1).toml:3](x/rotations/a%20b%281%29.toml#L3)");
        assert_eq!(link("rotations", "web.toml", None), "[web.toml](rotations/web.toml)");
    }

    #[test]
    fn no_block_ends_before_its_end() {
        assert_eq!(fence("[limits]"), "```");
        assert_eq!(fence("reason = \"````\""), "`````");
    }
}
