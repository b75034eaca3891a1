//! `show --format csv`: for spreadsheets, a row a shift and a row a gap.

use crate::calendar::{Bill, Row, Why};
use crate::export::{Reader, reason};
use crate::time::{Span, rfc3339};

const HEAD: [&str; 15] = [
    "rotation",
    "seat",
    "kind",
    "person",
    "name",
    "email",
    "start_utc",
    "end_utc",
    "start",
    "end",
    "hours",
    "why",
    "source",
    "planned_start_utc",
    "planned_end_utc",
];

/// A row a shift and a row a gap, by seat and then by start.
///
/// A gap is a row of its own kind, without a person: so the hours of a seat that is promised around the clock add up,
/// and nobody takes an empty night for one that was forgotten in the export. A shift that was planned for longer, and is cut
/// by the span or by another, says so in its last two cells.
pub fn csv(bill: &Bill<'_>, reader: &Reader) -> String {
    let mut table = Table::new();
    for Row { seat, shifts, gaps } in &bill.rows {
        let rotation = bill.org.rotation(seat.rotation);
        let mut rows: Vec<(Span, [String; 8])> = Vec::with_capacity(shifts.len() + gaps.len());
        for shift in shifts {
            let person = shift.holder.person().map(|it| bill.org.person(it));
            let kind = match (person, shift.why) {
                (None, _) => "vacant",
                (Some(_), Why::Turn { .. }) => "turn",
                (Some(_), Why::Override { .. }) => "override",
            };
            let [key, name] = [person.map(|it| &it.key), person.map(|it| &it.name)].map(|it| it.cloned());
            let email = person.and_then(|it| it.email.clone());
            let why = reason(bill.org, *seat, shift.why, &reader.zone);
            let source = shift.why.source(bill.org, *seat).map(ToString::to_string);
            let [key, name, email, source] = [key, name, email, source].map(Option::unwrap_or_default);
            let [planned_start, planned_end] = [shift.planned.start(), shift.planned.end()].map(|it| it.to_string());
            let cells = [kind.to_owned(), key, name, email, why, source, planned_start, planned_end];
            rows.push((shift.span, cells));
        }
        let gap = ["gap", "", "", "", "promised, and held by nobody", "", "", ""].map(str::to_owned);
        rows.extend(gaps.iter().map(|it| (*it, gap.clone())));
        rows.sort_by_key(|(span, _)| span.start());
        for (span, [kind, key, name, email, why, source, planned_start, planned_end]) in rows {
            let (start, end) = (span.start(), span.end());
            let on_clock = [rfc3339(start, &reader.zone), rfc3339(end, &reader.zone)];
            let [local_start, local_end] = on_clock;
            table.row([
                &rotation.key,
                &seat.seat.to_string(),
                &kind,
                &key,
                &name,
                &email,
                &start.to_string(),
                &end.to_string(),
                &local_start,
                &local_end,
                &hours(span.seconds()),
                &why,
                &source,
                &planned_start,
                &planned_end,
            ]);
        }
    }
    table.finish()
}

pub(super) struct Table(csv::Writer<Vec<u8>>);

impl Table {
    fn new() -> Table {
        Table::with_head(&HEAD)
    }

    pub fn with_head(head: &[&str]) -> Table {
        let mut table = Table(csv::Writer::from_writer(Vec::new()));
        table.numbers(head, &[]);
        table
    }

    fn row(&mut self, cells: [&str; HEAD.len()]) {
        self.numbers(&cells, &[]);
    }

    /// Cells, then numbers of our own: those may begin with a minus.
    pub fn numbers(&mut self, cells: &[&str], numbers: &[&str]) {
        let cells = cells.iter().map(|it| harmless(it)).chain(numbers.iter().map(|it| (*it).to_owned()));
        self.0.write_record(cells).expect("all rows are as long, and memory takes them");
    }

    pub fn finish(self) -> String {
        let bytes = self.0.into_inner().expect("memory takes all rows");
        String::from_utf8(bytes).expect("rows of text are text")
    }
}

/// A cell that a spreadsheet does not take for a formula: what begins like one has an apostrophe before it.
pub(super) fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{cell}") } else { cell.to_owned() }
}

/// Hours with up to four decimals: `168`, `0.5`, `0.0833`.
pub(super) fn hours(seconds: i64) -> String {
    // Seconds of a span are positive, so half up is nearest.
    let ten_thousandths = (i128::from(seconds) * 10_000 + 1_800) / 3_600;
    let (whole, rest) = (ten_thousandths / 10_000, ten_thousandths % 10_000);
    match rest {
        0 => whole.to_string(),
        _ => format!("{whole}.{rest:04}").trim_end_matches('0').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_decimal_and_as_short_as_is_exact_to_half_a_second() {
        let seconds = [1, 1_800, 300, 3_600, 604_800, 88_200];
        assert_eq!(seconds.map(hours), ["0.0003", "0.5", "0.0833", "1", "168", "24.5"]);
    }

    #[test]
    fn what_begins_like_a_formula_is_text() {
        let cells = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "Ana = Bo", "'", ""];
        let expected = ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\tx", "'\rx", "Ana = Bo", "'", ""];
        assert_eq!(cells.map(harmless), expected);
    }
}
