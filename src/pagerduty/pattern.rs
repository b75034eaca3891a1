//! A seat's layers as strands: turns of one length on one clock, within windows that repeat, never two at once.
//!
//! PagerDuty's two families have little in common, but both can hold a strand. So covering is worked out here: of each
//! window of the week the layer that shows is found, and who holds it in which week. Where a seat has layers on several
//! clocks, the week looks different whenever one of them jumps, and the strands are cut there.
//!
//! What repeats by no week — months, holidays, odd rules — is left out, and is found again by comparing the strands with
//! the calendar.

use std::collections::BTreeSet;

use chrono::{Datelike, Duration, NaiveDate, NaiveTime, Timelike, Weekday};

use crate::org::{Holder, Layer, Org, SeatCalendar, SeatId};
use crate::time::{
    CIVIL_DAY, CIVIL_WEEK, Cadence, Civil, Exhausted, From, Handoffs, Hours, Instant, Span, Times, Weekdays, Zone,
};

/// More turns before the order begins again are not worth holding.
const LONGEST_ORDER: i64 = 1_000;
/// How long before the epoch orders are counted from by whoever practises on the past: to the first Monday of 2000.
const LONG_AGO: i64 = 1252 * CIVIL_WEEK;
/// How much of a rule is looked at before it is taken for a week.
const RULE_DAYS: i64 = 400;

/// People taking turns on one clock, within windows that repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strand {
    /// From when; [`Instant::MIN`] if it has always been.
    pub from: Instant,
    /// Until when; absent, for ever.
    pub until: Option<Instant>,
    /// When the first place's first turn begins.
    pub anchor: Civil,
    /// A day or a week, in civil seconds: after so long the windows repeat.
    pub unit: i64,
    /// So many units make a turn.
    pub units: i64,
    /// Who takes turns, in order. Never empty.
    pub places: Vec<Holder>,
    /// They hold every turn at once.
    pub together: bool,
    /// Start and length within a unit, in civil seconds from its beginning; disjoint and in order. Never empty.
    pub windows: Vec<(i64, i64)>,
}

/// The strands of a seat.
#[derive(Debug, Clone)]
pub struct Strands {
    /// On whose clock they are.
    pub zone: Zone,
    /// Never two at once.
    pub strands: Vec<Strand>,
    /// Layers that repeat by no week, from 0.
    pub irregular: Vec<usize>,
    /// Whether the clocks of several zones cut them.
    pub cut_by_clocks: bool,
}

/// How a layer hands over, if it does so every so many days or weeks.
struct Shape {
    zone: Zone,
    unit: i64,
    /// Handoffs within a unit that has any.
    slots: Vec<i64>,
    /// Units from one that has handoffs to the next.
    every: i64,
}

/// One layer, on the clock of the whole, while no clock jumps.
struct Coat<'a> {
    layer: &'a Layer,
    shape: &'a Shape,
    /// What to subtract from the whole's civil seconds to be on the clock of the handoffs.
    ahead: i64,
    /// Civil seconds of the week, on the clock of the whole.
    windows: Vec<(i64, i64)>,
    /// Handoffs within a unit, on the clock of the whole.
    slots: Vec<i64>,
}

