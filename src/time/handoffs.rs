//! The handoffs of a layer, counted without walking from the start.

use std::num::NonZeroU32;

use chrono::{Datelike, Days, NaiveDate, NaiveTime, Weekday};

use crate::time::zone::{Resolver, from_seconds, seconds};
use crate::time::{CIVIL_DAY, Cadence, Civil, Exhausted, Instant, MonthDay, Recurrence, Span, Times, Zone};

/// How far apart two handoffs may be for [`Handoffs::neighbours`] to find them, in days.
const FARTHEST_NEIGHBOUR: u64 = 366 * 5;

/// Where a layer begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// At that day's first handoff.
    Day(NaiveDate),
    /// At that instant, between two handoffs: the first turn is what is left of the turn then.
    Splice(Instant),
}

/// A stretch between two handoffs of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// Counted from 0, the layer's first.
    pub number: u64,
    /// From handoff to handoff; the first turn of a splice begins at the splice.
    pub span: Span,
}

/// A handoff whose time the clock skips or shows twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Jumped {
    /// The time that is meant.
    pub civil: Civil,
    /// The instant that it stands for: the moment of the jump, or the first of the two.
    pub at: Instant,
    /// When the clock shows it again; `None` if it is skipped.
    pub again: Option<Instant>,
}

/// Why a layer cannot begin there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Start {
    /// The day has no handoff.
    #[error("{day} is not a handoff day")]
    NotHandoffDay {
        /// The day that was asked for.
        day: NaiveDate,
        /// The nearest handoff day before, if one is near.
        before: Option<NaiveDate>,
        /// The nearest handoff day after, if one is near.
        after: Option<NaiveDate>,
    },
    /// The rule gives none.
    #[error(transparent)]
    Exhausted(#[from] Exhausted),
}

/// The handoffs of one layer in one zone, from its first on.
///
/// For every cadence but a recurrence rule, a question about one instant costs the same however far that
/// instant lies from the start.
#[derive(Debug, Clone)]
pub struct Handoffs {
    zone: Zone,
    pattern: Pattern,
    start: Instant,
    /// The pattern's index of the turn that holds `start`.
    first: i64,
    /// After `start`: an instant at which several handoffs fall together, because the clock skips them, and how
    /// many have been one too many up to and including it.
    collapsed: Vec<(Instant, i64)>,
}

/// Handoffs are numbered over all time; number 0 is the first slot of the first period.
#[derive(Debug, Clone)]
enum Pattern {
    /// Civil times that repeat after a fixed number of days.
    Days {
        /// Civil second at which period 0 begins.
        epoch: i64,
        /// Civil seconds of a period.
        period: i64,
        /// Civil seconds within the period, in order.
        slots: Box<[i64]>,
    },
    /// Civil times that repeat after a fixed number of months.
    Months { epoch_month: i64, every: i64, on: MonthDay, at: Box<[i64]> },
    /// Instants.
    Elapsed { anchor: i64, seconds: i64 },
    /// Civil times by a rule, from `start` on.
    Rule { rule: Recurrence, start: Civil },
}

impl Handoffs {
    /// The handoffs of `cadence` on the clock of `zone`.
    ///
    /// # Errors
    ///
    /// [`Start::NotHandoffDay`], with the handoff days around it, if `from` is a day without a handoff;
    /// [`Start::Exhausted`] if a recurrence rule gives none.
    pub fn new(cadence: &Cadence, zone: &Zone, from: From) -> Result<Handoffs, Start> {
        let day = match from {
            From::Day(day) => day,
            From::Splice(at) => zone.day(at),
        };
        let mut handoffs = Handoffs {
            zone: zone.clone(),
            pattern: Pattern::new(cadence, zone, day),
            start: Instant::MIN,
            first: 0,
            collapsed: Vec::new(),
        };
        handoffs.start = match from {
            From::Splice(at) => at,
            From::Day(day) => match (&handoffs.pattern, handoffs.on(day)?) {
                // Elapsed hours are counted from their anchor on, not back to the first ones of that day.
                (Pattern::Elapsed { anchor, .. }, _) => Instant::from_unix(*anchor),
                (_, Some(start)) => start,
                (_, None) => {
                    let (before, after) = handoffs.neighbours(day);
                    return Err(Start::NotHandoffDay { day, before, after });
                }
            },
        };
        if let Pattern::Rule { rule, start } = &handoffs.pattern {
            // A rule that never fires is found here rather than at the first question.
            rule.expand(*start, zone.civil(handoffs.start))?;
        }
        handoffs.first = handoffs.pattern.index(&handoffs.zone, handoffs.start);
        handoffs.collapsed = handoffs.collapsed();
        Ok(handoffs)
    }

