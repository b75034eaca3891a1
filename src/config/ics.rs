//! Calendars that people keep elsewhere: holidays and time off, read from iCalendar files.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};
use icalendar::parser::{Component, Property, read_components, unfold};

use crate::org::is_unseen;
use crate::time::{Instant, Recurrence, RecurrenceError, Span, Zone, parse_duration, windows_zone};

/// The most events, and the most days, that one calendar may give.
const MOST: usize = 100_000;
/// How deep components may be nested: the parser goes down for each.
const MOST_DEPTH: usize = 16;
/// How far a rule without an end is followed, in years from its start.
const MOST_YEARS: i32 = 30;

/// Why a calendar cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IcsError {
    /// Not an iCalendar file.
    #[error("not an iCalendar file: {reason}")]
    Form {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A bound was reached.
    #[error("it gives more than {MOST} {what}")]
    TooMuch {
        /// `events` or `days`.
        what: &'static str,
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
/// Cancelled events do not count, and one that was moved does not happen where it was.
///
/// `zone` is for times that are written without a zone.
///
/// # Errors
///
/// [`IcsError`], with the event that is at fault.
pub fn events(text: &str, purpose: Purpose, zone: &Zone) -> Result<Vec<Event>, IcsError> {
    read(text, purpose, zone).0
}

/// The same, and whether it depends on `zone`: if not, whoever has another one need not read the calendar again.
pub fn read(text: &str, purpose: Purpose, zone: &Zone) -> (Result<Vec<Event>, IcsError>, bool) {
    let clocks = Clocks { own: zone, own_matters: Cell::new(false), named: RefCell::default() };
    (events_by(text, purpose, &clocks), clocks.own_matters.get())
}

/// The clock of times that name none, and those that were named so far: a calendar names the same ones in every event.
struct Clocks<'a> {
    own: &'a Zone,
    own_matters: Cell<bool>,
    named: RefCell<BTreeMap<String, Option<Zone>>>,
}

impl Clocks<'_> {
    fn own(&self) -> Zone {
        self.own_matters.set(true);
        self.own.clone()
    }

    /// By a name of the IANA database, or one of Windows, as Outlook and Exchange write it.
    fn named(&self, name: &str) -> Result<Zone, String> {
        let mut named = self.named.borrow_mut();
        let known = match named.get(name) {
            Some(known) => known.clone(),
            None => {
                let zone = Zone::named(name).ok().or_else(|| windows_zone(name));
                named.insert(name.to_owned(), zone.clone());
                zone
            }
        };
        let shown = note(name);
        known.ok_or_else(|| {
            format!("no such time zone: `{shown}`; known are names such as Europe/Dublin, and those of Windows")
        })
    }
}

fn events_by(text: &str, purpose: Purpose, clocks: &Clocks<'_>) -> Result<Vec<Event>, IcsError> {
    let text = unfold(text.strip_prefix('\u{feff}').unwrap_or(text));
    let form = || IcsError::Form { reason: "it does not read as `BEGIN:VCALENDAR` … `END:VCALENDAR`" };
    let mut calendars: Vec<Component<'_>> = Vec::new();
    for root in roots(&text)? {
        calendars.extend(read_components(root).map_err(|_| form())?);
    }
    if calendars.is_empty() || calendars.iter().any(|it| it.name != "VCALENDAR") {
        return Err(form());
    }
    let components = calendars.iter().flat_map(|it| &it.components).filter(|it| it.name == "VEVENT");
    let mut moved: BTreeMap<String, Excluded> = BTreeMap::new();
    for component in components.clone() {
        if let (Some(uid), Some(original)) = (text_of(component, "UID"), component.find_prop("RECURRENCE-ID")) {
            if original.params.iter().any(|it| it.key == "RANGE") {
                return Err(at_fault(
                    component,
                    "it moves all that follow it, which is not understood here".to_owned(),
                ));
            }
            let excluded = moved.entry(uid).or_default();
            excluded.add(moment(original, clocks).map_err(|reason| at_fault(component, reason))?);
        }
    }
    let mut events = Vec::new();
    for component in components {
        let says = |name: &str, word: &str| text_of(component, name).is_some_and(|it| it.eq_ignore_ascii_case(word));
        let free = purpose == Purpose::TimeOff && says("TRANSP", "TRANSPARENT");
        if free || says("STATUS", "CANCELLED") {
            continue;
        }
        let one_of_many = component.find_prop("RECURRENCE-ID").is_some();
        let excluded = text_of(component, "UID").and_then(|it| moved.get(&it)).filter(|_| !one_of_many);
        let left = MOST - events.len();
        let times = times(component, clocks, excluded, left + 1).map_err(|reason| at_fault(component, reason))?;
        if times.len() > left {
            return Err(IcsError::TooMuch { what: "events" });
        }
        let summary = text_of(component, "SUMMARY").map(|it| note(&it));
        events.extend(times.into_iter().map(|when| Event { summary: summary.clone(), when }));
    }
    Ok(events)
}

