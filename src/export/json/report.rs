//! `report`: hours, load and pay.

use crate::export::json::{Clock, VERSION, views};
use crate::export::{ReportOf, ReportWhat, report_changes};

views! {
    /// `report --format json`.
    struct ReportView {
        /// Always 1.
        version: u32,
        /// Always "report".
        kind: &'static str,
        /// "hours", "load" or "pay". Load and pay count an hour in two seats once.
        what: &'static str,
        /// The first instant.
        from: String,
        /// The first instant after.
        until: String,
        /// In which pay is, if anything is said about it.
        currency: Option<String>,
        /// By month on the reader's clock, person and seat.
        lines: Vec<ReportLineView>,
        /// The revision that was compared with.
        against: Option<String>,
        /// What has changed since then, by person; those who held nothing are not here.
        changes: Option<Vec<ReportChangeView>>,
    }

    /// What one person held in one seat in one month.
    struct ReportLineView {
        /// `2026-03`.
        month: String,
        /// Who.
        person: String,
        /// The seat: `search`, `search.secondary`.
        seat: String,
        /// How long.
        seconds: i64,
        /// Of these, within working hours.
        working: i64,
        /// Neither work nor sleep.
        evening: i64,
        /// Of sleep, on working days.
        night: i64,
        /// On Saturdays and Sundays.
        weekend: i64,
        /// On public holidays of the person's region.
        holiday: i64,
        /// In ordinary hours, by `[weights]`.
        weighted_hours: f64,
        /// Weekdays on which they were on call; of `hours`, always 0, as the two below.
        weekdays: u32,
        /// Saturdays and Sundays.
        weekend_days: u32,
        /// Public holidays.
        holidays: u32,
        /// What that is paid, as a decimal number in a text.
        pay: Option<String>,
    }

    /// What has changed for one person.
    struct ReportChangeView {
        /// Who.
        person: String,
        /// At the revision: seconds, hundredths of weighted hours, or hundredths of the currency's unit.
        before: i64,
        /// In the files as they are.
        after: i64,
    }
}

/// The view of a report.
pub fn report(of: &ReportOf<'_>) -> ReportView {
    let clock = Clock(of.reader);
    let lines = of.lines.iter().map(|line| {
        let [working, evening, night, weekend, holiday] = line.hours.seconds;
        let [weekdays, weekend_days, holidays] = line.days;
        ReportLineView {
            month: line.month.to_string(),
            person: of.org.person(line.person).key.clone(),
            seat: of.org.seat_name(line.seat),
            seconds: line.hours.total(),
            working,
            evening,
            night,
            weekend,
            holiday,
            weighted_hours: line.hours.weighted,
            weekdays,
            weekend_days,
            holidays,
            pay: line.pay.map(|it| it.to_string()),
        }
    });
    let changes = of.against.map(|_| {
        let changes = report_changes(of).into_iter();
        changes.map(|it| ReportChangeView { person: it.key, before: it.before, after: it.after }).collect()
    });
    ReportView {
        version: VERSION,
        kind: "report",
        what: match of.what {
            ReportWhat::Hours => "hours",
            ReportWhat::Load => "load",
            ReportWhat::Pay => "pay",
        },
        from: clock.at(of.span.start()),
        until: clock.at(of.span.end()),
        currency: of.org.pay.as_ref().map(|it| it.currency.clone()),
        lines: lines.collect(),
        against: of.against.map(|(revision, ..)| revision.to_owned()),
        changes,
    }
}
