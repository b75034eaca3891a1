//! Who holds a seat, worked out for each minute of the year by looking at every day there is.

use super::clock::{Clock, DAY, DAYS, Day, Minute, YEAR, Zone};
use super::model::{Bound, Cadence, Hours, Layer, MonthDay, Organisation, Rotation, Rule, Secondary, SecondaryTurns};

/// What one minute says: who holds it, as bits (see [`VACANT`]), and in the upper bits which turn or override says so.
/// 0 is held by nobody.
pub type Cell = u32;

/// The bit of a vacancy.
pub const VACANT: u32 = 1 << 7;
const SOURCE: u32 = 8;

/// The people who hold, as bits; only [`VACANT`] when it is vacant on purpose; 0 when nothing is said.
pub fn who(cell: Cell) -> u8 {
    let holders = (cell & 0xff) as u8;
    let people = holders & !(VACANT as u8);
    if people == 0 { holders } else { people }
}

/// One cell for each minute of the year.
pub fn seat(organisation: &Organisation, rotation: &Rotation, secondary: bool) -> Vec<Cell> {
    let (layers, follow) = layers_of(rotation, secondary);
    let mut cells = vec![0; index(YEAR.end)];
    let mut source = 0;
    for layer in layers {
        let zone = layer.zone.unwrap_or(rotation.zone);
        let open = layer.hours.as_ref().map(|it| hours(it, Clock::of(zone), organisation));
        for turn in turns(layer, zone, follow) {
            source += 1;
            let (start, end) = (index(turn.start), index(turn.end));
            let cell = source << SOURCE | turn.holders;
            match &open {
                None => cells[start..end].fill(cell),
                Some(open) => {
                    for at in start..end {
                        if open[at] {
                            cells[at] = cell;
                        }
                    }
                }
            }
        }
    }
    for it in rotation.overrides.iter().filter(|it| it.secondary == secondary) {
        source += 1;
        let (start, end) = it.span(Clock::of(rotation.zone));
        let holder = it.person.map_or(VACANT, |it| 1 << it);
        for cell in &mut cells[index(start)..index(end)] {
            match it.whom {
                None => *cell = source << SOURCE | holder,
                Some(whom) if *cell & 1 << whom != 0 => {
                    let others = *cell & 0xff & !(1 << whom);
                    *cell = source << SOURCE | others | holder;
                }
                Some(_) => {}
            }
        }
    }
    cells
}

fn layers_of(rotation: &Rotation, secondary: bool) -> (&[Layer], usize) {
    match &rotation.secondary {
        Some(Secondary { turns: SecondaryTurns::Layers(layers), .. }) if secondary => (layers, 0),
        Some(Secondary { turns: SecondaryTurns::Follow(places), .. }) if secondary => (&rotation.layers, *places),
        _ => (&rotation.layers, 0),
    }
}

/// For each minute of the year: is it promised, and neither held nor vacant? Nothing is promised before the first turn
/// of the seat.
pub fn gaps(organisation: &Organisation, rotation: &Rotation, secondary: bool, cells: &[Cell]) -> Vec<bool> {
    let coverage = match (&rotation.secondary, secondary) {
        (Some(it), true) => &it.coverage,
        _ => &rotation.coverage,
    };
    match coverage {
        None => vec![false; cells.len()],
        Some(coverage) => {
            let promised = hours(coverage, Clock::of(rotation.zone), organisation);
            let (layers, follow) = layers_of(rotation, secondary);
            let first = layers.iter().filter_map(|layer| {
                let turns = turns(layer, layer.zone.unwrap_or(rotation.zone), follow);
                turns.first().map(|it| index(it.start))
            });
            let first = first.min().unwrap_or(cells.len());
            let minutes = promised.iter().zip(cells).enumerate();
            minutes.map(|(at, (promised, cell))| at >= first && *promised && *cell == 0).collect()
        }
    }
}