/// The days of a calendar: those on which an event happens.
///
/// # Errors
///
/// [`IcsError`], with the event that is at fault.
pub fn days(text: &str, zone: &Zone) -> Result<BTreeSet<NaiveDate>, IcsError> {
    let mut days = BTreeSet::new();
    let mut left = MOST;
    for event in events(text, Purpose::Holidays, zone)? {
        let (first, last) = match event.when {
            EventTime::Days(first, end) => (first, end.pred_opt().unwrap_or(end)),
            EventTime::Span(span) => (zone.day(span.start()), zone.day(Instant::from_unix(span.end().unix() - 1))),
        };
        for day in first.iter_days().take_while(|day| *day <= last) {
            left = left.checked_sub(1).ok_or(IcsError::TooMuch { what: "days" })?;
            days.insert(day);
        }
    }
    Ok(days)
}

/// The outermost components: the parser knows only one, and some programs put several into a file.
fn roots(text: &str) -> Result<Vec<&str>, IcsError> {
    let (mut roots, mut depth, mut start, mut at) = (Vec::new(), 0_usize, 0, 0);
    for line in text.split_inclusive('\n') {
        at += line.len();
        if line.starts_with("BEGIN:") {
            depth += 1;
            if depth > MOST_DEPTH {
                return Err(IcsError::Form { reason: "its components are nested too deep" });
            }
        } else if line.starts_with("END:") {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                roots.push(&text[start..at]);
                start = at;
            }
        }
    }
    if !text[start..].trim().is_empty() {
        roots.push(&text[start..]);
    }
    Ok(roots)
}

fn at_fault(component: &Component<'_>, reason: String) -> IcsError {
    IcsError::Event {
        summary: text_of(component, "SUMMARY").map_or_else(|| "without a summary".to_owned(), |it| note(&it)),
        reason,
    }
}

/// When an event does not happen, although its rule says so.
#[derive(Debug, Default)]
struct Excluded {
    days: BTreeSet<NaiveDate>,
    instants: BTreeSet<Instant>,
}

impl Excluded {
    fn add(&mut self, moment: Moment) {
        match moment {
            Moment::Day(day) => self.days.insert(day),
            Moment::Clock(at, zone) => self.instants.insert(zone.resolve(at)),
        };
    }

    /// A day excludes all that starts on it.
    fn contains(&self, at: NaiveDateTime, zone: &Zone) -> bool {
        self.days.contains(&at.date()) || self.instants.contains(&zone.resolve(at))
    }
}

/// A summary as a note in one line: calendars of others hold line breaks, marks of direction and whole letters.
fn note(summary: &str) -> String {
    const MOST: usize = 200;
    let plain = summary.chars().map(|it| if is_unseen(it) { ' ' } else { it }).collect::<String>();
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(MOST) {
        Some((cut, _)) => format!("{}…", &words[..cut]),
        None => words,
    }
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

fn times(
    component: &Component<'_>,
    clocks: &Clocks<'_>,
    moved: Option<&Excluded>,
    most: usize,
) -> Result<Vec<EventTime>, String> {
    let start = component.find_prop("DTSTART").ok_or("it has no `DTSTART`")?;
    let start = moment(start, clocks)?;
    let end = component.find_prop("DTEND").map(|it| moment(it, clocks)).transpose()?;
    let length = text_of(component, "DURATION");
    let mut excluded = Excluded::default();
    for moment in listed(component, "EXDATE", clocks)? {
        excluded.add(moment);
    }
    let clock = match &start {
        // One whole day is the same on all clocks; what repeats is held against instants.
        Moment::Day(_) if moved.is_none() && !repeats(component) => clocks.own.clone(),
        Moment::Day(_) => clocks.own(),
        Moment::Clock(_, zone) => zone.clone(),
    };
    let first = match &start {
        Moment::Day(day) => day.and_time(NaiveTime::MIN),
        Moment::Clock(at, _) => *at,
    };
    let mut starts = starts(component, first, &clock, most)?;
    for moment in listed(component, "RDATE", clocks)? {
        starts.push(match moment {
            Moment::Day(day) => day.and_time(first.time()),
            Moment::Clock(at, zone) => clock.civil(zone.resolve(at)),
        });
    }
    starts.retain(|it| !excluded.contains(*it, &clock) && !moved.is_some_and(|moved| moved.contains(*it, &clock)));
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
            let span = |at: NaiveDateTime| {
                let start = clock.resolve(at);
                Span::new(start, Instant::from_unix(start.unix().saturating_add(seconds))).map(EventTime::Span)
            };
            Ok(starts.into_iter().filter_map(span).collect())
        }
    }
}

