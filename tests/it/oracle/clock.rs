//! The wall clock of a zone, minute by minute, and nothing cleverer.
//!
//! Instants are minutes since 2024-12-01T00:00Z, civil times minutes since 2024-12-01 00:00 on the zone's own
//! clock. jiff is asked for offsets only.

use std::ops::Range;
use std::sync::OnceLock;

use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;

/// Each has something that the others do not: see the jumps in the tests below.
pub const ZONES: [&str; 8] = [
    "America/New_York",
    "Europe/Dublin",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Africa/Cairo",
    "America/Santiago",
    "America/Havana",
    "Asia/Kolkata",
];

/// An index into [`ZONES`].
pub type Zone = usize;
/// An instant: minutes since 2024-12-01T00:00Z.
pub type Minute = i64;

pub const DAY: i64 = 24 * 60;
/// 2024-12-01T00:00Z in Unix seconds.
const EPOCH: i64 = 1_733_011_200;
/// The table ends on 2027-04-01.
pub const DAYS: i64 = 31 + 365 + 365 + 90;
/// The year that is compared: 2026, in UTC.
pub const YEAR: Range<Minute> = (31 + 365) * DAY..(31 + 365 + 365) * DAY;

pub fn unix(at: Minute) -> i64 {
    EPOCH + at * 60
}

/// The minute that begins at this second; `None` inside a minute.
pub fn from_unix(second: i64) -> Option<Minute> {
    ((second - EPOCH) % 60 == 0).then_some((second - EPOCH) / 60)
}

/// A civil day, counted from 2024-12-01, which was a Sunday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub i64);

impl Day {
    /// Year, month, day of the month: by walking from the first day, one day at a time, once.
    pub fn date(self) -> (i64, i64, i64) {
        static DATES: OnceLock<Vec<(i64, i64, i64)>> = OnceLock::new();
        let dates = DATES.get_or_init(|| {
            let (mut year, mut month, mut day) = (2024, 12, 1);
            let mut dates = Vec::new();
            for _ in 0..DAYS + 31 {
                dates.push((year, month, day));
                day += 1;
                if day > month_length(year, month) {
                    (month, day) = (month + 1, 1);
                }
                if month > 12 {
                    (year, month) = (year + 1, 1);
                }
            }
            dates
        });
        dates[usize::try_from(self.0).expect("days before December 2024 are not generated")]
    }

    pub fn of(year: i64, month: i64, day: i64) -> Day {
        (0..DAYS).map(Day).find(|it| it.date() == (year, month, day)).expect("the date is in the table")
    }

    /// Monday is 0.
    pub fn weekday(self) -> i64 {
        (self.0 + 6) % 7
    }

    /// Weeks begin on Monday; only differences mean anything.
    pub fn week(self) -> i64 {
        (self.0 + 6) / 7
    }

    /// Only differences mean anything.
    pub fn month(self) -> i64 {
        let (year, month, _) = self.date();
        year * 12 + month
    }

    /// How many days this day's month has.
    pub fn month_length(self) -> i64 {
        let (year, month, _) = self.date();
        month_length(year, month)
    }

    pub fn next(self) -> Day {
        Day(self.0 + 1)
    }
}

fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// What a zone's clock shows at each minute from December 2024 to March 2027.
pub struct Clock {
    /// East of UTC, in minutes.
    offsets: Vec<i16>,
    /// For each civil minute from the first one shown: the first instant at which the clock shows it or a later one.
    first: Vec<u32>,
    /// The days on which the clock jumps.
    pub jumps: Vec<Day>,
}

impl Clock {
    pub fn of(zone: Zone) -> &'static Clock {
        static CLOCKS: [OnceLock<Clock>; ZONES.len()] = [const { OnceLock::new() }; ZONES.len()];
        CLOCKS[zone].get_or_init(|| Clock::read(ZONES[zone]))
    }

    fn read(name: &str) -> Clock {
        let rules = TimeZoneDatabase::bundled().get(name).expect("jiff knows the zone");
        let offset = |at: Minute| {
            let at = Timestamp::from_second(unix(at)).expect("the years are near");
            let seconds = rules.to_offset(at).seconds();
            assert_eq!(seconds % 60, 0, "{name} has whole minutes nowadays");
            i16::try_from(seconds / 60).expect("an offset is less than a day")
        };
        let (mut offsets, mut jumps) = (Vec::new(), Vec::new());
        for hour in 0..DAYS * 24 {
            // No zone jumps there and back within an hour.
            let (start, end) = (hour * 60, hour * 60 + 60);
            if offset(start) == offset(end) {
                offsets.resize(offsets.len() + 60, offset(start));
            } else {
                offsets.extend((start..end).map(offset));
                jumps.push(Day((end + i64::from(offset(end))).div_euclid(DAY)));
            }
        }
        let mut first = Vec::new();
        let mut shown = i64::from(offsets[0]);
        for (at, offset) in offsets.iter().enumerate() {
            let at = i64::try_from(at).expect("small");
            while shown <= at + i64::from(*offset) {
                first.push(u32::try_from(at).expect("small"));
                shown += 1;
            }
        }
        Clock { offsets, first, jumps }
    }

    /// East of UTC, in minutes.
    pub fn offset(&self, at: Minute) -> i64 {
        i64::from(self.offsets[usize::try_from(at).expect("the instant is in the table")])
    }

    /// The civil day shown at an instant.
    pub fn day(&self, at: Minute) -> Day {
        Day((at + self.offset(at)).div_euclid(DAY))
    }

    /// The first instant at which the clock shows this civil time or a later one.
    pub fn resolve(&self, day: Day, time: i64) -> Minute {
        let since = day.0 * DAY + time - i64::from(self.offsets[0]);
        i64::from(self.first[usize::try_from(since).expect("the civil time is in the table")])
    }

    /// `2026-03-08 03:00` as the clock shows it.
    pub fn show(&self, at: Minute) -> String {
        civil(at + self.offset(at), " ")
    }
}