/// The instant's place in the year's cells; the nearest one if it lies outside.
fn index(at: Minute) -> usize {
    usize::try_from(at.clamp(YEAR.start, YEAR.end) - YEAR.start).expect("not before the year")
}

pub struct Turn {
    pub start: Minute,
    pub end: Minute,
    pub holders: u32,
}

/// All turns of a layer until the end of the table.
pub fn turns(layer: &Layer, zone: Zone, follow: usize) -> Vec<Turn> {
    let clock = Clock::of(zone);
    let start = start(layer, clock);
    let end = end(layer, clock).unwrap_or((DAYS - 2) * DAY);
    let mut starts = vec![start];
    starts.extend(handoffs(layer, clock).into_iter().filter(|it| start < *it && *it < end));
    let first = match layer.first {
        None => 0,
        Some(first) => layer.people.iter().position(|it| *it == Some(first)).expect("`first` is one of them"),
    };
    let bits = |person: Option<usize>| person.map_or(VACANT, |it| 1 << it);
    let mut turns = Vec::new();
    for (k, start) in starts.iter().enumerate() {
        let holders = if layer.together {
            layer.people.iter().fold(0, |all, it| all | bits(*it))
        } else {
            bits(layer.people[(first + follow + k) % layer.people.len()])
        };
        let end = starts.get(k + 1).copied().unwrap_or(end);
        turns.push(Turn { start: *start, end, holders });
    }
    turns
}

/// The instant at which turn 0 starts.
pub fn start(layer: &Layer, clock: &Clock) -> Minute {
    match layer.from {
        // Of the cadence `N hours` the day's handoff is the anchor.
        Bound::Day(day) => match layer.cadence {
            Cadence::Hours { at, .. } => clock.resolve(day, at),
            _ => first_handoff_on(layer, clock, day).expect("`from` is a handoff day"),
        },
        splice => splice.resolve(clock),
    }
}

fn end(layer: &Layer, clock: &Clock) -> Option<Minute> {
    layer.until.map(|until| match until {
        Bound::Day(day) => first_handoff_on(layer, clock, day).expect("`until` is a handoff day"),
        splice => splice.resolve(clock),
    })
}

/// A day's first handoff, if the day has one.
fn first_handoff_on(layer: &Layer, clock: &Clock, day: Day) -> Option<Minute> {
    first_handoffs(layer, clock).into_iter().find(|it| it.0 == day).map(|it| it.1)
}

/// The days that have a handoff, each with its first.
pub fn first_handoffs(layer: &Layer, clock: &Clock) -> Vec<(Day, Minute)> {
    let anchor = layer.from.day(clock);
    let mut days: Vec<(Day, Minute)> = match layer.cadence {
        Cadence::Hours { .. } => handoffs(layer, clock).into_iter().map(|it| (clock.day(it), it)).collect(),
        _ => (anchor.0..DAYS - 2)
            .map(Day)
            .filter_map(|day| Some((day, clock.resolve(day, *times(&layer.cadence, anchor, day).iter().min()?))))
            .collect(),
    };
    days.dedup_by_key(|it| it.0);
    days
}

/// Every handoff that the cadence has from the day of `from` on (of `N hours`: from the day before), each instant once.
fn handoffs(layer: &Layer, clock: &Clock) -> Vec<Minute> {
    let anchor = layer.from.day(clock);
    let mut instants = Vec::new();
    if let Cadence::Hours { every, at } = layer.cadence {
        let anchor_at = clock.resolve(anchor, at);
        for minute in (anchor.0 - 1) * DAY..(DAYS - 2) * DAY {
            if (minute - anchor_at) % (every * 60) == 0 {
                instants.push(minute);
            }
        }
    } else {
        for day in (anchor.0..DAYS - 2).map(Day) {
            for time in times(&layer.cadence, anchor, day) {
                instants.push(clock.resolve(day, time));
            }
        }
    }
    instants.sort_unstable();
    instants.dedup();
    instants
}

