//! Times in other people's files, by a format in the manner of strftime.

use chrono::format::{Item, Parsed, StrftimeItems};

use crate::time::{CIVIL_DAY, Instant, Zone};

/// How times are written in a file, and in which zone those are that say none.
///
/// The format is compiled once. What a format can hold besides the usual fields is left to chrono, which reads the same,
/// slower.
///
/// ```
/// use dogwatch::time::{Stamp, Zone};
///
/// let lisbon = Zone::named("Europe/Lisbon").unwrap();
/// let stamp = Stamp::new("%d/%m/%Y %H:%M", Some(lisbon)).unwrap();
/// assert_eq!(stamp.read(b"1/7/2016 09:05").unwrap().to_string(), "2016-07-01T08:05:00Z");
/// assert_eq!(stamp.read(b"31/6/2016 09:05"), None);
/// ```
#[derive(Debug, Clone)]
pub struct Stamp {
    parts: Parts,
    /// Its texts mostly have one length, and then are read all at once.
    fixed: Option<Fixed>,
    zone: Option<Zone>,
}

/// Why a format and a zone say no time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StampError {
    /// Not a format.
    #[error("not a format of times: `{format}`")]
    Form {
        /// As written.
        format: String,
    },
    /// A name such as EST may stand for several offsets.
    #[error("`%Z` reads a name such as EST, which says no offset")]
    ZoneName,
    /// A day cannot be told from it.
    #[error("this format says no whole date: `{format}`")]
    Date {
        /// As written.
        format: String,
    },
    /// Neither an offset nor a zone.
    #[error("a time without an offset needs a zone")]
    NoZone,
    /// Both an offset and a zone.
    #[error("these times bear their offset, and a zone is given besides")]
    TwoZones,
}

#[derive(Debug, Clone)]
enum Parts {
    /// Read here.
    Fast(Vec<Part>),
    /// Read by chrono.
    Slow { format: String, offset: bool },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Byte(u8),
    /// Any run of blanks, also none.
    Blanks,
    Year,
    ShortYear,
    Month,
    MonthName,
    Day,
    Hour,
    Hour12,
    HalfDay,
    Minute,
    Second,
    /// A dot and digits, or nothing.
    Fraction,
    Offset,
    /// `T`, `t` or a blank, as RFC 3339 allows.
    Between,
    Epoch,
}

/// What was read: a clock without a zone, or with an offset.
struct Reading {
    civil: i64,
    offset: Option<i64>,
}

impl Stamp {
    /// Times in this format; `zone` for those that bear no offset.
    ///
    /// # Errors
    ///
    /// [`StampError`] if the format says no time, or no zone is known, or two are.
    pub fn new(format: &str, zone: Option<Zone>) -> Result<Stamp, StampError> {
        let parts = parts(format)?;
        match (parts.bear_offset(), &zone) {
            (false, None) => Err(StampError::NoZone),
            (true, Some(_)) => Err(StampError::TwoZones),
            _ => Ok(Stamp { fixed: fixed(&parts), parts, zone }),
        }
    }

    /// Whether times in this format bear their offset.
    ///
    /// # Errors
    ///
    /// [`StampError`] if it is no format of times.
    pub fn bears_offset(format: &str) -> Result<bool, StampError> {
        parts(format).map(|it| it.bear_offset())
    }

    /// The instant that a text says; `None` if it is not of the format, or outside of the known years. Parts of a second
    /// are dropped.
    pub fn read(&self, text: &[u8]) -> Option<Instant> {
        self.read_near(text, &mut LastDay::default())
    }

    /// The same, in less time if it is on the day that was read last.
    #[inline(always)]
    pub fn read_near(&self, text: &[u8], last: &mut LastDay) -> Option<Instant> {
        match &self.fixed {
            Some(fixed) if let Some(civil) = fixed.read(text, last) => match fixed.offset {
                true => Instant::new(civil),
                false => self.resolve(civil),
            },
            _ => self.read_by_parts(text),
        }
    }

