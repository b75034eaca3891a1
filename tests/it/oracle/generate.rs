//! Small organisations out of a seed, with a liking for the days on which clocks jump.

use super::clock::{Clock, DAY, Day, Minute, ZONES, Zone};
use super::held;
use super::model::{
    Bound, Cadence, End, Hours, Layer, MonthDay, NAMES, Organisation, Override, Person, Rotation, Rule, Secondary,
    SecondaryTurns,
};

/// SplitMix64.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub fn below(&mut self, bound: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        (z % bound.unsigned_abs()).cast_signed()
    }

    /// Both ends are included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(high - low + 1)
    }

    pub fn chance(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }

    pub fn index(&mut self, length: usize) -> usize {
        self.below(length as i64) as usize
    }

    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.index(items.len())]
    }

    /// So many of the items, in an order of their own.
    fn some<T: Copy>(&mut self, items: &[T], count: usize) -> Vec<T> {
        let mut items = items.to_vec();
        let mut some = Vec::new();
        for _ in 0..count.min(items.len()) {
            some.push(items.swap_remove(self.index(items.len())));
        }
        some
    }
}

/// Times that some zone skips or shows twice, or that border on these.
const TRICKY: [i64; 11] = [0, 30, 60, 90, 120, 135, 150, 165, 180, 23 * 60, 23 * 60 + 30];
const PLAIN: [i64; 8] = [6 * 60, 7 * 60 + 45, 9 * 60, 10 * 60, 12 * 60, 17 * 60 + 5, 18 * 60, 22 * 60];
const WEEK: [i64; 7] = [0, 1, 2, 3, 4, 5, 6];

/// The organisation of a seed; its first rotation is in this zone.
pub fn organisation(zone: Zone, seed: u64) -> Organisation {
    let random = &mut Random::new(seed << 8 | zone as u64);
    let people = random.between(1, NAMES.len() as i64) as usize;
    let calendars = if random.chance(50) { &["us", "ie"][..] } else { &["us"] };
    let holidays = calendars.iter().map(|name| (*name, holidays(random, zone))).collect();
    let mut organisation = Organisation { zone: any_zone(random), people, holidays, rotations: Vec::new() };
    for nth in 0..if random.chance(30) { 2 } else { 1 } {
        let zone = if nth == 0 { zone } else { any_zone(random) };
        let rotation = rotation(random, zone, &organisation);
        organisation.rotations.push(rotation);
    }
    organisation
}

fn any_zone(random: &mut Random) -> Zone {
    random.index(ZONES.len())
}

fn holidays(random: &mut Random, zone: Zone) -> Vec<Day> {
    let mut days: Vec<Day> =
        (0..random.between(2, 6)).map(|_| day(random, zone, Day::of(2025, 12, 20), Day::of(2027, 1, 5))).collect();
    days.sort_unstable();
    days.dedup();
    days
}

fn rotation(random: &mut Random, zone: Zone, organisation: &Organisation) -> Rotation {
    let coverage = |random: &mut Random| random.chance(90).then(|| hours(random, organisation));
    let mut rotation = Rotation {
        zone,
        coverage: coverage(random),
        layers: layers(random, zone, organisation),
        secondary: None,
        overrides: Vec::new(),
    };
    if random.chance(65) {
        let turns = if random.chance(50) {
            SecondaryTurns::Follow(random.between(1, 3) as usize)
        } else {
            SecondaryTurns::Layers(layers(random, zone, organisation))
        };
        rotation.secondary = Some(Secondary { turns, coverage: coverage(random) });
    }
    let count = random.pick(&[0, 1, 2, 3, 4, 6, 8]);
    let mut near = day(random, zone, Day::of(2025, 12, 5), Day::of(2026, 12, 20));
    for _ in 0..count {
        if random.chance(50) {
            near = day(random, zone, Day::of(2025, 12, 5), Day::of(2026, 12, 20));
        }
        let it = dated_exception(random, &rotation, near, organisation);
        rotation.overrides.push(it);
    }
    rotation
}