/// At which times of a day the cadence hands off, when it is counted from the day `anchor`.
pub fn times(cadence: &Cadence, anchor: Day, day: Day) -> Vec<i64> {
    if day < anchor {
        return Vec::new();
    }
    let (on, at) = match cadence {
        Cadence::Hours { .. } => unreachable!("elapsed hours are not counted on the clock"),
        Cadence::Days { every, at } => ((day.0 - anchor.0) % every == 0, at.clone()),
        Cadence::Weeks { every, on, at } => {
            ((day.week() - anchor.week()) % every == 0 && on.contains(&day.weekday()), at.clone())
        }
        Cadence::Months { every, on, at } => {
            let last = day.month_length();
            let on = match on {
                MonthDay::Day(on) => *on,
                MonthDay::Last => last,
            };
            ((day.month() - anchor.month()) % every == 0 && day.date().2 == on, at.clone())
        }
        Cadence::Rule { rule, at } => return rule_times(rule, *at, anchor, day),
    };
    if on { at } else { Vec::new() }
}

/// The same for a recurrence rule whose DTSTART is `at` on the day `anchor`.
fn rule_times(rule: &Rule, at: i64, anchor: Day, day: Day) -> Vec<i64> {
    let (_, month, of_month) = day.date();
    let from_end = of_month - day.month_length() - 1;
    let times = match rule {
        Rule::Hourly(every) => {
            let since = |time: i64| (day.0 - anchor.0) * DAY + time - at;
            (0..DAY).filter(|it| since(*it) % (every * 60) == 0).collect()
        }
        Rule::ByHour(hours) => hours.iter().map(|it| it * 60 + at % 60).collect(),
        Rule::ByHalfHour(hours) => hours.iter().flat_map(|it| [it * 60, it * 60 + 30]).collect(),
        Rule::Daily(every) => only((day.0 - anchor.0) % every == 0, at),
        Rule::Weekly(every, days) => {
            only((day.week() - anchor.week()) % every == 0 && days.contains(&day.weekday()), at)
        }
        Rule::ByMonthDay(days) => only(days.contains(&of_month) || days.contains(&from_end), at),
        Rule::NthWeekday { every, nth, weekday } => {
            let counted = if *nth > 0 { (of_month - 1) / 7 + 1 } else { (from_end + 1) / 7 - 1 };
            let on = day.weekday() == *weekday && counted == *nth;
            only(on && (day.month() - anchor.month()) % every == 0, at)
        }
        Rule::LastWorkday => {
            // From the end: no later day of the month is a workday.
            let later = (1..-from_end).filter(|it| (day.weekday() + it) % 7 < 5).count();
            only(day.weekday() < 5 && later == 0, at)
        }
        Rule::Quarterly => only([1, 4, 7, 10].contains(&month) && of_month == 1, at),
    };
    times.into_iter().filter(|it| day > anchor || *it >= at).collect()
}

fn only(on: bool, at: i64) -> Vec<i64> {
    if on { vec![at] } else { Vec::new() }
}

/// For each minute of the year: is it within these hours?
pub fn hours(hours: &[Hours], clock: &Clock, organisation: &Organisation) -> Vec<bool> {
    let mut open = vec![false; index(YEAR.end)];
    for day in (YEAR.start / DAY - 10..YEAR.end / DAY + 10).map(Day) {
        for it in hours {
            if let Some((start, end_day, end)) = window(it, day, organisation) {
                let (start, end) = (index(clock.resolve(day, start)), index(clock.resolve(end_day, end)));
                open[start..end].fill(true);
            }
        }
    }
    open
}