    #[cold]
    fn read_by_parts(&self, text: &[u8]) -> Option<Instant> {
        let reading = match &self.parts {
            Parts::Fast(parts) => read(parts, text),
            Parts::Slow { format, offset } => by_chrono(format, *offset, std::str::from_utf8(text).ok()?),
        };
        let Reading { civil, offset } = reading?;
        match offset {
            Some(offset) => Instant::new(civil.checked_sub(offset)?),
            None => self.resolve(civil),
        }
    }

    /// What a clock shows that bears no offset.
    fn resolve(&self, civil: i64) -> Option<Instant> {
        // A day at either end: there, what a clock shows may be an instant outside.
        let known = (CIVIL_DAY..Instant::MAX.unix() - CIVIL_DAY).contains(&civil);
        let zone = self.zone.as_ref().filter(|_| known)?;
        Some(Instant::from_unix(zone.transitions().resolve(civil)))
    }
}

impl Parts {
    fn bear_offset(&self) -> bool {
        match self {
            Parts::Fast(parts) => parts.iter().any(|it| matches!(it, Part::Offset | Part::Epoch)),
            Parts::Slow { offset, .. } => *offset,
        }
    }
}

fn parts(format: &str) -> Result<Parts, StampError> {
    let form = || StampError::Form { format: format.to_owned() };
    let items: Vec<Item<'_>> = StrftimeItems::new(format).collect();
    if format.is_empty() || items.contains(&Item::Error) {
        return Err(form());
    }
    if format.contains("%Z") {
        return Err(StampError::ZoneName);
    }
    let parts = match fast(format) {
        Some(parts) => Parts::Fast(parts),
        None => {
            let offset = ["%z", "%:z", "%::z", "%:::z", "%#z", "%+", "%s"].iter().any(|it| format.contains(it));
            Parts::Slow { format: format.to_owned(), offset }
        }
    };
    match says_a_day(&parts) {
        true => Ok(parts),
        false => Err(StampError::Date { format: format.to_owned() }),
    }
}

fn says_a_day(parts: &Parts) -> bool {
    match parts {
        Parts::Slow { .. } => true,
        Parts::Fast(parts) => {
            let has = |any: &[Part]| parts.iter().any(|it| any.contains(it));
            let day = has(&[Part::Year, Part::ShortYear]) && has(&[Part::Month, Part::MonthName]) && has(&[Part::Day]);
            let hour = !has(&[Part::Hour12]) || has(&[Part::HalfDay]);
            has(&[Part::Epoch]) || (day && hour)
        }
    }
}

/// The parts of a format; `None` if one of them is none of ours.
fn fast(format: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        let words: [(&str, &[Part]); 21] = [
            ("%Y", &[Part::Year]),
            ("%y", &[Part::ShortYear]),
            ("%m", &[Part::Month]),
            ("%b", &[Part::MonthName]),
            ("%B", &[Part::MonthName]),
            ("%h", &[Part::MonthName]),
            ("%d", &[Part::Day]),
            ("%e", &[Part::Day]),
            ("%H", &[Part::Hour]),
            ("%I", &[Part::Hour12]),
            ("%p", &[Part::HalfDay]),
            ("%M", &[Part::Minute]),
            ("%S", &[Part::Second]),
            ("%.f", &[Part::Fraction]),
            ("%z", &[Part::Offset]),
            ("%:z", &[Part::Offset]),
            ("%s", &[Part::Epoch]),
            ("%%", &[Part::Byte(b'%')]),
            ("%F", &[Part::Year, Part::Byte(b'-'), Part::Month, Part::Byte(b'-'), Part::Day]),
            ("%T", &[Part::Hour, Part::Byte(b':'), Part::Minute, Part::Byte(b':'), Part::Second]),
            ("%R", &[Part::Hour, Part::Byte(b':'), Part::Minute]),
        ];
        if let Some((word, found)) = words.iter().find(|(word, _)| rest.starts_with(word)) {
            parts.extend(*found);
            rest = &rest[word.len()..];
        } else if let Some(after) = rest.strip_prefix("%+") {
            parts.extend(fast("%F")?);
            parts.push(Part::Between);
            parts.extend(fast("%T%.f%z")?);
            rest = after;
        } else if first == '%' || !first.is_ascii() {
            return None;
        } else {
            parts.push(if first == ' ' { Part::Blanks } else { Part::Byte(u8::try_from(first).ok()?) });
            rest = &rest[1..];
        }
    }
    Some(parts)
}