    /// The first instant of the first turn.
    pub fn start(&self) -> Instant {
        self.start
    }

    /// The zone on whose clock the handoffs are.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The first handoff of a civil day.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] if a recurrence rule does not come that far.
    pub fn on(&self, day: NaiveDate) -> Result<Option<Instant>, Exhausted> {
        let civil_day = seconds(day.and_time(NaiveTime::MIN));
        match &self.pattern {
            Pattern::Elapsed { anchor, seconds } => {
                let start = self.zone.start_of_day(day).unix();
                let handoff = anchor + (start - anchor).div_euclid(*seconds) * seconds;
                let handoff = if handoff < start { handoff + seconds } else { handoff };
                let at = Instant::from_unix(handoff);
                Ok((self.zone.day(at) == day).then_some(at))
            }
            Pattern::Rule { rule, start } => {
                let end = from_seconds(civil_day + CIVIL_DAY - 1);
                let on_day = rule.expand(*start, end)?.into_iter().find(|it| it.date() == day);
                Ok(on_day.map(|it| self.zone.resolve(it)))
            }
            pattern => {
                let next = pattern.civil(pattern.civil_index(civil_day - 1) + 1);
                Ok((next < civil_day + CIVIL_DAY).then(|| self.zone.resolve(from_seconds(next))))
            }
        }
    }

    /// The nearest days with handoffs, before and after a day without.
    pub fn neighbours(&self, day: NaiveDate) -> (Option<NaiveDate>, Option<NaiveDate>) {
        match &self.pattern {
            Pattern::Elapsed { .. } => {
                let has = |day: &NaiveDate| matches!(self.on(*day), Ok(Some(_)));
                let back = (1..FARTHEST_NEIGHBOUR).filter_map(|it| day.checked_sub_days(Days::new(it)));
                let on = (1..FARTHEST_NEIGHBOUR).filter_map(|it| day.checked_add_days(Days::new(it)));
                (back.into_iter().find(has), on.into_iter().find(has))
            }
            Pattern::Rule { rule, start } => {
                let noon = day.and_time(NaiveTime::MIN);
                let times = rule.expand(*start, noon).unwrap_or_default();
                let before = times.iter().rev().find(|it| it.date() < day).map(|it| it.date());
                (before, times.last().map(|it| it.date()).filter(|it| *it > day))
            }
            pattern => {
                let civil_day = seconds(day.and_time(NaiveTime::MIN));
                let index = pattern.civil_index(civil_day);
                let date = |index| Some(from_seconds(pattern.civil(index)).date());
                (date(index), date(index + 1))
            }
        }
    }

    /// The turn that holds at an instant; `None` before the start.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] if a recurrence rule does not come that far.
    pub fn turn(&self, at: Instant) -> Result<Option<Turn>, Exhausted> {
        if at < self.start {
            return Ok(None);
        }
        if let Pattern::Rule { rule, start } = &self.pattern {
            return self.rule_turns(rule, *start, at).map(|turns| turns.last().copied());
        }
        let index = self.pattern.index(&self.zone, at);
        let mut steps = self.pattern.steps(&self.zone, index);
        let start = steps.next_instant().max(self.start);
        let end = steps.next_instant();
        let number = index - self.first - self.collapsed_until(at);
        Ok(turn(number, start, end))
    }