/// The window that starts on a day: its first time, its last day, its end on that day.
fn window(hours: &Hours, day: Day, organisation: &Organisation) -> Option<(i64, Day, i64)> {
    let until = |start: i64, end: i64| if end > start { day } else { day.next() };
    match hours {
        Hours::Always => Some((0, day.next(), 0)),
        Hours::Daily { days, start, end } => {
            let weekday = day.weekday();
            let on = days.iter().any(|(from, to)| match from <= to {
                true => *from <= weekday && weekday <= *to,
                false => *from <= weekday || weekday <= *to,
            });
            on.then_some((*start, until(*start, *end), *end))
        }
        Hours::Across { from, start, to, end } => {
            let days = (1..=7).find(|it| (from + it) % 7 == *to).expect("a week has every weekday");
            (day.weekday() == *from).then_some((*start, Day(day.0 + days), *end))
        }
        Hours::Holidays { calendar, times, .. } => {
            let on = organisation.holidays[*calendar].1.contains(&day);
            let (start, end) = times.unwrap_or((0, DAY));
            on.then_some((start, until(start, end), end))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::clock::{ZONES, read};
    use super::super::model::{End, Override};
    use super::*;

    const NEW_YORK: &str = "America/New_York";

    fn zone(name: &str) -> Zone {
        ZONES.iter().position(|it| *it == name).expect("a zone of ours")
    }

    fn day(text: &str) -> Day {
        read(&format!("{text} 00:00")).0
    }

    fn local(text: &str) -> Bound {
        let (day, time) = read(text);
        Bound::Local(day, time)
    }

    /// Orders are letters.
    fn layer(people: &str, from: Bound, cadence: Cadence) -> Layer {
        let people = people.bytes().map(|it| (it != b'-').then(|| usize::from(it - b'a'))).collect();
        Layer { zone: None, hours: None, people, together: false, first: None, from, until: None, cadence }
    }

    fn weekly(on: &[i64], time: i64) -> Cadence {
        Cadence::Weeks { every: 1, on: on.to_vec(), at: vec![time] }
    }

    fn daily(times: &[i64]) -> Cadence {
        Cadence::Days { every: 1, at: times.to_vec() }
    }

    fn rule(rule: Rule, at: i64) -> Cadence {
        Cadence::Rule { rule, at }
    }

    fn organisation(layers: Vec<Layer>, overrides: Vec<Override>) -> Organisation {
        let coverage = Some(vec![Hours::Always]);
        let rotation = Rotation { zone: zone(NEW_YORK), coverage, layers, secondary: None, overrides };
        let holidays = vec![("us", vec![day("2026-07-03"), day("2026-12-25")])];
        Organisation { zone: 0, people: 3, holidays, rotations: vec![rotation] }
    }

    /// The seat at a local time of New York.
    fn at(cells: &[Cell], text: &str) -> u8 {
        let (day, time) = read(text);
        who(cells[index(Clock::of(zone(NEW_YORK)).resolve(day, time))])
    }

    #[test]
    fn turns_keep_the_wall_clock() {
        let ten = 10 * 60;
        // zone, first day, cadence, which turn, hours in halves
        let table = [
            (NEW_YORK, "2026-03-02", weekly(&[0], ten), 0, 167 * 2),
            (NEW_YORK, "2026-03-02", weekly(&[0], ten), 1, 168 * 2),
            (NEW_YORK, "2026-10-26", weekly(&[0], ten), 0, 169 * 2),
            ("Australia/Lord_Howe", "2026-04-05", daily(&[0]), 0, 49),
            ("Australia/Lord_Howe", "2026-10-04", daily(&[0]), 0, 47),
            ("Antarctica/Troll", "2026-03-29", daily(&[0]), 0, 22 * 2),
            ("Antarctica/Troll", "2026-10-25", daily(&[0]), 0, 26 * 2),
            ("Africa/Cairo", "2026-04-23", daily(&[0]), 0, 24 * 2),
            ("Africa/Cairo", "2026-04-24", daily(&[0]), 0, 23 * 2),
            ("Africa/Cairo", "2026-10-29", daily(&[0]), 0, 25 * 2),
            ("America/Santiago", "2026-09-05", daily(&[0]), 0, 24 * 2),
            ("America/Santiago", "2026-09-06", daily(&[0]), 0, 23 * 2),
            ("America/Havana", "2026-03-08", daily(&[0]), 0, 23 * 2),
            ("America/Havana", "2025-11-02", daily(&[0]), 0, 25 * 2),
            // Since 2026 Cuba stays on summer time.
            ("America/Havana", "2026-11-01", daily(&[0]), 0, 24 * 2),
            ("Asia/Kolkata", "2026-03-29", daily(&[0]), 0, 24 * 2),
            (NEW_YORK, "2026-03-07", Cadence::Hours { every: 24, at: ten }, 0, 24 * 2),
            (NEW_YORK, "2026-03-07", daily(&[ten]), 0, 23 * 2),
        ];
        for (name, from, cadence, nth, halves) in table {
            let turn = &turns(&layer("abc", Bound::Day(day(from)), cadence), zone(name), 0)[nth];
            assert_eq!(turn.end - turn.start, halves * 30, "{name} {from}");
        }
    }

    /// The first turns of a layer in New York, as `start letter`.
    fn first_turns(layer: &Layer, count: usize) -> Vec<String> {
        let clock = Clock::of(zone(NEW_YORK));
        let letter = |bits: u32| if bits == VACANT { '-' } else { char::from(b'a' + bits.trailing_zeros() as u8) };
        let turns = turns(layer, zone(NEW_YORK), 0);
        turns.iter().take(count).map(|it| format!("{} {}", clock.show(it.start), letter(it.holders))).collect()
    }

    #[test]
    fn handoffs_skipped_by_one_jump_are_one_handoff() {
        let it = layer("abc", Bound::Day(day("2026-03-07")), daily(&[120, 150, 180]));
        assert_eq!(
            first_turns(&it, 7),
            [
                "2026-03-07 02:00 a",
                "2026-03-07 02:30 b",
                "2026-03-07 03:00 c",
                "2026-03-08 03:00 a",
                "2026-03-09 02:00 b",
                "2026-03-09 02:30 c",
                "2026-03-09 03:00 a"
            ]
        );
    }

    #[test]
    fn a_vacant_place_keeps_the_order_and_first_turns_it() {
        let mut it = layer("a-c", Bound::Day(day("2026-01-05")), weekly(&[0, 3], 540));
        it.first = Some(2);
        assert_eq!(
            first_turns(&it, 4),
            ["2026-01-05 09:00 c", "2026-01-08 09:00 a", "2026-01-12 09:00 -", "2026-01-15 09:00 c"]
        );
    }

    #[test]
    fn a_splice_is_a_partial_turn_and_its_week_is_counted_from() {
        let cadence = Cadence::Weeks { every: 2, on: vec![0], at: vec![600] };
        let it = layer("ab", local("2026-01-07 12:00"), cadence);
        assert_eq!(first_turns(&it, 3), ["2026-01-07 12:00 a", "2026-01-19 10:00 b", "2026-02-02 10:00 a"]);
        let it = layer("ab", local("2026-01-05 10:00"), weekly(&[0], 600));
        assert_eq!(first_turns(&it, 2), ["2026-01-05 10:00 a", "2026-01-12 10:00 b"]);
        let hours = Cadence::Hours { every: 6, at: 480 };
        let it = layer("ab", local("2026-01-05 01:00"), hours);
        assert_eq!(first_turns(&it, 3), ["2026-01-05 01:00 a", "2026-01-05 02:00 b", "2026-01-05 08:00 a"]);
    }

    #[test]
    fn rules_are_counted_by_hand() {
        let table = [
            (rule(Rule::ByMonthDay(vec![1, 15]), 540), "2026-01-15", ["2026-01-15 09:00", "2026-02-01 09:00"]),
            (rule(Rule::ByMonthDay(vec![31]), 540), "2026-01-31", ["2026-01-31 09:00", "2026-03-31 09:00"]),
            (rule(Rule::ByMonthDay(vec![-1]), 540), "2026-01-31", ["2026-01-31 09:00", "2026-02-28 09:00"]),
            (
                rule(Rule::NthWeekday { every: 1, nth: 1, weekday: 0 }, 540),
                "2026-01-05",
                ["2026-01-05 09:00", "2026-02-02 09:00"],
            ),
            (
                rule(Rule::NthWeekday { every: 2, nth: -1, weekday: 4 }, 540),
                "2026-01-30",
                ["2026-01-30 09:00", "2026-03-27 09:00"],
            ),
            (rule(Rule::LastWorkday, 540), "2026-01-30", ["2026-01-30 09:00", "2026-02-27 09:00"]),
            (rule(Rule::Daily(3), 540), "2026-01-30", ["2026-01-30 09:00", "2026-02-02 09:00"]),
            (rule(Rule::ByHour(vec![2, 14]), 135), "2026-01-30", ["2026-01-30 02:15", "2026-01-30 14:15"]),
            (rule(Rule::Hourly(6), 1320), "2026-01-30", ["2026-01-30 22:00", "2026-01-31 04:00"]),
            (rule(Rule::Weekly(2, vec![0, 3]), 540), "2026-01-01", ["2026-01-01 09:00", "2026-01-12 09:00"]),
            (rule(Rule::Quarterly, 540), "2026-01-01", ["2026-01-01 09:00", "2026-04-01 09:00"]),
            (
                Cadence::Months { every: 1, on: MonthDay::Last, at: vec![540] },
                "2026-01-31",
                ["2026-01-31 09:00", "2026-02-28 09:00"],
            ),
            (
                Cadence::Months { every: 3, on: MonthDay::Day(28), at: vec![540] },
                "2026-01-28",
                ["2026-01-28 09:00", "2026-04-28 09:00"],
            ),
        ];
        for (cadence, from, [first, second]) in table {
            let expected = [format!("{first} a"), format!("{second} b")];
            assert_eq!(first_turns(&layer("ab", Bound::Day(day(from)), cadence), 2), expected);
        }
    }

    #[test]
    fn windows_stand_on_the_wall_clock() {
        let (always, mut window) = (layer("a", Bound::Day(day("2026-01-01")), daily(&[0])), Vec::new());
        for hours in [
            Hours::Daily { days: vec![(0, 4)], start: 540, end: 1080 },
            Hours::Daily { days: vec![(0, 6)], start: 1320, end: 360 },
            Hours::Daily { days: vec![(4, 0)], start: 1080, end: DAY },
            Hours::Across { from: 4, start: 1080, to: 0, end: 540 },
            Hours::Holidays { calendar: 0, named: false, times: None },
            Hours::Daily { days: vec![(6, 6)], start: 120, end: 180 },
        ] {
            let mut it = layer("b", Bound::Day(day("2026-01-01")), daily(&[0]));
            it.hours = Some(vec![hours]);
            window.push(it);
        }
        let cells = |nth: usize| {
            let all = organisation(vec![always.clone(), window[nth].clone()], Vec::new());
            seat(&all, &all.rotations[0], false)
        };
        let table = [
            (0, "2026-03-09 09:00", 2),
            (0, "2026-03-09 17:59", 2),
            (0, "2026-03-09 18:00", 1),
            (0, "2026-03-08 12:00", 1),
            (1, "2026-03-09 05:59", 2),
            (1, "2026-03-09 06:00", 1),
            (1, "2026-01-01 05:59", 2), // the window began on the day before, and so before the layer
            (2, "2026-03-08 23:59", 2), // Sunday
            (2, "2026-03-10 23:59", 1), // Tuesday
            (3, "2026-03-06 18:00", 2),
            (3, "2026-03-09 08:59", 2),
            (3, "2026-03-09 09:00", 1),
            (4, "2026-07-03 00:00", 2),
            (4, "2026-07-03 23:59", 2),
            (4, "2026-07-04 00:00", 1),
            (5, "2026-03-08 03:00", 1), // the whole window is skipped
            (5, "2026-03-15 02:00", 2),
        ];
        for (nth, text, expected) in table {
            assert_eq!(at(&cells(nth), text), expected, "window {nth} at {text}");
        }
    }

    #[test]
    fn overrides_cover_in_their_order() {
        let base = layer("ab", Bound::Day(day("2026-01-05")), weekly(&[0], 600));
        let exception =
            |person, whom, from: &str, end| Override { person, whom, secondary: false, from: local(from), end };
        let until = |text: &str| End::Until(local(text));
        let all = organisation(
            vec![base],
            vec![
                exception(Some(2), Some(0), "2026-01-11 00:00", until("2026-01-13 00:00")),
                exception(Some(1), Some(2), "2026-01-11 12:00", until("2026-01-12 00:00")),
                exception(None, None, "2026-01-20 00:00", End::Through(day("2026-01-20"))),
                exception(Some(2), None, "2026-01-02 00:00", End::Through(day("2026-01-02"))),
            ],
        );
        let cells = seat(&all, &all.rotations[0], false);
        let table = [
            ("2026-01-02 12:00", 4), // a gap is held
            ("2026-01-03 00:00", 0),
            ("2026-01-10 23:59", 1),
            ("2026-01-11 00:00", 4),
            ("2026-01-11 12:00", 2),
            ("2026-01-12 00:00", 4),
            ("2026-01-12 10:00", 2), // the next turn is not the one covered for
            ("2026-01-19 23:59", 1),
            ("2026-01-20 23:59", VACANT as u8),
            ("2026-01-21 00:00", 1),
        ];
        for (text, expected) in table {
            assert_eq!(at(&cells, text), expected, "{text}");
        }
        let gaps = gaps(&all, &all.rotations[0], false, &cells);
        let minutes = gaps.iter().filter(|it| **it).count();
        // Before Monday the 5th nothing is promised; from then on somebody holds it, or it is vacant on purpose.
        assert_eq!(minutes, 0);
    }

    #[test]
    fn everybody_at_once_can_be_replaced_one_by_one() {
        let mut base = layer("ab", Bound::Day(day("2026-01-05")), weekly(&[0], 600));
        base.together = true;
        let exception = |person, whom, until: &str| Override {
            person,
            whom: Some(whom),
            secondary: false,
            from: local("2026-02-01 00:00"),
            end: End::Until(local(until)),
        };
        let overrides = vec![
            exception(Some(2), 0, "2026-02-04 00:00"),
            exception(None, 1, "2026-02-03 00:00"),
            exception(None, 2, "2026-02-02 00:00"),
        ];
        let all = organisation(vec![base], overrides);
        let cells = seat(&all, &all.rotations[0], false);
        let table = [
            ("2026-01-31 23:59", 0b011),
            ("2026-02-01 00:00", VACANT as u8),
            ("2026-02-02 00:00", 0b100),
            ("2026-02-03 00:00", 0b110),
            ("2026-02-04 00:00", 0b011),
        ];
        for (text, expected) in table {
            assert_eq!(at(&cells, text), expected, "{text}");
        }
    }

    #[test]
    fn a_secondary_follows_some_places_on() {
        let base = layer("abc", Bound::Day(day("2026-01-05")), weekly(&[0], 600));
        let all = organisation(vec![base], Vec::new());
        let mut rotation = all.rotations[0].clone();
        rotation.secondary = Some(Secondary { turns: SecondaryTurns::Follow(2), coverage: None });
        let cells = seat(&all, &rotation, true);
        assert_eq!(at(&cells, "2026-01-05 10:00"), 0b100);
        assert_eq!(at(&cells, "2026-01-12 10:00"), 0b001);
        assert_eq!(at(&cells, "2026-01-19 10:00"), 0b010);
    }
}
