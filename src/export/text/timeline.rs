//! A span of time drawn on one line of characters.

use chrono::{Days, NaiveDate};

use crate::export::text::columns::{cut, width};
use crate::export::text::{BAD, FAINT, styled};
use crate::time::{Instant, Span, Zone};

/// A span and how many columns it has.
pub(super) struct Scale {
    pub span: Span,
    pub columns: usize,
}

/// Something to be drawn: when, what is written into it, and what kind of thing it is.
pub(super) struct Bar {
    pub span: Span,
    pub label: String,
    pub kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Shift,
    Override,
    Vacant,
    Gap,
}

impl Scale {
    fn column(&self, at: Instant) -> usize {
        let into = i128::from(at.unix() - self.span.start().unix()).max(0);
        let column = into * self.columns as i128 / i128::from(self.span.seconds());
        usize::try_from(column).unwrap_or(0).min(self.columns)
    }

    /// Lines with the days, or the weeks or months if days are too narrow.
    pub fn axis(&self, zone: &Zone) -> Vec<String> {
        let first = zone.day(self.span.start());
        let days = (zone.day(self.span.end()) - first).num_days().max(1);
        let formats: (&[&str], u64) = match self.columns / usize::try_from(days).unwrap_or(1) {
            12.. => (&["%a %-d %b"], 1),
            7..=11 => (&["%a %-d"], 1),
            4..=6 => (&["%a", "%-d"], 1),
            3 => (&["%-d"], 1),
            1..=2 => (&["%-d %b"], 7),
            0 => (&["%Y-%m"], 28),
        };
        formats.0.iter().map(|format| self.marked(zone, first, format, formats.1)).collect()
    }

    /// A line with a date at every `step`th day, as far as there is room.
    fn marked(&self, zone: &Zone, first: NaiveDate, format: &str, step: u64) -> String {
        let mut line = String::new();
        let mut day = Some(first);
        while let Some(here) = day {
            let at = zone.start_of_day(here).max(self.span.start());
            if at >= self.span.end() {
                break;
            }
            // A day that the calendar there skips, as Samoa did, has no place.
            let skipped = here.succ_opt().is_some_and(|it| zone.start_of_day(it) == zone.start_of_day(here));
            if skipped {
                day = here.checked_add_days(Days::new(1));
                continue;
            }
            let column = self.column(at);
            let text = here.format(format).to_string();
            let free = width(&line) + usize::from(!line.is_empty());
            if column >= free && column + width(&text) <= self.columns {
                line.push_str(&" ".repeat(column - width(&line)));
                line.push_str(&text);
            }
            day = here.checked_add_days(Days::new(step));
        }
        line
    }

    /// Marks for the labels that do not always fit into their bars.
    pub fn marks<'a>(&self, bars: impl Iterator<Item = &'a Bar>) -> Marks {
        let mut marks = Marks(Vec::new());
        for bar in bars {
            let columns = self.column(bar.span.end()).saturating_sub(self.column(bar.span.start()));
            let named = matches!(bar.kind, Kind::Shift | Kind::Override);
            let new = !marks.0.iter().any(|(label, _)| *label == bar.label);
            if named
                && new
                && width(&bar.label) + 1 > columns
                && let Some(mark) = ('a'..='z').chain('A'..='Z').nth(marks.0.len())
            {
                marks.0.push((bar.label.clone(), mark));
            }
        }
        marks
    }

    /// Bars side by side; a bar that starts within another begins a new line.
    pub fn lines(&self, bars: &[Bar], marks: &Marks) -> Vec<String> {
        let mut lanes: Vec<(Instant, Vec<&Bar>)> = Vec::new();
        for bar in bars {
            match lanes.iter_mut().find(|(end, _)| *end <= bar.span.start()) {
                Some((end, lane)) => {
                    *end = bar.span.end();
                    lane.push(bar);
                }
                None => lanes.push((bar.span.end(), vec![bar])),
            }
        }
        lanes.iter().map(|(_, lane)| self.line(lane, marks)).collect()
    }

    fn line(&self, bars: &[&Bar], marks: &Marks) -> String {
        let mut line = String::new();
        let mut at = 0;
        for bar in bars {
            let start = self.column(bar.span.start()).max(at);
            let end = self.column(bar.span.end()).max(start);
            if end == start {
                continue;
            }
            line.push_str(&" ".repeat(start - at));
            line.push_str(&drawn(bar, end - start, bar.span.start() < self.span.start(), marks));
            at = end;
        }
        line.trim_end().to_owned()
    }
}

/// Letters that stand for labels, with the labels in the order in which they were met.
pub(super) struct Marks(Vec<(String, char)>);

impl Marks {
    fn of(&self, label: &str) -> Option<char> {
        self.0.iter().find(|(it, _)| it == label).map(|(_, mark)| *mark)
    }

    /// What each letter stands for, as `a ana`.
    pub fn legend(&self) -> Vec<String> {
        self.0.iter().map(|(label, mark)| format!("{mark} {label}")).collect()
    }
}

fn drawn(bar: &Bar, columns: usize, before: bool, marks: &Marks) -> String {
    let (open, fill) = match bar.kind {
        Kind::Shift => (if before { "─" } else { "├" }, "─"),
        Kind::Override => ("╞", "═"),
        Kind::Vacant => ("·", "·"),
        Kind::Gap => ("!", "!"),
    };
    let label = match marks.of(&bar.label) {
        Some(mark) if width(&bar.label) + 1 > columns => mark.to_string(),
        _ => cut(&bar.label, columns.saturating_sub(1)),
    };
    let open = if columns > width(&label) { open } else { "" };
    let rest = columns.saturating_sub(width(open) + width(&label));
    match bar.kind {
        Kind::Gap => styled(BAD, &format!("{open}{label}{}", fill.repeat(rest))),
        _ => format!("{}{label}{}", styled(FAINT, open), styled(FAINT, &fill.repeat(rest))),
    }
}