/// Writes a civil time; `between` stands between day and time.
pub fn civil(minutes: i64, between: &str) -> String {
    let day = Day(minutes.div_euclid(DAY));
    format!("{}{between}{}", date(day), time(minutes.rem_euclid(DAY)))
}

/// `2026-03-08`
pub fn date(day: Day) -> String {
    let (year, month, day) = day.date();
    format!("{year:04}-{month:02}-{day:02}")
}

/// `02:30`
pub fn time(minutes: i64) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Reads what [`civil`] writes, with any one character between day and time.
#[cfg(test)]
pub fn read(text: &str) -> (Day, i64) {
    let number = |at: Range<usize>| text[at].parse().expect("digits");
    (Day::of(number(0..4), number(5..7), number(8..10)), number(11..13) * 60 + number(14..16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_the_weekdays_of_the_wall_calendar() {
        assert_eq!(Day::of(2024, 12, 1).0, 0);
        assert_eq!(Day::of(2024, 12, 1).weekday(), 6);
        assert_eq!(Day::of(2026, 1, 1).weekday(), 3);
        assert_eq!(Day::of(2026, 1, 1).0 * DAY, YEAR.start);
        assert_eq!(Day::of(2027, 1, 1).0 * DAY, YEAR.end);
        assert_eq!(Day::of(2026, 11, 23).weekday(), 0);
        assert_eq!(Day::of(2026, 11, 22).week() + 1, Day::of(2026, 11, 23).week());
        assert_eq!(unix(YEAR.start), 1_767_225_600);
    }

    #[test]
    fn civil_times_resolve_as_on_the_wall() {
        // zone, civil time, UTC
        let table = [
            ("America/New_York", "2026-01-05 10:00", "2026-01-05 15:00"),
            ("America/New_York", "2026-03-08 01:59", "2026-03-08 06:59"),
            ("America/New_York", "2026-03-08 02:00", "2026-03-08 07:00"), // skipped
            ("America/New_York", "2026-03-08 02:30", "2026-03-08 07:00"),
            ("America/New_York", "2026-03-08 03:00", "2026-03-08 07:00"),
            ("America/New_York", "2026-11-01 01:30", "2026-11-01 05:30"), // shown twice
            ("America/New_York", "2026-11-01 02:00", "2026-11-01 07:00"),
            ("Europe/Dublin", "2026-03-29 01:30", "2026-03-29 01:00"),
            ("Europe/Dublin", "2026-10-25 01:00", "2026-10-25 00:00"),
            ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:30"),
            ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04 14:45"),
            ("Australia/Lord_Howe", "2026-04-05 02:00", "2026-04-04 15:30"),
            ("Antarctica/Troll", "2026-03-29 01:30", "2026-03-29 01:00"),
            ("Antarctica/Troll", "2026-03-29 02:59", "2026-03-29 01:00"),
            ("Antarctica/Troll", "2026-10-25 02:30", "2026-10-25 00:30"),
            ("Africa/Cairo", "2026-04-24 00:00", "2026-04-23 22:00"),
            ("Africa/Cairo", "2026-04-24 00:30", "2026-04-23 22:00"),
            ("Africa/Cairo", "2026-10-29 23:30", "2026-10-29 20:30"),
            ("America/Santiago", "2026-09-06 00:00", "2026-09-06 04:00"),
            ("America/Santiago", "2026-04-05 00:00", "2026-04-05 04:00"),
            ("America/Havana", "2026-03-08 00:30", "2026-03-08 05:00"),
            ("America/Havana", "2025-11-02 00:30", "2025-11-02 04:30"),
            ("America/Havana", "2025-11-02 01:00", "2025-11-02 06:00"),
            ("Asia/Kolkata", "2026-11-01 00:30", "2026-10-31 19:00"),
        ];
        for (zone, wall, utc) in table {
            let zone = ZONES.iter().position(|it| *it == zone).expect("a zone of ours");
            let (day, time) = read(wall);
            assert_eq!(civil(Clock::of(zone).resolve(day, time), " "), utc, "{wall} in {}", ZONES[zone]);
        }
    }

    #[test]
    fn the_last_of_two_shown_times_is_still_that_day() {
        let clock = Clock::of(0);
        let (day, time) = read("2026-11-01 06:30");
        let again = day.0 * DAY + time;
        assert_eq!(clock.show(again), "2026-11-01 01:30");
        assert_eq!(clock.show(again - 60), "2026-11-01 01:30");
        assert_eq!(clock.jumps.len(), 5);
    }
}
