//! Windows of the week, and of holidays, on a zone's clock.

use std::sync::Arc;

use chrono::{NaiveDate, NaiveTime, Weekday};

use crate::time::zone::{from_seconds, seconds};
use crate::time::{CIVIL_DAY, CIVIL_WEEK, Instant, Span, Zone, parse_clock, union, weekday};

/// The hours in which something holds: nothing, some windows, or always.
///
/// Windows are civil: `Mon-Fri 09:00-18:00` is nine hours on every clock, whatever the clock does on Sunday.
/// They begin and end at the instants that [`Zone::resolve`] gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    zone: Zone,
    /// Civil seconds from Monday 00:00, disjoint and in order, none beyond the week's end.
    week: Vec<(i64, i64)>,
    /// Civil seconds from the epoch, disjoint and in order.
    dated: Vec<(i64, i64)>,
}

/// One stretch of the week or of holidays, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Window {
    /// `24x7`
    Always,
    /// `Mon-Fri 09:00-18:00`: on each of these days. An end not after the start is on the next day.
    Daily {
        /// The days on which it starts.
        days: Vec<Weekday>,
        /// Civil seconds of the day.
        from: i64,
        /// Civil seconds of the day, up to 24:00.
        to: i64,
    },
    /// `Fri 18:00-Mon 09:00`: once a week.
    Through {
        /// Day and civil second of the day at which it starts.
        from: (Weekday, i64),
        /// Day and civil second of the day at which it ends.
        to: (Weekday, i64),
    },
    /// `holidays us` or `holidays us 09:00-17:00`.
    Holidays {
        /// Which calendar of the organisation; `None` if it is not said.
        calendar: Option<String>,
        /// Civil seconds of the day.
        from: i64,
        /// Civil seconds of the day, up to 24:00.
        to: i64,
    },
}

/// Why a text says no hours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// Not a weekday.
    #[error("no such weekday: `{word}`")]
    Weekday {
        /// As written.
        word: String,
    },
    /// Not a time.
    #[error("not a time of day: `{word}`")]
    Time {
        /// As written.
        word: String,
    },
    /// A start of 24:00.
    #[error("24:00 ends a day, it begins none: `{text}`")]
    Start {
        /// As written.
        text: String,
    },
    /// A window without length.
    #[error("these hours are empty: `{text}`")]
    Empty {
        /// As written.
        text: String,
    },
    /// None of the forms.
    #[error("not hours: `{text}`")]
    Form {
        /// As written.
        text: String,
    },
}

impl Window {
    /// Reads one window.
    ///
    /// # Errors
    ///
    /// [`HoursError`] with the word that is wrong.
    pub fn parse(text: &str) -> Result<Window, HoursError> {
        let form = || HoursError::Form { text: text.to_owned() };
        let words: Vec<&str> = text.split_whitespace().collect();
        match words.as_slice() {
            ["24x7"] => Ok(Window::Always),
            ["holidays"] => Ok(Window::Holidays { calendar: None, from: 0, to: CIVIL_DAY }),
            ["holidays", times] if times.contains(':') => {
                let (from, to) = times_of(times, text)?;
                Ok(Window::Holidays { calendar: None, from, to })
            }
            ["holidays", calendar] => {
                Ok(Window::Holidays { calendar: Some((*calendar).to_owned()), from: 0, to: CIVIL_DAY })
            }
            ["holidays", calendar, times] => {
                let (from, to) = times_of(times, text)?;
                Ok(Window::Holidays { calendar: Some((*calendar).to_owned()), from, to })
            }
            [from_day, middle, to_time] if middle.contains(':') => {
                let (from_time, to_day) = middle.split_once('-').ok_or_else(form)?;
                let from = (day(from_day)?, time(from_time)?);
                let to = (day(to_day)?, time(to_time)?);
                if from.1 == CIVIL_DAY {
                    return Err(HoursError::Start { text: text.to_owned() });
                }
                if from == to {
                    return Err(HoursError::Empty { text: text.to_owned() });
                }
                Ok(Window::Through { from, to })
            }
            [days, times] => {
                let days = days_of(days)?;
                let (from, to) = times_of(times, text)?;
                Ok(Window::Daily { days, from, to })
            }
            _ => Err(form()),
        }
    }
}