fn dated_exception(random: &mut Random, rotation: &Rotation, near: Day, organisation: &Organisation) -> Override {
    let secondary = rotation.secondary.is_some() && random.chance(35);
    let person = (!random.chance(20)).then(|| random.index(organisation.people));
    let others: Vec<Person> = (0..organisation.people).filter(|it| Some(*it) != person).collect();
    let required = rotation.has_together(secondary);
    let (person, whom) = match others.is_empty() {
        // Nobody else is there to be replaced: leave the one person's place vacant.
        true if required => (None, Some(0)),
        true => (person, None),
        false => (person, (required || random.chance(55)).then(|| random.pick(&others))),
    };
    let clock = Clock::of(rotation.zone);
    loop {
        let start = Day(near.0 + random.between(0, 3));
        let last = Day(start.0 + random.pick(&[0, 0, 1, 2, 5, 9, 20]));
        let from = moment(random, clock, start);
        let end = if random.chance(35) { End::Through(last) } else { End::Until(moment(random, clock, last)) };
        let it = Override { person, whom, secondary, from, end };
        let (start, end) = it.span(clock);
        if start < end {
            return it;
        }
    }
}

/// A bare date, a local date-time or one with an offset, on a day.
fn moment(random: &mut Random, clock: &Clock, day: Day) -> Bound {
    if random.chance(40) { Bound::Day(day) } else { splice(random, clock, day) }
}

fn splice(random: &mut Random, clock: &Clock, day: Day) -> Bound {
    let time = time(random);
    if random.chance(50) {
        return Bound::Local(day, time);
    }
    // Sometimes an hour on, which may be the second pass of a doubled one.
    let at = clock.resolve(day, time) + random.pick(&[0, 0, 30, 60]);
    Bound::Offset(at, if random.chance(50) { 0 } else { clock.offset(at) })
}

fn layers(random: &mut Random, zone: Zone, organisation: &Organisation) -> Vec<Layer> {
    let mut layers: Vec<Layer> = Vec::new();
    for nth in 0..random.pick(&[1, 1, 2, 2, 3, 4]) {
        let next = match layers.last() {
            Some(previous) if random.chance(35) => successor(random, previous, zone, organisation),
            _ => None,
        };
        let next = next.unwrap_or_else(|| layer(random, zone, organisation, nth == 0));
        layers.push(next);
    }
    layers
}

/// A layer that starts at the handoff at which the one before it ends.
fn successor(random: &mut Random, previous: &Layer, zone: Zone, organisation: &Organisation) -> Option<Layer> {
    let until = previous.until?;
    let zone = previous.zone.unwrap_or(zone);
    let mut next = Layer { from: until, until: None, first: None, ..previous.clone() };
    if let Bound::Day(day) = until {
        // Counted from there, the cadence may want other days.
        let counted = matches!(next.cadence, Cadence::Hours { .. });
        if !counted && held::times(&next.cadence, day, day).is_empty() {
            return None;
        }
    }
    (next.people, next.together) = places(random, organisation);
    next.first = first(random, &next);
    next.until = until_of(random, &next, zone);
    Some(next)
}

fn layer(random: &mut Random, zone: Zone, organisation: &Organisation, base: bool) -> Layer {
    let own = random.chance(30).then(|| any_zone(random));
    let zone = own.unwrap_or(zone);
    let clock = Clock::of(zone);
    let (people, together) = places(random, organisation);
    let cadence = cadence(random);
    let day = match random.below(10) {
        0 => day(random, zone, Day::of(2025, 1, 5), Day::of(2025, 11, 30)),
        1 => Day::of(2026, 1, 1),
        _ if base && random.chance(60) => day(random, zone, Day::of(2025, 12, 1), Day::of(2026, 1, 20)),
        _ => day(random, zone, Day::of(2025, 12, 1), Day::of(2026, 10, 1)),
    };
    let from = if random.chance(65) {
        let mut days = (day.0..).map(Day);
        let counted = matches!(cadence, Cadence::Hours { .. });
        Bound::Day(
            days.find(|it| counted || !held::times(&cadence, *it, *it).is_empty()).expect("every cadence hands off"),
        )
    } else {
        splice(random, clock, day)
    };
    let hours = random.chance(if base { 25 } else { 70 }).then(|| hours(random, organisation));
    let mut layer = Layer { zone: own, hours, people, together, first: None, from, until: None, cadence };
    layer.first = first(random, &layer);
    layer.until = until_of(random, &layer, zone);
    layer
}

fn until_of(random: &mut Random, layer: &Layer, zone: Zone) -> Option<Bound> {
    let clock = Clock::of(zone);
    let from = layer.from.day(clock);
    let last = Day::of(2027, 2, 20);
    if random.chance(50) || from.0 + 2 > last.0 {
        return None;
    }
    let soon = Day((from.0 + 2 + random.below(120)).min(last.0));
    let day = if random.chance(60) { soon } else { day(random, zone, Day(from.0 + 2), last) };
    if random.chance(40) {
        return Some(splice(random, clock, day));
    }
    let start = held::start(layer, clock);
    let fits = |it: &&(Day, Minute)| day <= it.0 && it.0 <= last && it.1 > start;
    held::first_handoffs(layer, clock).iter().find(fits).map(|it| Bound::Day(it.0))
}