fn repeats(component: &Component<'_>) -> bool {
    ["RRULE", "RDATE", "EXDATE"].iter().any(|it| component.find_prop(it).is_some())
}

/// The civil times at which an event happens by its rule, up to `most` of them.
fn starts(
    component: &Component<'_>,
    first: NaiveDateTime,
    clock: &Zone,
    most: usize,
) -> Result<Vec<NaiveDateTime>, String> {
    let Some(rule) = text_of(component, "RRULE") else { return Ok(vec![first]) };
    let (mut count, mut until) = (most, None);
    let mut kept = Vec::new();
    for part in rule.split(';') {
        match part.split_once('=') {
            Some(("COUNT", number)) => {
                count = number.parse::<usize>().map_err(|_| format!("not a count: `{number}`"))?.min(most);
            }
            Some(("UNTIL", day)) => until = Some(last_moment(day, clock)?),
            _ => kept.push(part),
        }
    }
    let recurrence = Recurrence::parse(&kept.join(";")).map_err(|error| match error {
        RecurrenceError::TooOften { unit } => format!("its rule counts {unit}"),
        error => error.to_string(),
    })?;
    let horizon = chrono::Datelike::year(&first).saturating_add(MOST_YEARS).min(2199);
    let horizon = NaiveDate::from_ymd_opt(horizon, 12, 31).unwrap_or_default().and_time(NaiveTime::MIN);
    let until = until.unwrap_or(horizon).min(horizon);
    recurrence.first(first, until, count).map_err(|_| "its rule never comes true".to_owned())
}

/// The moments of a property that lists them, and may stand several times.
fn listed(component: &Component<'_>, name: &str, clocks: &Clocks<'_>) -> Result<Vec<Moment>, String> {
    let mut moments = Vec::new();
    for property in component.properties.iter().filter(|it| it.name == name) {
        for value in property.val.as_str().split(',') {
            moments.push(moment_of(value, property, clocks)?);
        }
    }
    Ok(moments)
}

fn moment(property: &Property<'_>, clocks: &Clocks<'_>) -> Result<Moment, String> {
    moment_of(property.val.as_ref(), property, clocks)
}

fn moment_of(value: &str, property: &Property<'_>, clocks: &Clocks<'_>) -> Result<Moment, String> {
    let value = value.trim();
    if value.contains('/') {
        return Err(format!(
            "its `{}` lists a stretch with a length of its own, `{}`, which is not understood here: make it an event of its own",
            property.name,
            note(value)
        ));
    }
    let (clock, utc) = match value.strip_suffix('Z') {
        Some(clock) => (clock, true),
        None => (value, false),
    };
    let (day, time) = day_and_time(clock).ok_or_else(|| format!("not a time: `{value}`"))?;
    if !(1970..2200).contains(&chrono::Datelike::year(&day)) {
        return Err(format!("`{value}` is not in the years 1970 to 2199"));
    }
    let Some(time) = time else { return Ok(Moment::Day(day)) };
    let named = property.params.iter().find(|it| it.key == "TZID").and_then(|it| it.val.as_ref());
    let zone = match named {
        _ if utc => Zone::utc(),
        Some(name) => clocks.named(name.as_str().trim_matches('"'))?,
        None => clocks.own(),
    };
    Ok(Moment::Clock(day.and_time(time), zone))
}

