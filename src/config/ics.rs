//! Calendars that people keep elsewhere: holidays and time off, read from iCalendar files.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate, NaiveDateTime};
use icalendar::parser::{Component, Property, read_calendar, unfold};

use crate::time::{Instant, Recurrence, Span, Zone, parse_duration};

/// The most days that one calendar may give.
const MOST_DAYS: usize = 100_000;

/// Why a calendar cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IcsError {
    /// Not an iCalendar file.
    #[error("not an iCalendar file: {reason}")]
    Form {
        /// What is wrong with it.
        reason: String,
    },
    /// One event cannot be understood.
    #[error("the event `{summary}`: {reason}")]
    Event {
        /// How it calls itself.
        summary: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// One event, as a stretch of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// How it calls itself.
    pub summary: Option<String>,
    /// When.
    pub when: EventTime,
}

/// When an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventTime {
    /// Whole days, from the first up to, and without, the last.
    Days(NaiveDate, NaiveDate),
    /// A stretch of instants.
    Span(Span),
}

/// What a calendar is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Every event is a holiday; they usually say `TRANSP:TRANSPARENT`, for nobody is busy then.
    Holidays,
    /// An event that says `TRANSP:TRANSPARENT` does not take the person away.
    TimeOff,
}

/// The events of a calendar in the order of the file, repeated ones each time they happen, for at most thirty years.
/// Cancelled events do not count.
///
/// `zone` is for times that are written without a zone.
///
/// # Errors
///
/// [`IcsError`], with the event that is at fault.
pub fn events(text: &str, purpose: Purpose, zone: &Zone) -> Result<Vec<Event>, IcsError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let unfolded = unfold(text);
    let calendar = read_calendar(&unfolded).map_err(|_| IcsError::Form {
        reason: "it does not read as `BEGIN:VCALENDAR` … `END:VCALENDAR`".to_owned(),
    })?;
    let mut events = Vec::new();
    for component in calendar.components.iter().filter(|it| it.name == "VEVENT") {
        let says = |name: &str, word: &str| text_of(component, name).is_some_and(|it| it.eq_ignore_ascii_case(word));
        let free = purpose == Purpose::TimeOff && says("TRANSP", "TRANSPARENT");
        if free || says("STATUS", "CANCELLED") {
            continue;
        }
        let summary = text_of(component, "SUMMARY");
        let failed = |reason: String| IcsError::Event {
            summary: summary.clone().unwrap_or_else(|| "without a summary".to_owned()),
            reason,
        };
        for when in times(component, zone).map_err(failed)? {
            events.push(Event { summary: summary.clone(), when });
            if events.len() > MOST_DAYS {
                return Err(IcsError::Form { reason: format!("it gives more than {MOST_DAYS} events") });
            }
        }
    }
    Ok(events)
}

fn text_of(component: &Component<'_>, name: &str) -> Option<String> {
    let value = component.find_prop(name)?.val.to_string();
    let value = value.replace("\\,", ",").replace("\\;", ";").replace("\\n", " ").replace("\\N", " ");
    let value = value.replace("\\\\", "\\");
    let value = value.trim().to_owned();
    (!value.is_empty()).then_some(value)
}

/// A date, or a date-time on some clock.
#[derive(Debug, Clone)]
enum Moment {
    Day(NaiveDate),
    Clock(NaiveDateTime, Zone),
}

fn times(component: &Component<'_>, zone: &Zone) -> Result<Vec<EventTime>, String> {
    let start = component.find_prop("DTSTART").ok_or("it has no `DTSTART`")?;
    let start = moment(start, zone)?;
    let end = component.find_prop("DTEND").map(|it| moment(it, zone)).transpose()?;
    let length = text_of(component, "DURATION");
    let excluded = excluded(component, zone)?;
    match (start, end) {
        (Moment::Day(first), end) => {
            let days = match (end, length) {
                (Some(Moment::Day(end)), _) => (end - first).num_days(),
                (Some(Moment::Clock(..)), _) => return Err("it starts with a date and ends with a time".to_owned()),
                (None, Some(length)) => i64::from(whole_days(&length)?),
                (None, None) => 1,
            };
            let days = u64::try_from(days)
                .ok()
                .filter(|it| (1..=366).contains(it))
                .ok_or("it has no length, or more than a year")?;
            let starts = starts(component, first.and_time(chrono::NaiveTime::MIN), &excluded)?;
            let day = |at: NaiveDateTime| {
                let end = at.date().checked_add_days(Days::new(days)).ok_or("it reaches beyond all years")?;
                Ok(EventTime::Days(at.date(), end))
            };
            starts.into_iter().map(day).collect()
        }
        (Moment::Clock(first, clock), end) => {
            let seconds = match (end, length) {
                (Some(Moment::Clock(end, end_clock)), _) => end_clock.resolve(end).seconds_since(clock.resolve(first)),
                (Some(Moment::Day(_)), _) => return Err("it starts with a time and ends with a date".to_owned()),
                (None, Some(length)) => seconds_of(&length)?,
                (None, None) => 0,
            };
            let starts = starts(component, first, &excluded)?;
            let span = |at: NaiveDateTime| {
                let start = clock.resolve(at);
                Span::new(start, Instant::from_unix(start.unix() + seconds)).map(EventTime::Span)
            };
            Ok(starts.into_iter().filter_map(span).collect())
        }
    }
}