fn day(word: &str) -> Result<Weekday, HoursError> {
    weekday(word).ok_or_else(|| HoursError::Weekday { word: word.to_owned() })
}

fn time(word: &str) -> Result<i64, HoursError> {
    if word == "24:00" {
        return Ok(CIVIL_DAY);
    }
    let time = parse_clock(word).ok_or_else(|| HoursError::Time { word: word.to_owned() })?;
    Ok(i64::from(chrono::Timelike::num_seconds_from_midnight(&time)))
}

fn times_of(words: &str, text: &str) -> Result<(i64, i64), HoursError> {
    let Some((from, to)) = words.split_once('-') else {
        // One time alone is a time, but says no hours.
        time(words)?;
        return Err(HoursError::Form { text: text.to_owned() });
    };
    let (from, to) = (time(from)?, time(to)?);
    if from == CIVIL_DAY {
        return Err(HoursError::Start { text: text.to_owned() });
    }
    if from == to {
        return Err(HoursError::Empty { text: text.to_owned() });
    }
    // Past midnight belongs to the day it starts on.
    Ok((from, if to < from { to + CIVIL_DAY } else { to }))
}

/// `Mon`, `Mon-Fri`, `Sat-Mon`, `Mon,Wed,Fri`.
fn days_of(words: &str) -> Result<Vec<Weekday>, HoursError> {
    let mut days = Vec::new();
    for word in words.split(',') {
        let Some((from, to)) = word.split_once('-') else {
            days.push(day(word)?);
            continue;
        };
        let (mut next, to) = (day(from)?, day(to)?);
        days.push(next);
        while next != to {
            next = next.succ();
            days.push(next);
        }
    }
    Ok(days)
}

impl Hours {
    /// Every hour of every day.
    pub fn always(zone: &Zone) -> Hours {
        Hours { zone: zone.clone(), week: vec![(0, CIVIL_WEEK)], dated: Vec::new() }
    }

    /// The union of windows, on the clock of `zone`. `holidays` gives the days of a calendar; the caller has
    /// made sure that it exists.
    pub fn new(zone: &Zone, windows: &[Window], holidays: impl Fn(Option<&str>) -> Arc<[NaiveDate]>) -> Hours {
        let mut week = Vec::new();
        let mut dated = Vec::new();
        let at = |(day, time): &(Weekday, i64)| i64::from(day.num_days_from_monday()) * CIVIL_DAY + time;
        for window in windows {
            match window {
                Window::Always => week.push((0, CIVIL_WEEK)),
                Window::Daily { days, from, to } => {
                    week.extend(days.iter().map(|day| (at(&(*day, *from)), at(&(*day, *to)))));
                }
                Window::Through { from, to } => {
                    let (from, to) = (at(from), at(to));
                    week.push((from, if to <= from { to + CIVIL_WEEK } else { to }));
                }
                Window::Holidays { calendar, from, to } => {
                    dated.extend(holidays(calendar.as_deref()).iter().map(|day| {
                        let day = seconds(day.and_time(NaiveTime::MIN));
                        (day + from, day + to)
                    }));
                }
            }
        }
        // What reaches beyond Sunday belongs to the Monday that follows.
        let week = week
            .into_iter()
            .flat_map(|(from, to): (i64, i64)| [(from, to.min(CIVIL_WEEK)), (0, (to - CIVIL_WEEK).max(0))]);
        let week = joined(week.filter(|(from, to)| from < to).collect());
        Hours { zone: zone.clone(), week, dated: joined(dated) }
    }

    /// Whether they hold at every instant.
    pub fn is_always(&self) -> bool {
        self.week.first() == Some(&(0, CIVIL_WEEK))
    }

    /// Whether they hold some time in every week, rather than on dated days only.
    pub fn is_weekly(&self) -> bool {
        !self.week.is_empty()
    }

    /// The zone on whose clock they are.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// When they hold in a week, as it would be if the clock were always `offset` seconds east of UTC: seconds from
    /// Monday 00:00 UTC, disjoint and in order. Dated days are left out.
    pub fn week_at(&self, offset: i64) -> Vec<(i64, i64)> {
        if self.is_always() {
            return vec![(0, CIVIL_WEEK)];
        }
        let parts = self.week.iter().flat_map(|(from, to)| {
            let start = (from - offset).rem_euclid(CIVIL_WEEK);
            let end = start + (to - from);
            [(start, end.min(CIVIL_WEEK)), (0, (end - CIVIL_WEEK).max(0))]
        });
        joined(parts.filter(|(from, to)| from < to).collect())
    }