fn read(parts: &[Part], text: &[u8]) -> Option<Reading> {
    let mut rest = text;
    let (mut year, mut month, mut day) = (1970, 1, 1);
    let (mut hour, mut minute, mut second) = (0, 0, 0);
    let (mut afternoon, mut offset, mut epoch) = (None, None, None);
    for part in parts {
        match part {
            Part::Byte(byte) => rest = rest.split_first().filter(|(it, _)| *it == byte)?.1,
            Part::Blanks => rest = rest.trim_ascii_start(),
            Part::Year => year = digits(&mut rest, 4, 4)?,
            // 70 to 99 are of the last century, as chrono has it.
            Part::ShortYear => year = digits(&mut rest, 2, 2).map(|it| if it < 70 { 2000 + it } else { 1900 + it })?,
            Part::Month => month = digits(&mut rest, 1, 2)?,
            Part::MonthName => month = month_name(&mut rest)?,
            Part::Day => day = digits(&mut rest, 1, 2)?,
            Part::Hour => hour = digits(&mut rest, 1, 2).filter(|it| *it < 24)?,
            Part::Hour12 => hour = digits(&mut rest, 1, 2).filter(|it| (1..=12).contains(it))? % 12,
            Part::HalfDay => {
                let (word, after) = rest.split_at_checked(2)?;
                afternoon = match word {
                    _ if word.eq_ignore_ascii_case(b"am") => Some(false),
                    _ if word.eq_ignore_ascii_case(b"pm") => Some(true),
                    _ => return None,
                };
                rest = after;
            }
            Part::Minute => minute = digits(&mut rest, 1, 2).filter(|it| *it < 60)?,
            Part::Second => second = digits(&mut rest, 1, 2).filter(|it| *it < 60)?,
            Part::Fraction => {
                if let Some(after) = rest.strip_prefix(b".") {
                    rest = after;
                    digits(&mut rest, 1, 9)?;
                }
            }
            Part::Offset => offset = Some(offset_of(&mut rest)?),
            Part::Between => rest = rest.strip_prefix(b"T").or(rest.strip_prefix(b"t")).or(rest.strip_prefix(b" "))?,
            Part::Epoch => epoch = Some(digits(&mut rest, 1, 11)?),
        }
    }
    if !rest.is_empty() {
        return None;
    }
    if let Some(civil) = epoch {
        return Some(Reading { civil, offset: Some(0) });
    }
    if afternoon == Some(true) && hour < 12 {
        hour += 12;
    }
    let days = days_from_civil(year, month, day)?;
    Some(Reading { civil: days * CIVIL_DAY + hour * 3600 + minute * 60 + second, offset })
}

/// `2026-03-03T15:00:00`, with some byte for the `T`, then perhaps `Z`: nothing in it moves, so eight bytes are read at a
/// time. What stands otherwise, is no date or has another offset is left to the parts of the format.
#[derive(Debug, Clone, Copy)]
struct Fixed {
    between: u8,
    /// It ends with `Z`.
    marked: bool,
    /// And that is its offset, not a letter of the format.
    offset: bool,
}