/// The strands of a seat on a clock that PagerDuty `knows`, exact from the start of `span` to its end and, but for jumps of other clocks, beyond.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound.
pub fn strands(org: &Org, seat: SeatId, span: Span, knows: impl Fn(&Zone) -> bool) -> Result<Strands, Exhausted> {
    let rotation = org.rotation(seat.rotation);
    let empty = |zone| Strands { zone, strands: Vec::new(), irregular: Vec::new(), cut_by_clocks: false };
    let Some(SeatCalendar { layers, follow }) = rotation.calendar(seat.seat) else {
        return Ok(empty(rotation.zone.clone()));
    };
    let alive = |layer: &Layer| layer.until.is_none_or(|it| it > span.start()) && layer.handoffs.start() < span.end();
    let mut shapes: Vec<Option<Shape>> = Vec::new();
    for layer in layers {
        let weekly = layer.hours.is_always() || layer.hours.is_weekly();
        let short = |it: &Shape| it.every.saturating_mul(layer.places.len() as i64) <= LONGEST_ORDER;
        shapes.push(if alive(layer) && weekly { shape(layer, span)?.filter(short) } else { None });
    }
    let mut zones: Vec<&Zone> = Vec::new();
    for (layer, shape) in layers.iter().zip(&shapes) {
        if let Some(shape) = shape {
            zones.push(&shape.zone);
            if !layer.hours.is_always() {
                zones.push(layer.hours.zone());
            }
        }
    }
    let one_clock = zones.windows(2).all(|it| it[0] == it[1]);
    let zone = match zones.first() {
        Some(only) if one_clock => (*only).clone(),
        _ => rotation.zone.clone(),
    };
    // A clock that PagerDuty does not know is told in one that it knows, and cut where the two part.
    let unknown = !knows(&zone);
    let zone = if unknown { utc() } else { zone };
    let one_clock = one_clock && !unknown;
    let mut cuts: BTreeSet<Instant> = BTreeSet::new();
    for (layer, _) in layers.iter().zip(&shapes).filter(|(_, shape)| shape.is_some()) {
        cuts.extend([Some(layer.handoffs.start()), layer.until].into_iter().flatten());
    }
    if !one_clock {
        zones.push(&rotation.zone);
        cuts.extend(zones.iter().flat_map(|it| it.jumps(span)));
    }
    cuts.retain(|it| span.start() < *it && *it < span.end());
    let bounds: Vec<Instant> = [span.start()].into_iter().chain(cuts).collect();
    let mut all: Vec<Strand> = Vec::new();
    for (index, from) in bounds.iter().enumerate() {
        let until = bounds.get(index + 1).copied();
        let coats = layers.iter().zip(&shapes).filter_map(|(layer, shape)| {
            let shape = shape.as_ref()?;
            let there = layer.handoffs.start() <= *from && layer.until.is_none_or(|it| it > *from);
            there.then(|| coat(layer, shape, &zone, *from))
        });
        let from = if index == 0 { Instant::MIN } else { *from };
        for mut strand in painted(&coats.collect::<Vec<_>>(), follow, bounds[index])? {
            (strand.from, strand.until) = (from, until);
            match all.iter_mut().find(|it| it.until == Some(from) && continues(it, &strand)) {
                Some(before) => before.until = until,
                None => all.push(strand),
            }
        }
    }
    // An event has no turns before its first occurrence. Whoever practises on the past needs one before that.
    let long_ago = epoch() - Duration::seconds(LONG_AGO);
    let in_the_past = span.start() < zone.resolve(epoch() + Duration::days(366));
    for strand in &mut all {
        if in_the_past || strand.anchor > zone.civil(span.start()) {
            let order = strand.unit * strand.units * strand.places.len().max(1) as i64;
            let back = (strand.anchor - long_ago).num_seconds() / order.max(1);
            strand.anchor -= Duration::seconds(back * order);
        }
    }
    let irregular = |(index, (layer, shape)): (usize, (&Layer, &Option<Shape>))| {
        (alive(layer) && (shape.is_none() || layer.hours.has_dates())).then_some(index)
    };
    let irregular = layers.iter().zip(&shapes).enumerate().filter_map(irregular).collect();
    Ok(Strands { zone, strands: all, irregular, cut_by_clocks: !one_clock })
}

fn continues(before: &Strand, after: &Strand) -> bool {
    Strand { from: after.from, until: after.until, ..before.clone() } == *after
}

