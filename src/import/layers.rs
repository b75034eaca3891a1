//! A layer of PagerDuty's as layers of ours.
//!
//! Theirs counts turns from a virtual start; ours from its own first handoff. Where the layer begins within a turn and
//! that would shift the count, what is left of the turn becomes a layer by itself, and the rest begins at its end.

use std::fmt::Write as _;

use chrono::{Datelike, Duration, NaiveDateTime, Timelike};

use crate::import::account::{Layer, Restriction, Turn};
use crate::import::brief;
use crate::import::toml_files::{list, long_list, quote};
use crate::time::{CIVIL_DAY, Instant, Zone, clock, weekday_name};

/// The longest turns that ours can be: hours, days, weeks.
const MOST_TURN: i64 = 366 * CIVIL_DAY;
/// How many turns may become layers of their own before the rest begins.
const MOST_PIECES: usize = 3;

/// What a layer became.
#[derive(Debug, Default)]
pub struct Converted {
    /// Tables `[[layers]]`.
    pub text: String,
    /// What is not as it was, and what happens instead.
    pub notes: Vec<(String, String)>,
}

/// Where a layer stands in its file.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// `layers`, or `secondary.layers`.
    pub table: &'a str,
    /// The rotation's, in which its times are read unless it says otherwise.
    pub zone: &'a Zone,
}

/// Writes a layer that is on the clock of `zone`; `names` are the keys of all people.
pub fn convert(layer: &Layer, zone: &Zone, place: Place<'_>, names: &[String]) -> Converted {
    let mut converted = Converted::default();
    let what = |it: &str| format!("layer `{}`: {it}", brief(&layer.name));
    if layer.end.is_some_and(|end| end <= layer.start) {
        converted.notes.push((what("it ends before it begins"), "it is left out: it never holds".to_owned()));
        return converted;
    }
    let length = match &layer.turn {
        Turn::Seconds(length) => *length,
        Turn::Days(days) => days.saturating_mul(CIVIL_DAY),
        Turn::Weekdays(_) => CIVIL_DAY,
    };
    if !(1..=MOST_TURN).contains(&length) || length % 3600 != 0 {
        let told = format!("turns of {length} seconds are no whole hours up to 366 days");
        converted.notes.push((what(&told), "it is left out: what it held is nobody's".to_owned()));
        return converted;
    }
    let anchor = zone.civil(layer.virtual_start);
    let seconds = i64::from(anchor.second());
    if seconds != 0 {
        let told = format!("handoffs at {}", anchor.time().format("%H:%M:%S"));
        converted.notes.push((what(&told), format!("they are at the full minute, {}", clock(anchor.time()))));
    }
    let turns = Turns {
        zone,
        anchor: anchor - Duration::seconds(seconds),
        elapsed: layer.virtual_start.unix() - seconds,
        turn: length,
        in_days: matches!(layer.turn, Turn::Days(_)),
        on: match &layer.turn {
            Turn::Weekdays(days) => days.clone(),
            _ => Vec::new(),
        },
    };
    let hours = hours(&layer.restrictions, &mut converted, &what);
    let mut writer = Writer { layer, place, turns, names, hours, text: String::new(), pieces: 0 };
    writer.write();
    converted.text = writer.text;
    converted
}

/// Where handoffs lie.
struct Turns<'a> {
    zone: &'a Zone,
    /// Turn 0 by the clock.
    anchor: NaiveDateTime,
    /// The same, in seconds.
    elapsed: i64,
    turn: i64,
    /// Days make no weeks.
    in_days: bool,
    /// From one of these days of the week to the next; none: every so many days.
    on: Vec<u8>,
}