fn fixed(parts: &Parts) -> Option<Fixed> {
    use Part::{Between, Blanks, Byte, Day, Fraction, Hour, Minute, Month, Offset, Second, Year};
    let Parts::Fast(parts) = parts else { return None };
    let (date, rest) = parts.split_at_checked(5)?;
    let (between, rest) = rest.split_first()?;
    let (time, end) = rest.split_at_checked(5)?;
    if date != [Year, Byte(b'-'), Month, Byte(b'-'), Day] || time != [Hour, Byte(b':'), Minute, Byte(b':'), Second] {
        return None;
    }
    let between = match between {
        Between => b'T',
        Blanks => b' ',
        Byte(byte) if !byte.is_ascii_digit() => *byte,
        _ => return None,
    };
    match end {
        [] => Some(Fixed { between, marked: false, offset: false }),
        [Byte(b'Z')] => Some(Fixed { between, marked: true, offset: false }),
        [Offset] | [Fraction, Offset] => Some(Fixed { between, marked: true, offset: true }),
        _ => None,
    }
}

impl Fixed {
    /// What a clock shows.
    #[inline(always)]
    fn read(self, text: &[u8], last: &mut LastDay) -> Option<i64> {
        /// To an hour, a minute and a second, in their places, this is added: too much overflows into the highest bit.
        const ROOM: u64 = u64::from_le_bytes([128 - 24, 0, 0, 128 - 60, 0, 0, 128 - 60, 0]);
        const CLOCK: u64 = u64::from_le_bytes([0xff, 0, 0, 0xff, 0, 0, 0xff, 0]);
        let (head, end) = text.split_first_chunk::<19>()?;
        match end {
            [] if !self.marked => {}
            [b'Z'] if self.marked => {}
            _ => return None,
        }
        let word = |at: usize| head[at..].first_chunk::<8>().map(|it| u64::from_le_bytes(*it));
        let day = [word(0)?, word(3)?];
        // Another format may have another byte between day and clock.
        if day != last.text || head[10] != self.between {
            *last = LastDay { text: day, begin: self.day(day)? };
        }
        let clock = pairs(word(11)?, *b"00:00:00")? & CLOCK;
        if (clock + ROOM) & HIGH != 0 {
            return None;
        }
        Some(last.begin + at(clock, 0) * 3600 + at(clock, 3) * 60 + at(clock, 6))
    }

    /// When a day begins that is written in the first eleven bytes.
    fn day(self, [date, day]: [u64; 2]) -> Option<i64> {
        let date = pairs(date, *b"0000-00-")?;
        let day = pairs(day, [b'0', b'-', b'0', b'0', b'-', b'0', b'0', self.between])?;
        let (year, month, day) = (at(date, 0) * 100 + at(date, 2), at(date, 5), at(day, 5));
        let months = usize::try_from((year - FIRST_YEAR) * 12 + month - 1).ok()?;
        let (before, length) = *MONTHS_FROM_1970.get(months)?;
        if !(1..=12).contains(&month) || !(1..=i64::from(length)).contains(&day) {
            return None;
        }
        Some((i64::from(before) + day - 1) * CIVIL_DAY)
    }
}

/// The day that was read last, as it was written: rows of a file mostly follow one another.
#[derive(Debug, Clone, Copy)]
pub struct LastDay {
    text: [u64; 2],
    begin: i64,
}

impl Default for LastDay {
    /// No day: no format has such bytes.
    fn default() -> LastDay {
        LastDay { text: [u64::MAX; 2], begin: 0 }
    }
}

/// The number at a place among [`pairs`].
#[inline]
fn at(pairs: u64, place: u32) -> i64 {
    i64::from((pairs >> (8 * place)).to_le_bytes()[0])
}

const HIGH: u64 = 0x8080_8080_8080_8080;