fn shape(layer: &Layer, span: Span) -> Result<Option<Shape>, Exhausted> {
    let zone = layer.handoffs.zone();
    let shape = match &layer.cadence {
        Cadence::Rule { .. } => match regular(layer, span)? {
            Some(cadence) => shape_of(&cadence, zone),
            None => None,
        },
        Cadence::Hours { every, .. } => {
            let Some(turn) = layer.handoffs.turn(layer.handoffs.start())? else { return Ok(None) };
            let slot = turn.span.end().unix().rem_euclid(CIVIL_DAY);
            let length = i64::from(every.get()) * 3600;
            // What has passed is what a clock without jumps shows.
            let utc = utc();
            if CIVIL_DAY % length == 0 {
                let slots = (0..CIVIL_DAY / length).map(|it| (slot + it * length) % CIVIL_DAY);
                Some(Shape { zone: utc, unit: CIVIL_DAY, slots: slots.collect(), every: 1 })
            } else if length % CIVIL_DAY == 0 {
                Some(Shape { zone: utc, unit: CIVIL_DAY, slots: vec![slot], every: length / CIVIL_DAY })
            } else {
                None
            }
        }
        cadence => shape_of(cadence, zone),
    };
    Ok(shape)
}

fn utc() -> Zone {
    Zone::named("Etc/UTC").unwrap_or_else(|_| Zone::utc())
}

fn shape_of(cadence: &Cadence, zone: &Zone) -> Option<Shape> {
    let times = |at: &Times| at.as_slice().iter().map(of_day).collect::<Vec<i64>>();
    let zone = zone.clone();
    match cadence {
        Cadence::Days { every, at } => {
            Some(Shape { zone, unit: CIVIL_DAY, slots: times(at), every: i64::from(every.get()) })
        }
        Cadence::Weeks { every, on, at } => {
            let day = |it: &Weekday| i64::from(it.num_days_from_monday()) * CIVIL_DAY;
            let slots = on.as_slice().iter().flat_map(|it| times(at).into_iter().map(move |at| day(it) + at));
            Some(Shape { zone, unit: CIVIL_WEEK, slots: slots.collect(), every: i64::from(every.get()) })
        }
        Cadence::Hours { .. } | Cadence::Months { .. } | Cadence::Rule { .. } => None,
    }
}

/// The weeks that a rule amounts to, if it does: guessed from its first handoffs, and held against more than a year.
fn regular(layer: &Layer, span: Span) -> Result<Option<Cadence>, Exhausted> {
    let zone = layer.handoffs.zone();
    let from = layer.handoffs.start().max(span.start());
    let Some(year) = Span::new(from, add(from, RULE_DAYS * CIVIL_DAY)) else { return Ok(None) };
    let mut starts: Vec<Instant> = layer.handoffs.turns(year)?.iter().map(|it| it.span.start()).collect();
    // The first turn may have begun at a splice.
    starts.retain(|it| *it > from);
    let civil: Vec<Civil> = starts.iter().map(|it| zone.civil(*it)).collect();
    let days: Vec<Weekday> = civil.iter().map(Datelike::weekday).collect();
    let times: Vec<NaiveTime> = civil.iter().map(chrono::NaiveDateTime::time).collect();
    let weeks: BTreeSet<i64> = civil.iter().map(|it| since_epoch(*it).div_euclid(CIVIL_WEEK)).collect();
    let every = weeks.iter().zip(weeks.iter().skip(1)).map(|(a, b)| b - a).min().unwrap_or(1);
    let every = u32::try_from(every).ok().and_then(std::num::NonZeroU32::new);
    let (Some(on), Some(at), Some(every), Some(first)) = (Weekdays::new(days), Times::new(times), every, civil.first())
    else {
        return Ok(None);
    };
    let cadence = Cadence::Weeks { every, on, at };
    let Ok(handoffs) = Handoffs::new(&cadence, zone, From::Day(first.date())) else { return Ok(None) };
    let Some(rest) = Span::new(starts[0], year.end()) else { return Ok(None) };
    let same: Vec<Instant> = handoffs.turns(rest)?.iter().map(|it| it.span.start()).collect();
    Ok((same == starts).then_some(cadence))
}