impl Turns<'_> {
    /// Whole days keep the wall clock.
    fn keeps_clock(&self) -> bool {
        self.turn % CIVIL_DAY == 0
    }

    /// Civil seconds from turn 0 to the beginning of another.
    fn length(&self, number: i64) -> i64 {
        let count = self.on.len() as i64;
        if count == 0 {
            return number.saturating_mul(self.turn);
        }
        let first = i64::from(self.anchor.weekday().num_days_from_monday());
        let place = self.on.iter().position(|it| i64::from(*it) == first).unwrap_or(0) as i64;
        let (week, on) = ((place + number).div_euclid(count), (place + number).rem_euclid(count));
        let day = usize::try_from(on).ok().and_then(|it| self.on.get(it)).map_or(first, |it| i64::from(*it));
        week.saturating_mul(7).saturating_add(day - first).saturating_mul(CIVIL_DAY)
    }

    /// The handoff at which a turn begins.
    fn handoff(&self, number: i64) -> Instant {
        let length = self.length(number);
        match self.keeps_clock() {
            true => {
                let civil = Duration::try_seconds(length).and_then(|it| self.anchor.checked_add_signed(it));
                civil.map_or(if number < 0 { Instant::MIN } else { Instant::MAX }, |it| self.zone.resolve(it))
            }
            false => Instant::from_unix(self.elapsed.saturating_add(length)),
        }
    }

    /// The turn that holds an instant.
    fn at(&self, at: Instant) -> i64 {
        let mut number = match self.keeps_clock() {
            true if !self.on.is_empty() => {
                (self.zone.civil(at) - self.anchor).num_days().div_euclid(7).saturating_mul(self.on.len() as i64)
            }
            true => (self.zone.civil(at) - self.anchor).num_seconds().div_euclid(self.turn),
            false => (at.unix() - self.elapsed).div_euclid(self.turn),
        };
        // A clock change moves a handoff by less than a turn.
        while self.handoff(number) > at {
            number -= 1;
        }
        while self.handoff(number + 1) <= at {
            number += 1;
        }
        number
    }

    /// Whether our layer may begin there, within a turn, and still count as theirs does.
    fn counts_from(&self, at: Instant) -> bool {
        if self.keeps_clock() {
            let often = self.turn == CIVIL_DAY || self.turn == 7 * CIVIL_DAY && !self.in_days;
            return often || self.handoff(self.at(at)) == at;
        }
        let ours = self.zone.resolve(self.zone.day(at).and_time(self.anchor_of(at)));
        (ours.unix() - self.elapsed).rem_euclid(self.turn) == 0
    }

    /// The clock from which a layer that begins there counts its hours.
    fn anchor_of(&self, at: Instant) -> chrono::NaiveTime {
        match self.handoff(self.at(at)) == at {
            true => self.zone.civil(at).time(),
            false => self.anchor.time(),
        }
    }
}

struct Writer<'a> {
    layer: &'a Layer,
    place: Place<'a>,
    turns: Turns<'a>,
    names: &'a [String],
    hours: Option<String>,
    text: String,
    pieces: usize,
}