/// The civil times at which an event happens.
fn starts(
    component: &Component<'_>,
    first: NaiveDateTime,
    excluded: &BTreeSet<NaiveDateTime>,
) -> Result<Vec<NaiveDateTime>, String> {
    let starts = match text_of(component, "RRULE") {
        None => vec![first],
        Some(rule) => {
            let (parts, mut count, mut until) = (rule.split(';'), None, None);
            let mut kept = Vec::new();
            for part in parts {
                match part.split_once('=') {
                    Some(("COUNT", number)) => {
                        count = Some(number.parse::<usize>().map_err(|_| format!("not a count: `{number}`"))?);
                    }
                    Some(("UNTIL", day)) => until = Some(last_moment(day)?),
                    _ => kept.push(part),
                }
            }
            let recurrence = Recurrence::parse(&kept.join(";")).map_err(|error| error.to_string())?;
            let horizon = chrono::Datelike::year(&first).saturating_add(30).min(2199);
            let horizon = NaiveDate::from_ymd_opt(horizon, 12, 31).unwrap_or_default().and_time(chrono::NaiveTime::MIN);
            let until = until.unwrap_or(horizon).min(horizon);
            let mut times = recurrence.expand(first, until).map_err(|error| error.to_string())?;
            times.retain(|it| *it <= until);
            times.truncate(count.unwrap_or(usize::MAX));
            times
        }
    };
    Ok(starts.into_iter().filter(|it| !excluded.contains(it)).collect())
}

fn excluded(component: &Component<'_>, zone: &Zone) -> Result<BTreeSet<NaiveDateTime>, String> {
    let mut excluded = BTreeSet::new();
    for property in component.properties.iter().filter(|it| it.name == "EXDATE") {
        for value in property.val.as_ref().split(',') {
            excluded.insert(match moment_of(value, property, zone)? {
                Moment::Day(day) => day.and_time(chrono::NaiveTime::MIN),
                Moment::Clock(at, _) => at,
            });
        }
    }
    Ok(excluded)
}

fn moment(property: &Property<'_>, zone: &Zone) -> Result<Moment, String> {
    moment_of(property.val.as_ref(), property, zone)
}

fn moment_of(value: &str, property: &Property<'_>, zone: &Zone) -> Result<Moment, String> {
    let value = value.trim();
    let known = |day: NaiveDate| {
        let year = chrono::Datelike::year(&day);
        if (1970..2200).contains(&year) { Ok(day) } else { Err(format!("`{value}` is not in the years 1970 to 2199")) }
    };
    if let Ok(day) = NaiveDate::parse_from_str(value, "%Y%m%d") {
        return known(day).map(Moment::Day);
    }
    let (clock, utc) = match value.strip_suffix('Z') {
        Some(clock) => (clock, true),
        None => (value, false),
    };
    let at = NaiveDateTime::parse_from_str(clock, "%Y%m%dT%H%M%S").map_err(|_| format!("not a time: `{value}`"))?;
    known(at.date())?;
    let named = property.params.iter().find(|it| it.key == "TZID").and_then(|it| it.val.as_ref());
    let zone = match named {
        _ if utc => Zone::utc(),
        Some(name) => Zone::named(name.to_string().trim_matches('"')).map_err(|error| error.to_string())?,
        None => zone.clone(),
    };
    Ok(Moment::Clock(at, zone))
}

fn last_moment(text: &str) -> Result<NaiveDateTime, String> {
    let clock = text.strip_suffix('Z').unwrap_or(text);
    let whole_day = NaiveDate::parse_from_str(clock, "%Y%m%d").ok().and_then(|it| it.and_hms_opt(23, 59, 59));
    let at = NaiveDateTime::parse_from_str(clock, "%Y%m%dT%H%M%S").ok();
    whole_day.or(at).ok_or_else(|| format!("not an `UNTIL`: `{text}`"))
}

