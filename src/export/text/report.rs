//! `report`: hours, load and pay.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::export::text::columns::{aligned, padded, width};
use crate::export::text::{FAINT, STRONG, styled};
use crate::export::{ReportBy, ReportOf, ReportWhat, report_changes};
use crate::org::PersonId;
use crate::people::{Hours, Line, Money};
use crate::time::stamp;

/// A row a person, rotation or month, and what they come to together.
pub fn report(of: &ReportOf<'_>) -> String {
    let zone = &of.reader.zone;
    let what = match of.what {
        ReportWhat::Hours => "Hours on call",
        ReportWhat::Load => "Load in weighted hours",
        ReportWhat::Pay => "Pay",
    };
    let mut out = String::new();
    let head = format!("{what} from {} to {}", stamp(of.span.start(), zone), stamp(of.span.end(), zone));
    let _ = writeln!(out, "{}\n", styled(STRONG, &head));
    if of.against.is_some() {
        out.push_str(&against(of));
        return out;
    }
    if of.lines.is_empty() {
        out.push_str("nobody was on call\n");
        return out;
    }
    let mut groups: BTreeMap<(String, Option<PersonId>), Sum> = BTreeMap::new();
    let mut all = Sum::default();
    for line in of.lines {
        groups.entry(name(of, line)).or_default().add(line);
        all.add(line);
    }
    let (head, row): (Vec<&str>, Cells) = match of.what {
        ReportWhat::Hours => {
            (vec!["HOURS", "WORKING", "EVENING", "NIGHT", "WEEKEND", "HOLIDAY"], |_, it, _| it.hours())
        }
        ReportWhat::Load => (vec!["WEIGHTED", "SHARE", "HOURS", "NIGHT", "WEEKEND", "HOLIDAY"], |_, it, all| {
            let hours = it.hours();
            let share = if all.hours.weighted > 0.0 { it.hours.weighted / all.hours.weighted * 100.0 } else { 0.0 };
            let mut cells = vec![format!("{:.1}", it.hours.weighted), format!("{share:.1} %"), hours[0].clone()];
            cells.extend_from_slice(&hours[3..]);
            cells
        }),
        ReportWhat::Pay => {
            (vec!["PAY", "HOURS", "WORKING", "EVENING", "NIGHT", "WEEKEND", "HOLIDAY", "DAYS"], |of, it, _| {
                let currency = of.org.pay.as_ref().map(|it| it.currency.as_str()).unwrap_or_default();
                let mut cells = vec![format!("{} {currency}", it.pay)];
                cells.extend(it.hours());
                cells.push(it.days.to_string());
                cells
            })
        }
    };
    let first = match of.by {
        ReportBy::Person => "PERSON",
        ReportBy::Rotation => "ROTATION",
        ReportBy::Month => "MONTH",
    };
    let mut rows = vec![[first].into_iter().chain(head).map(str::to_owned).collect::<Vec<_>>()];
    let mut groups: Vec<(String, Sum)> = groups.into_iter().map(|((name, _), sum)| (name, sum)).collect();
    if of.what == ReportWhat::Load && of.by != ReportBy::Month {
        // Heaviest first, as printed; else by name.
        groups.sort_by(|(_, left), (_, right)| right.hours.weighted.total_cmp(&left.hours.weighted));
    }
    rows.extend(groups.iter().map(|(name, sum)| [name.clone()].into_iter().chain(row(of, sum, &all)).collect()));
    if groups.len() > 1 {
        rows.push(["together".to_owned()].into_iter().chain(row(of, &all, &all)).collect());
    }
    out.push_str(&numbers(rows));
    out
}

/// The cells of a group, which is a part of all.
type Cells = fn(&ReportOf<'_>, &Sum, &Sum) -> Vec<String>;

#[derive(Default)]
struct Sum {
    hours: Hours,
    days: u32,
    pay: Money,
}

impl Sum {
    fn add(&mut self, line: &Line) {
        self.hours.add(&line.hours);
        self.days += line.days.iter().sum::<u32>();
        self.pay = self.pay + line.pay.unwrap_or_default();
    }

    /// All, then by kind.
    fn hours(&self) -> Vec<String> {
        [self.hours.total()].into_iter().chain(self.hours.seconds).map(short).collect()
    }
}

/// Hours as people read them: `168`, `24.5`.
fn short(seconds: i64) -> String {
    let tenths = (seconds * 10 + 1_800).div_euclid(3_600);
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        rest => format!("{}.{rest}", tenths / 10),
    }
}

/// What a line is counted under; two people may have one name.
fn name(of: &ReportOf<'_>, line: &Line) -> (String, Option<PersonId>) {
    match of.by {
        ReportBy::Person => (of.org.person(line.person).name.clone(), Some(line.person)),
        ReportBy::Rotation => (of.org.seat_name(line.seat), None),
        ReportBy::Month => (line.month.to_string(), None),
    }
}

fn against(of: &ReportOf<'_>) -> String {
    let changes = report_changes(of);
    let changed: Vec<_> = changes.iter().filter(|it| it.before != it.after).collect();
    let mut rows = vec![["PERSON", "BEFORE", "AFTER", "CHANGE"].map(str::to_owned).to_vec()];
    let (mut before, mut after) = (0, 0);
    for it in &changes {
        before += it.before;
        after += it.after;
    }
    let row = |name: &str, before: i64, after: i64| {
        vec![name.to_owned(), of.amount(before), of.amount(after), signed(of, after - before)]
    };
    rows.extend(changed.iter().map(|it| row(&it.name, it.before, it.after)));
    rows.push(row("together", before, after));
    let unchanged = changes.len() - changed.len();
    let mut out = numbers(rows);
    if unchanged > 0 {
        let people = if unchanged == 1 { "person is" } else { "people are" };
        let _ = writeln!(out, "{}", styled(FAINT, &format!("{unchanged} other {people} as before")));
    }
    out
}

fn signed(of: &ReportOf<'_>, amount: i64) -> String {
    let sign = if amount > 0 { "+" } else { "" };
    format!("{sign}{}", of.amount(amount))
}

/// A table whose columns but the first stand to the right.
fn numbers(rows: Vec<Vec<String>>) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().filter_map(|it| it.get(column)).map(|it| width(it)).max().unwrap_or(0))
        .collect();
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .enumerate()
        .map(|(number, row)| {
            let cells = row.into_iter().enumerate().map(|(column, cell)| {
                let cell = match column {
                    0 => padded(&cell, widths[0]),
                    _ => format!("{}{cell}", " ".repeat(widths[column].saturating_sub(width(&cell)))),
                };
                if number == 0 { styled(FAINT, &cell) } else { cell }
            });
            cells.collect()
        })
        .collect();
    aligned(&rows, "  ").into_iter().map(|it| it + "\n").collect()
}