impl Writer<'_> {
    fn write(&mut self) {
        let mut start = self.layer.start;
        if self.layer.began {
            start = self.turns.handoff(self.turns.at(start));
        }
        let ends = |at: Instant| self.layer.end.is_some_and(|end| end <= at);
        // Where handoffs cannot be seen, one layer is enough; a layer that has yet to begin is cut where theirs is.
        let one = self.layer.people.iter().all(|it| *it == self.layer.people[0]);
        let alike = self.layer.together || self.layer.began && one;
        while !alike && !self.turns.counts_from(start) && self.pieces < MOST_PIECES {
            let number = self.turns.at(start);
            let next = self.turns.handoff(number + 1);
            let until = if ends(next) { self.layer.end } else { Some(next) };
            self.piece(start, until, &[self.person(number)], None, true);
            if ends(next) {
                return;
            }
            start = next;
        }
        let number = self.turns.at(start);
        let count = self.layer.people.len();
        let place = usize::try_from(number.rem_euclid(count as i64)).unwrap_or(0);
        let place = if self.layer.together { 0 } else { place };
        let people: Vec<Option<usize>> = self.layer.people.clone();
        let mut once = people.clone();
        once.sort_unstable();
        once.dedup();
        // Who stands twice cannot be `first`, nor can nobody: the list is turned instead.
        let (people, first) = match (place, self.layer.people[place]) {
            (0, _) => (people, None),
            (_, Some(first)) if once.len() == count => (people, Some(first)),
            _ => ([&people[place..], &people[..place]].concat(), None),
        };
        self.piece(start, self.layer.end, &people, first, false);
    }

    fn person(&self, number: i64) -> Option<usize> {
        let count = self.layer.people.len() as i64;
        self.layer.people[usize::try_from(number.rem_euclid(count)).unwrap_or(0)]
    }

    fn piece(
        &mut self,
        start: Instant,
        until: Option<Instant>,
        people: &[Option<usize>],
        first: Option<usize>,
        rest: bool,
    ) {
        let turns = &self.turns;
        let zone = turns.zone;
        let name = |it: &Option<usize>| it.map_or_else(|| "@nobody".to_owned(), |it| self.names[it].clone());
        let people: Vec<String> = people.iter().map(name).collect();
        let mut text = format!("\n[[{}]]\n", self.place.table);
        let name = self.layer.name.replace(|it: char| it.is_control(), " ");
        let _ = match (rest, self.pieces) {
            _ if name.is_empty() => Ok(()),
            (false, 0) => writeln!(text, "# Layer `{name}`."),
            (false, _) => writeln!(text, "# Layer `{name}`, from then on."),
            (true, _) => writeln!(text, "# Layer `{name}`: what is left of a turn."),
        };
        let _ = writeln!(text, "people  = {}", long_list(&people, 10));
        if let Some(first) = first {
            let _ = writeln!(text, "first   = {}", quote(&self.names[first]));
        }
        if self.layer.together && people.len() > 1 {
            text.push_str("together = true\n");
        }
        if *zone != *self.place.zone {
            let _ = writeln!(text, "zone    = {}", quote(zone.name()));
        }
        let at = clock(turns.anchor.time());
        let days = turns.turn / CIVIL_DAY;
        let on_handoff = turns.handoff(turns.at(start)) == start;
        let handoff = match turns.keeps_clock() {
            true if !turns.on.is_empty() => {
                let name = |it: &u8| format!("\"{}\"", weekday_name(WEEK[usize::from(it % 7)]));
                let on: Vec<String> = turns.on.iter().map(name).collect();
                format!("every = \"week\", on = [{}], at = \"{at}\"", on.join(", "))
            }
            true if days % 7 == 0 && !turns.in_days => {
                let on = weekday_name(turns.anchor.weekday());
                let every = if days == 7 { "week".to_owned() } else { format!("{} weeks", days / 7) };
                format!("every = \"{every}\", on = \"{on}\", at = \"{at}\"")
            }
            true if days == 1 => format!("every = \"day\", at = \"{at}\""),
            true => format!("every = \"{days} days\", at = \"{at}\""),
            false => {
                format!("every = \"{} hours\", at = \"{}\"", turns.turn / 3600, clock(turns.anchor_of(start)))
            }
        };
        let from = match turns.keeps_clock() && on_handoff {
            true => day_of_handoff(zone, start, turns.anchor),
            false => instant(zone, start),
        };
        let _ = writeln!(text, "from    = {from}");
        if let Some(until) = until {
            let _ = writeln!(text, "until   = {}", instant(zone, until));
        }
        let _ = writeln!(text, "handoff = {{ {handoff} }}");
        if let Some(hours) = &self.hours {
            let _ = writeln!(text, "hours   = {hours}");
        }
        self.text.push_str(&text);
        self.pieces += 1;
    }
}

/// The day whose handoff is at this instant: the clock may have skipped it into the next.
fn day_of_handoff(zone: &Zone, at: Instant, anchor: NaiveDateTime) -> String {
    let day = zone.day(at);
    let days = [Some(day), day.pred_opt()].into_iter().flatten();
    let day = days.into_iter().find(|it| zone.resolve(it.and_time(anchor.time())) == at);
    day.map_or_else(|| instant(zone, at), |it| it.to_string())
}