fn first(random: &mut Random, layer: &Layer) -> Option<Person> {
    let people: Vec<Person> = layer.people.iter().copied().flatten().collect();
    (!layer.together && random.chance(35)).then(|| random.pick(&people))
}

/// Whose turns, and whether they are all on at once.
fn places(random: &mut Random, organisation: &Organisation) -> (Vec<Option<Person>>, bool) {
    let count = random.between(1, organisation.people as i64) as usize;
    let everybody: Vec<Person> = (0..organisation.people).collect();
    let mut people: Vec<Option<Person>> = random.some(&everybody, count).into_iter().map(Some).collect();
    let together = count > 1 && random.chance(12);
    if !together && random.chance(20) {
        people.insert(random.index(people.len() + 1), None);
    }
    (people, together)
}

fn cadence(random: &mut Random) -> Cadence {
    match random.below(100) {
        0..15 => Cadence::Hours { every: random.pick(&[2, 5, 6, 7, 8, 12, 24, 36, 100, 168]), at: time(random) },
        15..35 => Cadence::Days { every: random.pick(&[1, 1, 1, 2, 3, 4, 10]), at: times(random) },
        35..57 => {
            let days = random.pick(&[1, 1, 1, 2, 2, 3, 5]);
            Cadence::Weeks { every: random.pick(&[1, 1, 1, 2, 3]), on: weekdays(random, days), at: times(random) }
        }
        57..70 => {
            let on = random.between(1, 28);
            let on = if random.chance(35) { MonthDay::Last } else { MonthDay::Day(on) };
            Cadence::Months { every: random.pick(&[1, 1, 2, 3]), on, at: times(random) }
        }
        _ => {
            let at = time(random);
            match rule(random) {
                // DTSTART is the first of the day's times, so that it means the same however a day is read.
                Rule::ByHour(hours) => {
                    let at = hours[0] * 60 + at % 60;
                    Cadence::Rule { rule: Rule::ByHour(hours), at }
                }
                Rule::ByHalfHour(hours) => {
                    let at = hours[0] * 60;
                    Cadence::Rule { rule: Rule::ByHalfHour(hours), at }
                }
                Rule::Hourly(every) => Cadence::Rule { rule: Rule::Hourly(every), at: at % (every * 60) },
                rule => Cadence::Rule { rule, at },
            }
        }
    }
}

fn rule(random: &mut Random) -> Rule {
    match random.below(12) {
        0 => Rule::Hourly(random.pick(&[3, 4, 6, 12])),
        1 | 2 => Rule::Daily(random.pick(&[1, 2, 3, 5])),
        3 => Rule::ByHour(random.pick(&[&[2, 14][..], &[0, 8, 16], &[1, 2, 3]]).to_vec()),
        4 => Rule::ByHalfHour(random.pick(&[&[0, 12][..], &[1, 2], &[0, 1, 2, 3, 23]]).to_vec()),
        5..8 => {
            let days = random.between(1, 5) as usize;
            Rule::Weekly(random.pick(&[1, 1, 1, 2]), weekdays(random, days))
        }
        8 => Rule::ByMonthDay(random.pick(&[&[1, 15][..], &[31], &[-1], &[10, 20, -3]]).to_vec()),
        9 => Rule::NthWeekday {
            every: random.pick(&[1, 1, 2]),
            nth: random.pick(&[1, 1, 2, 3, -1, 5]),
            weekday: random.below(7),
        },
        10 => Rule::LastWorkday,
        _ => Rule::Quarterly,
    }
}

fn weekdays(random: &mut Random, count: usize) -> Vec<i64> {
    let mut days = random.some(&WEEK, count);
    days.sort_unstable();
    days
}

fn times(random: &mut Random) -> Vec<i64> {
    let count = random.pick(&[1, 1, 1, 2, 2, 3]);
    let mut times = match random.below(4) {
        0 => random.some(&[120, 135, 150, 180], count),
        1 => random.some(&TRICKY, count),
        _ => (0..count).map(|_| time(random)).collect(),
    };
    times.sort_unstable();
    times.dedup();
    times
}

