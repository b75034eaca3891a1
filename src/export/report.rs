//! Reports of hours, load and pay: what all formats share, and CSV for payroll.

use std::collections::BTreeMap;

use crate::export::Reader;
use crate::export::csv::{Table, harmless, hours};
use crate::org::Org;
use crate::people::{Line, Money};
use crate::time::Span;

/// A report, and how it is to be shown.
#[derive(Debug, Clone, Copy)]
pub struct ReportOf<'a> {
    /// Whose ids these are.
    pub org: &'a Org,
    /// What was counted.
    pub lines: &'a [Line],
    /// Over which time.
    pub span: Span,
    /// For whom it is shown.
    pub reader: &'a Reader,
    /// What was asked for.
    pub what: ReportWhat,
    /// What a line of text is about.
    pub by: ReportBy,
    /// A revision, its organisation, and what was counted in that.
    pub against: Option<(&'a str, &'a Org, &'a [Line])>,
}

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportWhat {
    /// Hours held.
    Hours,
    /// What they weigh.
    Load,
    /// What they are paid.
    Pay,
}

/// What a line of text is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportBy {
    /// A person.
    Person,
    /// A seat of a rotation.
    Rotation,
    /// A month.
    Month,
}

/// What has changed for one person: seconds, hundredths of weighted hours, or cents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub key: String,
    pub name: String,
    pub before: i64,
    pub after: i64,
}

impl ReportOf<'_> {
    /// What of a line counts.
    fn of_line(&self, line: &Line) -> i64 {
        match self.what {
            ReportWhat::Hours => line.hours.total(),
            ReportWhat::Load => (line.hours.weighted * 100.0).round() as i64,
            ReportWhat::Pay => line.pay.unwrap_or_default().0,
        }
    }

    /// Such an amount, as people read it.
    pub(super) fn amount(&self, amount: i64) -> String {
        match self.what {
            ReportWhat::Hours if amount < 0 => format!("-{}", hours(-amount)),
            ReportWhat::Hours => hours(amount),
            ReportWhat::Load | ReportWhat::Pay => Money(amount).to_string(),
        }
    }
}

/// What has changed since the revision, by person, in alphabetical order of their keys.
pub(super) fn report_changes(of: &ReportOf<'_>) -> Vec<Change> {
    let mut changes: BTreeMap<String, Change> = BTreeMap::new();
    let before = of.against.iter().flat_map(|(_, org, lines)| lines.iter().map(move |it| (*org, it, true)));
    let after = of.lines.iter().map(|it| (of.org, it, false));
    for (org, line, was) in before.chain(after) {
        let person = org.person(line.person);
        let (key, name) = (person.key.clone(), person.name.clone());
        let change = changes.entry(key.clone()).or_insert(Change { key, name, before: 0, after: 0 });
        match was {
            true => change.before += of.of_line(line),
            false => change.after += of.of_line(line),
        }
    }
    changes.into_values().collect()
}

/// For payroll: a row a month, person and seat; or, against a revision, a row a person.
pub fn report_csv(of: &ReportOf<'_>) -> String {
    if of.against.is_some() {
        let mut table = Table::with_head(&["person", "name", "before", "after", "change"]);
        for it in report_changes(of) {
            let [before, after, change] = [it.before, it.after, it.after - it.before].map(|it| of.amount(it));
            table.numbers(&[&it.key, &it.name], &[&before, &after, &change]);
        }
        return table.finish();
    }
    let mut head = vec!["month", "person", "name", "email", "rotation", "seat", "hours"];
    head.extend(["working", "evening", "night", "weekend", "holiday", "weighted_hours"]);
    if of.what != ReportWhat::Hours {
        head.extend(["weekdays", "weekend_days", "holidays"]);
    }
    if of.what == ReportWhat::Pay {
        head.extend(["pay", "currency"]);
    }
    let mut table = Table::with_head(&head);
    let currency = of.org.pay.as_ref().map(|it| it.currency.as_str()).unwrap_or_default();
    for line in of.lines {
        let person = of.org.person(line.person);
        let rotation = of.org.rotation(line.seat.rotation);
        let [month, seat] = [line.month.to_string(), line.seat.seat.to_string()];
        let words =
            [&month, &person.key, &person.name, person.email.as_deref().unwrap_or_default(), &rotation.key, &seat];
        let mut numbers: Vec<String> = [line.hours.total()].into_iter().chain(line.hours.seconds).map(hours).collect();
        numbers.push(format!("{:.2}", line.hours.weighted));
        if of.what != ReportWhat::Hours {
            numbers.extend(line.days.map(|it| it.to_string()));
        }
        if of.what == ReportWhat::Pay {
            numbers.push(line.pay.unwrap_or_default().to_string());
            numbers.push(harmless(currency));
        }
        table.numbers(&words, &numbers.iter().map(String::as_str).collect::<Vec<_>>());
    }
    table.finish()
}