fn coat<'a>(layer: &'a Layer, shape: &'a Shape, zone: &Zone, at: Instant) -> Coat<'a> {
    let offset = |it: &Zone| i64::from(it.offset(at));
    let ahead = offset(zone) - offset(&shape.zone);
    let slots = shape.slots.iter().map(|it| (it + ahead).rem_euclid(shape.unit)).collect();
    let windows = if layer.hours.is_always() {
        vec![(0, CIVIL_WEEK)]
    } else {
        moved(&layer.hours, offset(zone) - offset(layer.hours.zone()))
    };
    Coat { layer, shape, ahead, windows, slots }
}

/// The windows of the week on another clock.
fn moved(hours: &Hours, by: i64) -> Vec<(i64, i64)> {
    let windows = hours.of_the_week().iter().flat_map(|(from, to)| {
        let start = (from + by).rem_euclid(CIVIL_WEEK);
        let end = start + (to - from);
        [(start, end.min(CIVIL_WEEK)), (0, end - CIVIL_WEEK)]
    });
    let mut windows: Vec<(i64, i64)> = windows.filter(|(from, to)| from < to).collect();
    windows.sort_unstable();
    windows
}

/// What finally shows of coats, as strands without a beginning or an end.
fn painted(coats: &[Coat<'_>], follow: u32, since: Instant) -> Result<Vec<Strand>, Exhausted> {
    let daily = |coat: &Coat<'_>| coat.shape.unit == CIVIL_DAY && same_every_day(&coat.windows);
    let unit = if coats.iter().all(daily) { CIVIL_DAY } else { CIVIL_WEEK };
    let mut edges: BTreeSet<i64> = BTreeSet::from([0, unit]);
    for coat in coats {
        edges.extend(coat.windows.iter().flat_map(|(from, to)| [*from, *to]).filter(|it| *it <= unit));
        edges.extend(slots(coat, unit));
    }
    let edges: Vec<i64> = edges.into_iter().collect();
    /// Of one layer, in one order.
    struct Piece {
        coat: usize,
        list: Vec<Holder>,
        windows: Vec<(i64, i64)>,
    }
    let mut pieces: Vec<Piece> = Vec::new();
    for pair in edges.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let middle = from + (to - from) / 2;
        let shows = |coat: &Coat<'_>| coat.windows.iter().any(|(from, to)| *from <= middle && middle < *to);
        let Some(index) = coats.iter().rposition(shows) else { continue };
        let coat = &coats[index];
        let origin = origin(coat, unit);
        let list = order(coat, follow, unit, (middle - origin).rem_euclid(unit) + origin, since)?;
        let window = ((from - origin).rem_euclid(unit), to - from);
        match pieces.iter_mut().find(|it| it.coat == index && it.list == list) {
            Some(piece) => piece.windows.push(window),
            None => pieces.push(Piece { coat: index, list, windows: vec![window] }),
        }
    }
    let strand = |piece: Piece| {
        let coat = &coats[piece.coat];
        let (first, units, places) = shortened(&piece.list, unit);
        let start = epoch_seconds() + origin(coat, unit) + first * unit;
        Strand {
            from: Instant::MIN,
            until: None,
            anchor: from_epoch(start),
            unit,
            units,
            places: if coat.layer.together { everybody(coat.layer) } else { places },
            together: coat.layer.together,
            windows: joined(piece.windows),
        }
    };
    Ok(pieces.into_iter().map(strand).collect())
}

fn everybody(layer: &Layer) -> Vec<Holder> {
    let people: Vec<Holder> = layer.people().into_iter().map(Holder::Person).collect();
    if people.is_empty() { vec![Holder::Nobody] } else { people }
}

fn same_every_day(windows: &[(i64, i64)]) -> bool {
    let holds = |at: i64| windows.iter().any(|(from, to)| *from <= at && at < *to);
    let edges = windows.iter().flat_map(|(from, to)| [*from, *to]).map(|it| it % CIVIL_DAY);
    let edges: BTreeSet<i64> = edges.chain([0]).collect();
    edges.iter().all(|it| (0..7).map(|day| holds(day * CIVIL_DAY + it)).all(|held| held == holds(*it)))
}