/// `P2D` and `P1W` as days.
fn whole_days(text: &str) -> Result<u32, String> {
    let failed = || format!("not a length in days: `{text}`");
    let body = text.strip_prefix('P').ok_or_else(failed)?;
    let (number, factor) = match (body.strip_suffix('D'), body.strip_suffix('W')) {
        (Some(days), _) => (days, 1),
        (_, Some(weeks)) => (weeks, 7),
        _ => return Err(failed()),
    };
    number.parse::<u32>().ok().and_then(|it| it.checked_mul(factor)).ok_or_else(failed)
}

/// `PT1H30M` and `P1DT2H` as seconds.
fn seconds_of(text: &str) -> Result<i64, String> {
    let failed = || format!("not a length: `{text}`");
    let body = text.strip_prefix('P').ok_or_else(failed)?;
    let (days, clock) = body.split_once('T').unwrap_or((body, ""));
    let days = if days.is_empty() { 0 } else { whole_days(&format!("P{days}"))? };
    let clock = match clock {
        "" => 0,
        clock => parse_duration(&clock.to_lowercase()).map_err(|_| failed())?.as_secs(),
    };
    let clock = i64::try_from(clock).map_err(|_| failed())?;
    Ok(i64::from(days) * crate::time::CIVIL_DAY + clock)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(event: &str) -> String {
        format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
    }

    #[track_caller]
    fn shown(event: &str, expected: &[&str]) {
        let zone = Zone::named("Europe/Dublin").unwrap();
        let text = match events(&calendar(event), Purpose::TimeOff, &zone) {
            Err(error) => vec![error.to_string()],
            Ok(events) => events
                .iter()
                .map(|it| match it.when {
                    EventTime::Days(first, end) => format!("{first} to {end}"),
                    EventTime::Span(span) => span.to_string(),
                })
                .collect(),
        };
        assert_eq!(text, expected);
    }

    #[test]
    fn whole_days_end_where_they_say() {
        shown("DTSTART;VALUE=DATE:20260316\r\nDTEND;VALUE=DATE:20260321", &["2026-03-16 to 2026-03-21"]);
        shown("DTSTART;VALUE=DATE:20260316", &["2026-03-16 to 2026-03-17"]);
        shown("DTSTART;VALUE=DATE:20260316\r\nDURATION:P1W", &["2026-03-16 to 2026-03-23"]);
    }

    #[test]
    fn times_are_on_their_own_clock() {
        let utc = "DTSTART:20260316T090000Z\r\nDTEND:20260316T100000Z";
        shown(utc, &["2026-03-16T09:00:00Z to 2026-03-16T10:00:00Z"]);
        let named = "DTSTART;TZID=America/New_York:20260316T090000\r\nDURATION:PT1H30M";
        shown(named, &["2026-03-16T13:00:00Z to 2026-03-16T14:30:00Z"]);
        // Dublin is an hour ahead of UTC in July.
        shown("DTSTART:20260701T090000\r\nDTEND:20260701T100000", &["2026-07-01T08:00:00Z to 2026-07-01T09:00:00Z"]);
    }

    #[test]
    fn what_repeats_happens_each_time_but_the_excluded() {
        shown(
            "DTSTART;VALUE=DATE:20260105\r\nRRULE:FREQ=WEEKLY;COUNT=4\r\nEXDATE;VALUE=DATE:20260119",
            &["2026-01-05 to 2026-01-06", "2026-01-12 to 2026-01-13", "2026-01-26 to 2026-01-27"],
        );
        shown(
            "DTSTART:20260328T090000\r\nDTEND:20260328T100000\r\nRRULE:FREQ=DAILY;UNTIL=20260329T235959Z",
            // The clocks go forward in between.
            &["2026-03-28T09:00:00Z to 2026-03-28T10:00:00Z", "2026-03-29T08:00:00Z to 2026-03-29T09:00:00Z"],
        );
    }

    #[test]
    fn who_is_free_or_cancelled_is_not_away() {
        shown("DTSTART;VALUE=DATE:20260316\r\nTRANSP:TRANSPARENT", &[]);
        shown("DTSTART;VALUE=DATE:20260316\r\nSTATUS:CANCELLED", &[]);
    }

    #[test]
    fn what_cannot_be_read_says_which_event() {
        shown("SUMMARY:Skiing", &["the event `Skiing`: it has no `DTSTART`"]);
        shown(
            "SUMMARY:Skiing\r\nDTSTART;TZID=Mars/Olympus:20260316T090000",
            &["the event `Skiing`: no such time zone: `Mars/Olympus`"],
        );
        let zone = Zone::utc();
        let error = events("not a calendar", Purpose::Holidays, &zone).unwrap_err();
        let reason = "not an iCalendar file: it does not read as `BEGIN:VCALENDAR` … `END:VCALENDAR`";
        assert_eq!(error.to_string(), reason);
    }
}
