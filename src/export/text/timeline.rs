//! A span of time drawn on one line of characters.

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

    /// A line with the days, or the weeks or months if days are too narrow.
    pub fn axis(&self, zone: &Zone) -> String {
        let mut line = String::new();
        let mut day = zone.day(self.span.start());
        let days = (zone.day(self.span.end()) - day).num_days().max(1);
        let per_day = self.columns / usize::try_from(days).unwrap_or(1);
        let (format, step) = match per_day {
            7.. => ("%a %-d", 1),
            3..=6 => ("%-d", 1),
            1..=2 => ("%-d %b", 7),
            0 => ("%b %y", 28),
        };
        for _ in 0..=days {
            let at = zone.start_of_day(day).max(self.span.start());
            let column = self.column(at);
            let room = column >= width(&line) + usize::from(!line.is_empty());
            let text = day.format(format).to_string();
            if at < self.span.end() && room && column + width(&text) <= self.columns {
                line.push_str(&" ".repeat(column - width(&line)));
                line.push_str(&text);
            }
            match day.checked_add_days(chrono::Days::new(step)) {
                Some(next) => day = next,
                None => break,
            }
            if at >= self.span.end() {
                break;
            }
        }
        line
    }

    /// Bars side by side; a bar that starts within another begins a new line.
    pub fn lines(&self, bars: &[Bar]) -> Vec<String> {
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
        lanes.iter().map(|(_, lane)| self.line(lane)).collect()
    }

    fn line(&self, bars: &[&Bar]) -> String {
        let mut line = String::new();
        let mut at = 0;
        for bar in bars {
            let start = self.column(bar.span.start()).max(at);
            let end = self.column(bar.span.end()).max(start);
            if end == start {
                continue;
            }
            line.push_str(&" ".repeat(start - at));
            line.push_str(&drawn(bar, end - start, bar.span.start() < self.span.start()));
            at = end;
        }
        line.trim_end().to_owned()
    }
}

fn drawn(bar: &Bar, columns: usize, before: bool) -> String {
    let (open, fill) = match bar.kind {
        Kind::Shift => (if before { "─" } else { "├" }, "─"),
        Kind::Override => ("╞", "═"),
        Kind::Vacant => ("·", "·"),
        Kind::Gap => ("!", "!"),
    };
    let label = cut(&bar.label, columns.saturating_sub(1));
    let rest = columns.saturating_sub(1 + width(&label));
    match bar.kind {
        Kind::Gap => styled(BAD, &format!("{open}{label}{}", fill.repeat(rest))),
        _ => format!("{}{label}{}", styled(FAINT, open), styled(FAINT, &fill.repeat(rest))),
    }
}