    /// The turns that hold at some instant of `span`, in order.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] if a recurrence rule does not come that far.
    pub fn turns(&self, span: Span) -> Result<Vec<Turn>, Exhausted> {
        let Some(span) = Span::new(span.start().max(self.start), span.end()) else {
            return Ok(Vec::new());
        };
        if let Pattern::Rule { rule, start } = &self.pattern {
            let last = Instant::from_unix(span.end().unix() - 1);
            let mut turns = self.rule_turns(rule, *start, last)?;
            turns.retain(|it| it.span.end() > span.start());
            return Ok(turns);
        }
        let index = self.pattern.index(&self.zone, span.start());
        let mut number = index - self.first - self.collapsed_until(span.start());
        let last = self.pattern.index(&self.zone, span.end());
        let mut turns = Vec::with_capacity(usize::try_from(last - index + 1).unwrap_or(0));
        let mut steps = self.pattern.steps(&self.zone, index);
        let mut start = steps.next_instant().max(self.start);
        while start < span.end() {
            let end = loop {
                let end = steps.next_instant();
                if end > start {
                    break end;
                }
                // Both are skipped by one jump: they are one handoff.
            };
            turns.extend(turn(number, start, end));
            if end == Instant::MAX {
                break;
            }
            start = end;
            number += 1;
        }
        Ok(turns)
    }

    /// The handoffs in a span whose times the clock skips or shows twice, in order. Elapsed hours have none: they are
    /// counted, not read off a clock.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] if a recurrence rule does not come that far.
    pub fn jumped(&self, span: Span) -> Result<Vec<Jumped>, Exhausted> {
        let transitions = self.zone.transitions();
        let mut jumped = Vec::new();
        // A time that is shown twice is first shown before the jump.
        for (jump, before, after) in transitions.jumps(span.start().unix(), span.end().unix() + CIVIL_DAY) {
            let (first, end) = (jump + before.min(after), jump + before.max(after));
            for civil in self.between(first, end)? {
                let at = Instant::from_unix(transitions.resolve(civil));
                let again = (after < before).then(|| Instant::from_unix(civil - after));
                // Where a jump follows upon another, what it repeats may have been shown even before.
                let sound = again.is_none_or(|it| at < it);
                if sound && span.contains(at) && self.start <= at {
                    jumped.push(Jumped { civil: from_seconds(civil), at, again });
                }
            }
        }
        Ok(jumped)
    }

    /// The civil times of handoffs from `first` up to `end`.
    fn between(&self, first: i64, end: i64) -> Result<Vec<i64>, Exhausted> {
        match &self.pattern {
            Pattern::Elapsed { .. } => Ok(Vec::new()),
            Pattern::Rule { rule, start } => {
                let times = rule.expand(*start, from_seconds(end - 1))?;
                Ok(times.into_iter().map(seconds).filter(|it| (first..end).contains(it)).collect())
            }
            pattern => {
                let indices = pattern.civil_index(first - 1) + 1..=pattern.civil_index(end - 1);
                Ok(indices.map(|it| pattern.civil(it)).collect())
            }
        }
    }

    /// All turns up to the one that holds `at`.
    fn rule_turns(&self, rule: &Recurrence, start: Civil, at: Instant) -> Result<Vec<Turn>, Exhausted> {
        let latest = from_seconds(self.zone.transitions().latest_shown(at.unix()));
        let times = rule.expand(start, latest)?;
        let mut resolver = self.zone.transitions().resolver(seconds(start));
        let mut turns = Vec::with_capacity(times.len());
        let mut handoff = self.start;
        for next in times.iter().map(|it| Instant::from_unix(resolver.resolve(seconds(*it)))) {
            if next > handoff {
                turns.extend(turn(turns.len() as i64, handoff, next));
                handoff = next;
            }
        }
        Ok(turns)
    }