/// A layer's handoffs within a unit of the whole.
fn slots(coat: &Coat<'_>, unit: i64) -> Vec<i64> {
    let repeats = unit / coat.shape.unit;
    let each = coat.slots.iter().flat_map(|slot| (0..repeats).map(move |it| slot + it * coat.shape.unit));
    let mut slots: Vec<i64> = each.collect();
    slots.sort_unstable();
    slots
}

/// Where a layer's own units begin: at its first handoff, so that none of its turns is split by a unit's end.
fn origin(coat: &Coat<'_>, unit: i64) -> i64 {
    slots(coat, unit).first().copied().unwrap_or(0)
}

/// Who holds a moment of a unit, unit after unit from the epoch's, until the order begins again.
fn order(coat: &Coat<'_>, follow: u32, unit: i64, moment: i64, since: Instant) -> Result<Vec<Holder>, Exhausted> {
    let layer = coat.layer;
    let places = layer.places.len() as i64;
    let handoffs = (coat.shape.slots.len() as i64).max(1);
    let own = coat.shape.every * places / gcd(handoffs, places);
    let repeats = unit / coat.shape.unit;
    let period = if layer.together { 1 } else { own / gcd(own, repeats) };
    let begin = layer.handoffs.start().max(since).unix() + 2 * CIVIL_WEEK;
    let first = (begin - epoch_seconds()).div_euclid(unit) + 1;
    let mut list = vec![Holder::Nobody; usize::try_from(period).unwrap_or(1)];
    for number in first..first + period {
        let civil = epoch_seconds() + number * unit + moment - coat.ahead;
        let at = coat.shape.zone.resolve(from_epoch(civil));
        let Some(turn) = layer.handoffs.turn(at)? else { continue };
        list[usize::try_from(number.rem_euclid(period)).unwrap_or(0)] = layer.place(turn.number, follow);
    }
    Ok(list)
}

/// The same order with as few places as will do: the unit of the first turn, units of a turn, and the places.
fn shortened(list: &[Holder], unit: i64) -> (i64, i64, Vec<Holder>) {
    let whole = list.len();
    let period = (1..=whole)
        .find(|it| whole.is_multiple_of(*it) && list.iter().zip(list.iter().cycle().skip(*it)).all(|(a, b)| a == b));
    let period = period.unwrap_or(whole);
    let list = &list[..period];
    // A turn lasts a year at most.
    let longest = usize::try_from(364 * CIVIL_DAY / unit).unwrap_or(1).min(period);
    for run in (2..=longest).rev().filter(|it| period.is_multiple_of(*it) && period > 1) {
        for first in 0..run {
            let turned: Vec<Holder> = list.iter().cycle().skip(first).take(period).copied().collect();
            if turned.chunks(run).all(|it| it.iter().all(|holder| *holder == it[0])) {
                return (first as i64, run as i64, turned.chunks(run).map(|it| it[0]).collect());
            }
        }
    }
    (0, 1, list.to_vec())
}

fn joined(mut windows: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    windows.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (start, length) in windows {
        match joined.last_mut() {
            Some(last) if last.0 + last.1 == start => last.1 += length,
            _ => joined.push((start, length)),
        }
    }
    joined
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a.max(1) } else { gcd(b, a % b) }
}

/// A Monday, from which orders are counted.
pub(super) fn epoch() -> Civil {
    NaiveDate::from_ymd_opt(2024, 1, 1).expect("2024 has a first day").and_time(NaiveTime::MIN)
}

fn epoch_seconds() -> i64 {
    since_epoch(epoch())
}

/// Civil seconds since 1970-01-05, a Monday.
pub(super) fn since_epoch(civil: Civil) -> i64 {
    civil.and_utc().timestamp() - 4 * CIVIL_DAY
}

/// See [`since_epoch`].
pub(super) fn from_epoch(seconds: i64) -> Civil {
    epoch() + Duration::seconds(seconds - since_epoch(epoch()))
}

fn of_day(time: &NaiveTime) -> i64 {
    i64::from(time.num_seconds_from_midnight())
}

fn add(at: Instant, seconds: i64) -> Instant {
    Instant::from_unix(at.unix().saturating_add(seconds))
}