/// A date-time on the zone's clock; in UTC, if the clock shows it twice and means the other.
pub fn instant(zone: &Zone, at: Instant) -> String {
    let civil = zone.civil(at);
    match zone.resolve(civil) == at {
        true => civil.format("%Y-%m-%dT%H:%M:%S").to_string(),
        false => Zone::utc().civil(at).format("%Y-%m-%dT%H:%M:%SZ").to_string(),
    }
}

/// Restrictions as hours: days with the same times are joined; none is always.
fn hours(restrictions: &[Restriction], converted: &mut Converted, what: &impl Fn(&str) -> String) -> Option<String> {
    if restrictions.is_empty() {
        return None;
    }
    let windows: Vec<String> = windows(restrictions);
    if restrictions.iter().any(|it| it.opens % 60 != 0 || (it.opens + it.length) % 60 != 0) {
        let instead = format!("their bounds are at the nearest minute: {}", windows.join(", "));
        converted.notes.push((what("restrictions to the second"), instead));
    }
    Some(list(&windows))
}

/// The windows as they are written: `Mon-Fri 09:00-17:00`.
pub fn windows(restrictions: &[Restriction]) -> Vec<String> {
    let minute = |seconds: i64| (seconds + 30).div_euclid(60);
    let day = CIVIL_DAY / 60;
    let name = |day: u8| weekday_name(WEEK[usize::from(day % 7)]);
    let time = |minutes: i64| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    // By their times, in the order in which these first come.
    let mut daily: Vec<((i64, i64), Vec<u8>)> = Vec::new();
    let mut long: Vec<String> = Vec::new();
    for it in restrictions {
        let (mut opens, closes) = (minute(it.opens), minute(it.opens + it.length));
        let length = closes - opens;
        let mut days: Vec<u8> = it.day.map_or_else(|| (0..7).collect(), |it| vec![it]);
        if opens >= day {
            opens -= day;
            days.iter_mut().for_each(|it| *it = (*it + 1) % 7);
        }
        if length <= 0 {
            continue;
        }
        if length >= 7 * day || length >= day && it.day.is_none() {
            return vec!["24x7".to_owned()];
        }
        if length <= day {
            let closes = if opens + length > day { opens + length - day } else { opens + length };
            let closes = if opens == closes { None } else { Some(closes) };
            match closes {
                // A day from clock to clock.
                None => {
                    long.extend(days.iter().map(|it| format!("{0} {2}-{1} {2}", name(*it), name(it + 1), time(opens))))
                }
                Some(closes) => match daily.iter_mut().find(|(times, _)| *times == (opens, closes)) {
                    Some((_, all)) => all.extend(&days),
                    None => daily.push(((opens, closes), days)),
                },
            }
            continue;
        }
        for it in days {
            let end = opens + length;
            // 24:00 of a day is 00:00 of the next.
            let last = u8::try_from(end / day).unwrap_or(0);
            long.push(format!("{} {}-{} {}", name(it), time(opens), name(it + last), time(end % day)));
        }
    }
    let daily = daily.into_iter().map(|((opens, closes), mut days)| {
        days.sort_unstable();
        days.dedup();
        format!("{} {}-{}", ranges(&days), time(opens), time(closes))
    });
    daily.chain(long).collect()
}

const WEEK: [chrono::Weekday; 7] = [
    chrono::Weekday::Mon,
    chrono::Weekday::Tue,
    chrono::Weekday::Wed,
    chrono::Weekday::Thu,
    chrono::Weekday::Fri,
    chrono::Weekday::Sat,
    chrono::Weekday::Sun,
];

/// `[0, 1, 2, 4]` is `Mon-Wed,Fri`.
fn ranges(days: &[u8]) -> String {
    let mut ranges: Vec<(u8, u8)> = Vec::new();
    for day in days {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == *day => *last = *day,
            _ => ranges.push((*day, *day)),
        }
    }
    let name = |day: u8| weekday_name(WEEK[usize::from(day)]);
    let range =
        |(from, to): (u8, u8)| if from == to { name(from).to_owned() } else { format!("{}-{}", name(from), name(to)) };
    ranges.into_iter().map(range).collect::<Vec<_>>().join(",")
}