/// `20260601` and `20260601T090000`.
fn day_and_time(text: &str) -> Option<(NaiveDate, Option<NaiveTime>)> {
    let number = |text: &str| text.bytes().all(|it| it.is_ascii_digit()).then(|| text.parse::<u32>().ok()).flatten();
    let (day, time) = match text.split_once('T') {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    if day.len() != 8 || !text.is_ascii() {
        return None;
    }
    let year = i32::try_from(number(&day[..4])?).ok()?;
    let day = NaiveDate::from_ymd_opt(year, number(&day[4..6])?, number(&day[6..])?)?;
    match time {
        None => Some((day, None)),
        Some(time) if time.len() == 6 => {
            // A leap second is the last one that clocks here show.
            let second = number(&time[4..])?.min(if &time[4..] == "60" { 59 } else { u32::MAX });
            let time = NaiveTime::from_hms_opt(number(&time[..2])?, number(&time[2..4])?, second)?;
            Some((day, Some(time)))
        }
        Some(_) => None,
    }
}

/// The last moment of a rule, on the clock of its start.
fn last_moment(text: &str, clock: &Zone) -> Result<NaiveDateTime, String> {
    let (local, utc) = match text.strip_suffix('Z') {
        Some(local) => (local, true),
        None => (text, false),
    };
    let (day, time) = day_and_time(local).ok_or_else(|| format!("not an `UNTIL`: `{text}`"))?;
    Ok(match time {
        None => day.and_hms_opt(23, 59, 59).unwrap_or_else(|| day.and_time(NaiveTime::MIN)),
        Some(time) if utc => clock.civil(Zone::utc().resolve(day.and_time(time))),
        Some(time) => day.and_time(time),
    })
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
        // Berlin is an hour ahead of UTC in March, before the clocks change.
        let windows = "DTSTART;TZID=W. Europe Standard Time:20260316T090000\r\nDURATION:PT1H";
        shown(windows, &["2026-03-16T08:00:00Z to 2026-03-16T09:00:00Z"]);
        let quoted = "DTSTART;TZID=\"W. Europe Standard Time\":20260316T090000\r\nDURATION:PT1H";
        shown(quoted, &["2026-03-16T08:00:00Z to 2026-03-16T09:00:00Z"]);
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
    fn what_is_excluded_may_be_said_on_another_clock() {
        let dublin = "DTSTART;TZID=Europe/Dublin:20260706T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY";
        shown(
            &format!("{dublin};UNTIL=20260708T080000Z\r\nEXDATE:20260707T080000Z"),
            &["2026-07-06T08:00:00Z to 2026-07-06T09:00:00Z", "2026-07-08T08:00:00Z to 2026-07-08T09:00:00Z"],
        );
        shown(
            &format!("{dublin};COUNT=2\r\nEXDATE;VALUE=DATE:20260706\r\nRDATE:20260710T120000Z"),
            &["2026-07-07T08:00:00Z to 2026-07-07T09:00:00Z", "2026-07-10T12:00:00Z to 2026-07-10T13:00:00Z"],
        );
    }

    #[test]
    fn a_calendar_is_read_again_only_for_whose_clock_matters() {
        let zone = Zone::named("Europe/Dublin").unwrap();
        let matters = |event: &str| read(&calendar(event), Purpose::TimeOff, &zone).1;
        let day = "DTSTART;VALUE=DATE:20260316";
        for alike in ["DTSTART:20260316T090000Z", "DTSTART;TZID=Asia/Tokyo:20260316T090000", day] {
            assert!(!matters(alike), "{alike}");
        }
        for other in ["DTSTART:20260316T090000", &format!("{day}\r\nRRULE:FREQ=YEARLY;UNTIL=20300316T000000Z")] {
            assert!(matters(other), "{other}");
        }
    }

    #[test]
    fn what_was_moved_happens_once() {
        shown(
            "UID:1\r\nDTSTART;VALUE=DATE:20260105\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n\
             UID:1\r\nRECURRENCE-ID;VALUE=DATE:20260112\r\nDTSTART;VALUE=DATE:20260114\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n\
             UID:1\r\nRECURRENCE-ID;VALUE=DATE:20260119\r\nSTATUS:CANCELLED\r\nDTSTART;VALUE=DATE:20260119",
            &["2026-01-05 to 2026-01-06", "2026-01-14 to 2026-01-15"],
        );
    }

    #[test]
    fn a_holiday_lasts_to_the_last_day_it_touches() {
        let zone = Zone::named("Europe/Dublin").unwrap();
        let text = calendar("DTSTART:20260105T090000\r\nDTEND:20260107T120000");
        let days: Vec<String> = days(&text, &zone).unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(days, ["2026-01-05", "2026-01-06", "2026-01-07"]);
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
            &[
                "the event `Skiing`: no such time zone: `Mars/Olympus`; known are names such as Europe/Dublin, and those of Windows",
            ],
        );
        shown(
            "SUMMARY:Skiing\r\nDTSTART:20260316T090000Z\r\nRDATE;VALUE=PERIOD:20260317T090000Z/PT2H",
            &[
                "the event `Skiing`: its `RDATE` lists a stretch with a length of its own, `20260317T090000Z/PT2H`, which is not understood here: make it an event of its own",
            ],
        );
        let zone = Zone::utc();
        let error = events("not a calendar", Purpose::Holidays, &zone).unwrap_err();
        let reason = "not an iCalendar file: it does not read as `BEGIN:VCALENDAR` … `END:VCALENDAR`";
        assert_eq!(error.to_string(), reason);
    }
}