    fn collapsed_until(&self, at: Instant) -> i64 {
        match self.collapsed.partition_point(|(instant, _)| *instant <= at) {
            0 => 0,
            reached => self.collapsed[reached - 1].1,
        }
    }

    fn collapsed(&self) -> Vec<(Instant, i64)> {
        let transitions = self.zone.transitions();
        if self.pattern.narrowest().is_none_or(|narrowest| narrowest > transitions.widest_skip) {
            return Vec::new();
        }
        let mut total = 0;
        transitions
            .skips(self.start.unix() + 1)
            .filter_map(|(at, first, last)| {
                let handoffs = self.pattern.civil_index(last) - self.pattern.civil_index(first - 1);
                total += (handoffs - 1).max(0);
                (handoffs > 1).then(|| (Instant::from_unix(at), total))
            })
            .collect()
    }
}

fn turn(number: i64, start: Instant, end: Instant) -> Option<Turn> {
    let number = u64::try_from(number).expect("turns are counted from the first");
    Span::new(start, end).map(|span| Turn { number, span })
}

impl Pattern {
    fn new(cadence: &Cadence, zone: &Zone, day: NaiveDate) -> Pattern {
        let times = |at: &Times| -> Box<[i64]> { at.as_slice().iter().map(time_seconds).collect() };
        match cadence {
            Cadence::Hours { every, at } => Pattern::Elapsed {
                anchor: zone.resolve(day.and_time(*at)).unix(),
                seconds: i64::from(every.get()) * 3600,
            },
            Cadence::Days { every, at } => Pattern::Days {
                epoch: seconds(day.and_time(NaiveTime::MIN)),
                period: count(*every) * CIVIL_DAY,
                slots: times(at),
            },
            Cadence::Weeks { every, on, at } => {
                let monday = day.week(Weekday::Mon).first_day();
                let slots = on.as_slice().iter().flat_map(|day| {
                    let day = i64::from(day.num_days_from_monday()) * CIVIL_DAY;
                    at.as_slice().iter().map(move |at| day + time_seconds(at))
                });
                Pattern::Days {
                    epoch: seconds(monday.and_time(NaiveTime::MIN)),
                    period: count(*every) * 7 * CIVIL_DAY,
                    slots: slots.collect(),
                }
            }
            Cadence::Months { every, on, at } => {
                Pattern::Months { epoch_month: month(day), every: count(*every), on: *on, at: times(at) }
            }
            Cadence::Rule { rule, at } => Pattern::Rule { rule: rule.clone(), start: day.and_time(*at) },
        }
    }

    /// The index of the last handoff at or before an instant.
    fn index(&self, zone: &Zone, at: Instant) -> i64 {
        match self {
            Pattern::Elapsed { anchor, seconds } => (at.unix() - anchor).div_euclid(*seconds),
            Pattern::Rule { .. } => 0,
            // A handoff is at or before `at` just when the clock has shown its civil time, or a later one.
            _ => self.civil_index(zone.transitions().latest_shown(at.unix())),
        }
    }

    /// The index of the last handoff whose civil time is `civil` or earlier.
    fn civil_index(&self, civil: i64) -> i64 {
        match self {
            Pattern::Days { epoch, period, slots } => {
                let number = (civil - epoch).div_euclid(*period);
                let within = civil - epoch - number * period;
                number * slots.len() as i64 + slots.partition_point(|slot| *slot <= within) as i64 - 1
            }
            Pattern::Months { epoch_month, every, on, at } => {
                let number = (month(from_seconds(civil).date()) - epoch_month).div_euclid(*every);
                let within = civil - month_day(epoch_month + number * every, *on);
                number * at.len() as i64 + at.partition_point(|it| *it <= within) as i64 - 1
            }
            Pattern::Elapsed { .. } | Pattern::Rule { .. } => 0,
        }
    }