/// The numbers of two digits that begin at each byte, where the text is like the pattern: a digit for each `0`, else the
/// same byte.
#[inline]
fn pairs(text: u64, pattern: [u8; 8]) -> Option<u64> {
    // What is added to a digit makes ten overflow into the highest bit; to what must be 0, one.
    let room = u64::from_le_bytes(pattern.map(|it| if it == b'0' { 0x76 } else { 0x7f }));
    let digits = text ^ u64::from_le_bytes(pattern);
    let wrong = (digits | (digits & !HIGH).wrapping_add(room)) & HIGH;
    (wrong == 0).then(|| digits.wrapping_mul(10).wrapping_add(digits >> 8))
}

const FIRST_YEAR: i64 = 1970;

/// For each month of the known years: the days before it, from 1970 on, and its own.
static MONTHS_FROM_1970: [(u32, u8); 137 * 12] = {
    let mut months = [(0, 0); 137 * 12];
    let mut before = 0;
    let mut month = 0;
    while month < months.len() {
        let year = 1970 + month / 12;
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let length = match month % 12 {
            1 if leap => 29,
            1 => 28,
            3 | 5 | 8 | 10 => 30,
            _ => 31,
        };
        months[month] = (before, length);
        before += length as u32;
        month += 1;
    }
    months
};

/// From `least` to `most` digits.
fn digits(rest: &mut &[u8], least: usize, most: usize) -> Option<i64> {
    let mut value = 0;
    let mut length = 0;
    while length < most {
        match rest.get(length) {
            Some(byte) if byte.is_ascii_digit() => value = value * 10 + i64::from(byte - b'0'),
            _ => break,
        }
        length += 1;
    }
    *rest = &rest[length..];
    (length >= least).then_some(value)
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A month's name, whole or its first three letters.
fn month_name(rest: &mut &[u8]) -> Option<i64> {
    let begins =
        |name: &str, rest: &[u8]| rest.get(..name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name.as_bytes()));
    let found = MONTHS.iter().position(|it| begins(&it[..3], rest))?;
    let length = if begins(MONTHS[found], rest) { MONTHS[found].len() } else { 3 };
    *rest = &rest[length..];
    i64::try_from(found).ok().map(|it| it + 1)
}