    /// Whether they hold at an instant.
    pub fn contains(&self, at: Instant) -> bool {
        if self.is_always() {
            return true;
        }
        let shown = self.zone.transitions().latest_shown(at.unix());
        let of_week = shown - week_start(shown);
        self.week.iter().any(|(from, to)| *from <= of_week && of_week < *to) || {
            let next = self.dated.partition_point(|(_, to)| *to <= shown);
            self.dated.get(next).is_some_and(|(from, _)| *from <= shown)
        }
    }

    /// Whether there is a moment at which all of these hold.
    pub fn meet(hours: &[&Hours]) -> bool {
        let mut hours: Vec<&Hours> = hours.iter().copied().filter(|it| !it.is_always()).collect();
        hours.dedup();
        if hours.len() < 2 {
            return true;
        }
        // Most meet within a week. Those that do not, may still on a holiday, or when one of two clocks has jumped.
        let mut from = Instant::MIN;
        while let Some(weeks) = Span::new(from, Instant::from_unix(from.unix() + 10 * CIVIL_WEEK)) {
            let common = |common: Vec<Span>, it: &&Hours| common.into_iter().flat_map(|span| it.within(span)).collect();
            if !hours.iter().fold(vec![weeks], common).is_empty() {
                return true;
            }
            from = weeks.end();
        }
        false
    }

    /// When they hold within `span`, as disjoint spans in order, cut to it.
    pub fn within(&self, span: Span) -> Vec<Span> {
        if self.is_always() {
            return vec![span];
        }
        let from_civil = self.zone.transitions().latest_shown(span.start().unix());
        let mut spans: Vec<Span> = Vec::new();
        let mut week = week_start(from_civil);
        let mut resolver = self.zone.transitions().resolver(week);
        'weeks: while !self.week.is_empty() {
            for (from, to) in &self.week {
                let start = Instant::from_unix(resolver.resolve(week + from));
                if start >= span.end() {
                    break 'weeks;
                }
                let end = Instant::from_unix(resolver.resolve(week + to));
                let Some(window) = Span::new(start, end).and_then(|it| it.intersection(span)) else { continue };
                match spans.last_mut() {
                    Some(last) if last.end() == window.start() => *last = last.until(window.end()),
                    _ => spans.push(window),
                }
            }
            week += CIVIL_WEEK;
        }
        if self.dated.is_empty() {
            return spans;
        }
        let first = self.dated.partition_point(|(_, to)| *to <= from_civil);
        for (from, to) in &self.dated[first..] {
            let resolve = |civil| self.zone.resolve(from_seconds(civil));
            let window = Span::new(resolve(*from), resolve(*to));
            if window.is_some_and(|it| it.start() >= span.end()) {
                break;
            }
            spans.extend(window.and_then(|it| it.intersection(span)));
        }
        union(spans)
    }
}

fn joined(mut windows: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    windows.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::with_capacity(windows.len());
    for (from, to) in windows {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}

/// The civil second at which the week of `civil` begins, on Monday 00:00.
fn week_start(civil: i64) -> i64 {
    // The epoch was a Thursday; the Monday before it is three days earlier.
    let monday = -3 * CIVIL_DAY;
    monday + (civil - monday).div_euclid(CIVIL_WEEK) * CIVIL_WEEK
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_on_another_clock_is_turned() {
        let zone = Zone::named("Asia/Tokyo").unwrap();
        let hours = |text: &str| Hours::new(&zone, &[Window::parse(text).unwrap()], |_| [].into());
        let hour = 3600;
        assert_eq!(hours("Mon 06:00-12:00").week_at(9 * hour), [(0, 3 * hour), (CIVIL_WEEK - 3 * hour, CIVIL_WEEK)]);
        assert_eq!(hours("Mon 06:00-12:00").week_at(-5 * hour), [(11 * hour, 17 * hour)]);
        assert_eq!(hours("24x7").week_at(9 * hour), [(0, CIVIL_WEEK)]);
    }
}