    /// The civil time of a handoff.
    fn civil(&self, index: i64) -> i64 {
        match self {
            Pattern::Days { epoch, period, slots } => {
                let (number, slot) = split(index, slots.len());
                epoch + number * period + slots[slot]
            }
            Pattern::Months { epoch_month, every, on, at } => {
                let (number, slot) = split(index, at.len());
                month_day(epoch_month + number * every, *on) + at[slot]
            }
            Pattern::Elapsed { .. } | Pattern::Rule { .. } => 0,
        }
    }

    /// The least civil time between two handoffs; `None` where handoffs are not civil.
    fn narrowest(&self) -> Option<i64> {
        let gaps = |slots: &[i64], period: i64| {
            let around = slots[0] + period - slots[slots.len() - 1];
            slots.windows(2).map(|pair| pair[1] - pair[0]).fold(around, i64::min)
        };
        match self {
            Pattern::Days { period, slots, .. } => Some(gaps(slots, *period)),
            Pattern::Months { at, .. } => Some(gaps(at, 28 * CIVIL_DAY)),
            Pattern::Elapsed { .. } | Pattern::Rule { .. } => None,
        }
    }

    /// The handoffs from `index` on.
    fn steps<'a>(&'a self, zone: &'a Zone, index: i64) -> Steps<'a> {
        match self {
            Pattern::Days { epoch, period, slots } => {
                let (number, slot) = split(index, slots.len());
                let base = epoch + number * period;
                let resolver = zone.transitions().resolver(base + slots[slot]);
                Steps::Days { period: *period, slots, base, slot, resolver }
            }
            Pattern::Elapsed { anchor, seconds } => Steps::Elapsed { at: anchor + index * seconds, seconds: *seconds },
            Pattern::Months { .. } | Pattern::Rule { .. } => {
                Steps::Indexed { pattern: self, index, resolver: zone.transitions().resolver(self.civil(index)) }
            }
        }
    }
}

/// Handoffs in order, without a division each.
enum Steps<'a> {
    Days { period: i64, slots: &'a [i64], base: i64, slot: usize, resolver: Resolver<'a> },
    Elapsed { at: i64, seconds: i64 },
    Indexed { pattern: &'a Pattern, index: i64, resolver: Resolver<'a> },
}

impl Steps<'_> {
    #[inline]
    fn next_instant(&mut self) -> Instant {
        Instant::from_unix(match self {
            Steps::Days { period, slots, base, slot, resolver } => {
                let civil = *base + slots[*slot];
                *slot += 1;
                if *slot == slots.len() {
                    *slot = 0;
                    *base += *period;
                }
                resolver.resolve(civil)
            }
            Steps::Elapsed { at, seconds } => {
                *at += *seconds;
                *at - *seconds
            }
            Steps::Indexed { pattern, index, resolver } => {
                *index += 1;
                resolver.resolve(pattern.civil(*index - 1))
            }
        })
    }
}

fn count(every: NonZeroU32) -> i64 {
    i64::from(every.get())
}

fn time_seconds(time: &NaiveTime) -> i64 {
    i64::from(chrono::Timelike::num_seconds_from_midnight(time))
}

fn split(index: i64, slots: usize) -> (i64, usize) {
    let slots = slots as i64;
    (index.div_euclid(slots), index.rem_euclid(slots) as usize)
}

/// Months since year 0.
fn month(day: NaiveDate) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month0())
}

/// The civil second at which the handoff day of a month begins.
fn month_day(month: i64, on: MonthDay) -> i64 {
    let first = |month: i64| {
        let year = i32::try_from(month.div_euclid(12)).expect("months stay near the known years");
        let month0 = u32::try_from(month.rem_euclid(12)).expect("a month is one of twelve");
        NaiveDate::from_ymd_opt(year, month0 + 1, 1).expect("every month has a first day")
    };
    let day = match on {
        MonthDay::Day(day) => first(month).with_day(u32::from(day)),
        MonthDay::Last => first(month + 1).pred_opt(),
    };
    seconds(day.expect("every month has days 1 to 28 and a last one").and_time(NaiveTime::MIN))
}