/// `Z`, `+01:00` or `+0100`, in seconds.
fn offset_of(rest: &mut &[u8]) -> Option<i64> {
    if let Some(after) = rest.strip_prefix(b"Z").or(rest.strip_prefix(b"z")) {
        *rest = after;
        return Some(0);
    }
    let (sign, after) = rest.split_first()?;
    let sign = match sign {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    *rest = after;
    let hours = digits(rest, 2, 2)?;
    *rest = rest.strip_prefix(b":").unwrap_or(rest);
    let minutes = digits(rest, 2, 2).filter(|it| *it < 60)?;
    (hours < 24).then_some(sign * (hours * 3600 + minutes * 60))
}

/// Days from 1970-01-01 to a date that exists, by the well-known counting of years from March.
fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    const LENGTHS: [i64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let length = *LENGTHS.get(usize::try_from(month - 1).ok()?)?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if day < 1 || day > length + i64::from(leap && month == 2) {
        return None;
    }
    let from_march = if month > 2 { month - 3 } else { month + 9 };
    let year = if month > 2 { year } else { year - 1 };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * from_march + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

fn by_chrono(format: &str, offset: bool, text: &str) -> Option<Reading> {
    let mut parsed = Parsed::new();
    chrono::format::parse(&mut parsed, text, StrftimeItems::new(format)).ok()?;
    if offset {
        let at = parsed.to_datetime().ok()?;
        return Some(Reading { civil: at.timestamp(), offset: Some(0) });
    }
    let time = parsed.to_naive_time().unwrap_or_default();
    Some(Reading { civil: parsed.to_naive_date().ok()?.and_time(time).and_utc().timestamp(), offset: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(format: &str, zone: Option<&str>, text: &str, expected: Option<&str>) {
        let stamp = Stamp::new(format, zone.map(|it| Zone::named(it).unwrap())).unwrap();
        let found = stamp.read(text.as_bytes()).map(|it| it.to_string());
        assert_eq!(found.as_deref(), expected, "{text} by {format}");
    }

    #[test]
    fn times_are_read_as_files_have_them() {
        let utc = Some("UTC");
        reads("%d/%m/%Y %H:%M", utc, "29/2/2016 01:16", Some("2016-02-29T01:16:00Z"));
        reads("%d/%m/%Y %H:%M", utc, "29/2/2015 01:16", None);
        reads("%d/%m/%Y %H:%M", utc, "29/2/2016 01:16 ", None);
        reads("%m/%d/%y %I:%M %p", utc, "2/9/16 12:05 AM", Some("2016-02-09T00:05:00Z"));
        reads("%m/%d/%y %I:%M %p", utc, "2/9/16 12:05 pm", Some("2016-02-09T12:05:00Z"));
        reads("%d %b %Y %T", utc, "9 Feb 2016 10:11:12", Some("2016-02-09T10:11:12Z"));
        reads("%B %d %Y", utc, "february 9 2016", Some("2016-02-09T00:00:00Z"));
        reads("%+", None, "2016-02-09T10:11:12.250+01:00", Some("2016-02-09T09:11:12Z"));
        reads("%+", None, "2016-02-09 10:11:12Z", Some("2016-02-09T10:11:12Z"));
        reads("%s", None, "1455012672", Some("2016-02-09T10:11:12Z"));
        reads("%Y-%j", utc, "2016-040", Some("2016-02-09T00:00:00Z"));
        reads("%Y-%m-%dT%H:%M:%SZ", utc, "1969-12-31T23:59:59Z", None);
        reads("%Y-%m-%dT%H:%M:%SZ", utc, "9999-12-31T23:59:59Z", None);
    }

    #[test]
    fn a_clock_needs_a_zone_and_only_one() {
        let error = |format: &str, zone: bool| Stamp::new(format, zone.then(Zone::utc)).map(|_| ()).unwrap_err();
        assert_eq!(error("%d/%m/%Y %H:%M", false), StampError::NoZone);
        assert_eq!(error("%Y-%m-%d %H:%M %z", true), StampError::TwoZones);
        assert_eq!(error("%Y-%m-%d %H:%M %Z", true), StampError::ZoneName);
        assert_eq!(error("%H:%M", true), StampError::Date { format: "%H:%M".to_owned() });
        assert_eq!(error("%Y-%m-%d %I:%M", true), StampError::Date { format: "%Y-%m-%d %I:%M".to_owned() });
        assert_eq!(error("%Q", true), StampError::Form { format: "%Q".to_owned() });
    }

    /// Whatever is read here, chrono reads the same.
    #[test]
    fn chrono_reads_the_same() {
        let formats =
            ["%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M:%SZ", "%m/%d/%y %I:%M:%S %p", "%d %b %Y %T%.f", "%+", "%F %R %z", "%s"];
        let mut seed: u64 = 7;
        let mut random = |most: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % most
        };
        let mut read_ones = 0;
        for round in 0..14_000 {
            let format = formats[round % formats.len()];
            let at = chrono::DateTime::from_timestamp(random(7_000_000_000) as i64, 0).unwrap();
            let mut text = at.fixed_offset().format(format).to_string().into_bytes();
            // Half of them are spoilt.
            if random(2) == 0 {
                let place = random(text.len() as u64) as usize;
                text[place] = b"0123456789/-: TZaAmM+."[random(22) as usize];
            }
            let text = String::from_utf8(text).unwrap();
            let Some(found) = fast(format).and_then(|it| read(&it, text.as_bytes())) else { continue };
            let offset = found.offset.is_some();
            let theirs = by_chrono(format, offset, &text).map(|it| it.civil - it.offset.unwrap_or(0));
            assert_eq!(Some(found.civil - found.offset.unwrap_or(0)), theirs, "{text} by {format}");
            read_ones += 1;
        }
        assert!(read_ones > 7_000, "{read_ones}");
    }
}