fn time(random: &mut Random) -> i64 {
    match random.below(20) {
        0 => random.below(DAY),
        1..10 => random.pick(&TRICKY),
        _ => random.pick(&PLAIN),
    }
}

pub fn hours(random: &mut Random, organisation: &Organisation) -> Vec<Hours> {
    if random.chance(20) {
        return vec![Hours::Always];
    }
    (0..random.pick(&[1, 1, 2, 3])).map(|_| window(random, organisation)).collect()
}

fn window(random: &mut Random, organisation: &Organisation) -> Hours {
    const WORKDAYS: &[(i64, i64)] = &[(0, 4)];
    let days = |random: &mut Random| {
        random
            .pick(&[
                WORKDAYS,
                WORKDAYS,
                &[(0, 6)],
                &[(0, 6)],
                &[(5, 5), (6, 6)],
                &[(2, 2)],
                &[(4, 0)],
                &[(0, 0), (2, 4)],
                &[(6, 6)],
            ])
            .to_vec()
    };
    let span = |random: &mut Random| loop {
        let pair = (time(random), time(random));
        if pair.0 != pair.1 {
            return pair;
        }
    };
    match random.below(10) {
        0..3 => Hours::Daily { days: days(random), start: 9 * 60, end: random.pick(&[12 * 60, 17 * 60, 18 * 60]) },
        3 | 4 => {
            let (start, end) = span(random);
            Hours::Daily { days: days(random), start, end }
        }
        5 => Hours::Daily { days: days(random), start: 22 * 60, end: 6 * 60 },
        6 => Hours::Daily { days: days(random), start: random.pick(&[0, 120, 18 * 60]), end: DAY },
        7 => {
            let (from, to) = random.pick(&[(4, 0), (4, 6), (5, 6), (6, 2), (0, 3), (5, 0)]);
            Hours::Across { from, start: time(random), to, end: random.pick(&[60, 120, 150, 9 * 60, DAY]) }
        }
        _ => {
            let calendar = random.index(organisation.holidays.len());
            let named = organisation.holidays.len() > 1 || random.chance(50);
            let times = random.chance(50).then(|| span(random));
            Hours::Holidays { calendar, named, times }
        }
    }
}

/// A day between two others, often near one on which the zone's clock jumps.
fn day(random: &mut Random, zone: Zone, first: Day, last: Day) -> Day {
    if random.chance(40) {
        let near = |it: &Day| first.0 + 3 <= it.0 && it.0 + 2 <= last.0;
        let jumps: Vec<Day> = Clock::of(zone).jumps.iter().copied().filter(near).collect();
        if !jumps.is_empty() {
            return Day(random.pick(&jumps).0 + random.between(-3, 1));
        }
    }
    Day(random.between(first.0, last.0))
}

/// Any instant of the year.
pub fn instant(random: &mut Random) -> Minute {
    random.between(super::clock::YEAR.start, super::clock::YEAR.end - 1)
}

#[cfg(test)]
mod tests {
    use super::super::model::files;
    use super::*;

    #[test]
    fn every_feature_is_there_often_enough() {
        let mut texts = Vec::new();
        for zone in 0..ZONES.len() {
            for seed in 0..super::super::seeds() {
                let files = files(&organisation(zone, seed));
                texts.push(files.into_iter().map(|(_, text)| text).collect::<String>());
            }
        }
        let features = [
            "hours\", at",
            "every = \"day\"",
            "days\"",
            "every = \"week\"",
            "weeks\"",
            "every = \"month\"",
            "months\"",
            "\"last\"",
            "on = [",
            "at = [",
            "FREQ=HOURLY",
            "FREQ=DAILY",
            "FREQ=WEEKLY",
            "FREQ=MONTHLY",
            "BYHOUR",
            "BYSETPOS",
            "BYMONTHDAY",
            "together = true",
            "@nobody",
            "first   =",
            "follow =",
            "secondary.layers",
            "person = \"@nobody\"",
            "for    =",
            "seat   = \"secondary\"",
            "through =",
            "until   = ",
            "T02:30:00\n",
            "Z\n",
            "24:00\"",
            "24x7",
            "22:00-06:00",
            "\"holidays\"",
            "\"holidays us\"",
            "\"holidays us ",
            "Fri ",
            "\"Sat,Sun ",
            "app-ops",
        ];
        for feature in features {
            let count = texts.iter().filter(|it| it.contains(feature)).count();
            assert!(count >= 2, "{feature:?} is in {count} of {}", texts.len());
        }
    }
}
