//! Hours held, by kind of hour on each person's own clock, and what they weigh and are paid.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};

use crate::calendar::shifts;
use crate::org::{Org, PersonId, Seat, SeatId};
use crate::people::pay::amount;
use crate::people::{Kind, Kinds, Money};
use crate::time::{Exhausted, Instant, Span, Zone, subtract, union};

/// A calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Month {
    /// Such as 2026.
    pub year: i32,
    /// From 1.
    pub month: u32,
}

impl Month {
    fn of(day: NaiveDate) -> Month {
        Month { year: day.year(), month: day.month() }
    }

    fn first(self) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(self.year, self.month, 1)
    }

    fn next(self) -> Month {
        match self.month {
            12 => Month { year: self.year.saturating_add(1), month: 1 },
            month => Month { month: month + 1, ..self },
        }
    }
}

impl std::fmt::Display for Month {
    /// `2026-03`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// Whether an hour that somebody holds in two seats at once counts in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    /// Each seat's hours.
    EverySeat,
    /// Once: in the primary seat before the secondary, then in the first rotation.
    Once,
}

/// Seconds by kind, in the order of [`Kind::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Hours {
    /// By kind.
    pub seconds: [i64; 5],
    /// In ordinary hours, by `[weights]`.
    pub weighted: f64,
}

impl Hours {
    /// Of all kinds.
    pub fn total(&self) -> i64 {
        self.seconds.iter().sum()
    }

    /// Adds others.
    pub fn add(&mut self, other: &Hours) {
        for (mine, others) in self.seconds.iter_mut().zip(other.seconds) {
            *mine += others;
        }
        self.weighted += other.weighted;
    }
}

/// What one person held in one seat in one month.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// In which month, on the reader's clock.
    pub month: Month,
    /// Who.
    pub person: PersonId,
    /// Where.
    pub seat: SeatId,
    /// How long.
    pub hours: Hours,
    /// Days of the person's own calendar on which they were on call: weekdays, weekends, holidays. Each day counts once, in
    /// its first seat. Only counted [`Once`](Counting::Once).
    pub days: [u32; 3],
    /// What that is paid, if rates are known.
    pub pay: Option<Money>,
}

/// What everybody held over a span, by month on the clock of `zone`, person and seat, in that order.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound before the end of the span.
pub fn report(
    org: &Org,
    seats: &[SeatId],
    span: Span,
    zone: &Zone,
    counting: Counting,
) -> Result<Vec<Line>, Exhausted> {
    // Days are counted whole: their edges may lie beyond those of the span by as much as clocks differ.
    let day = std::time::Duration::from_secs(36 * 3600);
    let wide = Span::new(span.start().before(day), span.end() + day).unwrap_or(span);
    let mut held: BTreeMap<PersonId, Vec<(SeatId, Vec<Span>)>> = BTreeMap::new();
    let mut order: Vec<SeatId> = org.seats().filter(|it| seats.contains(it)).collect();
    order.sort_by_key(|it| (it.seat, it.rotation));
    for seat in order {
        let mut by_person: BTreeMap<PersonId, Vec<Span>> = BTreeMap::new();
        for shift in shifts(org, seat, wide)? {
            if let Some(person) = shift.holder.person() {
                by_person.entry(person).or_default().push(shift.span);
            }
        }
        for (person, spans) in by_person {
            held.entry(person).or_default().push((seat, union(spans)));
        }
    }
    let months = months(span, zone);
    let mut lines: BTreeMap<(Month, PersonId, SeatId), Line> = BTreeMap::new();
    for (person, seats) in held {
        let kinds = Kinds::of(org, org.person(person));
        let mut counted: Vec<Span> = Vec::new();
        let mut days: BTreeSet<NaiveDate> = BTreeSet::new();
        for (seat, all) in seats {
            let own = match counting {
                Counting::EverySeat => all,
                Counting::Once => {
                    let own = subtract(&all, &counted);
                    counted = union(counted.into_iter().chain(all).collect());
                    own
                }
            };
            let mut tally = Tally { person, seat, lines: &mut lines };
            for (month, within) in &months {
                for piece in own.iter().filter_map(|it| it.intersection(*within)).flat_map(|it| kinds.pieces(it)) {
                    let hours = &mut tally.line(*month).hours;
                    hours.seconds[piece.kind.place()] += piece.span.seconds();
                    hours.weighted += piece.weighted_hours(&org.weights);
                }
            }
            if counting == Counting::EverySeat {
                continue;
            }
            for day in own.iter().flat_map(|it| touched(*it, kinds.zone())) {
                let begins = kinds.zone().start_of_day(day);
                let Some((month, _)) = months.iter().find(|(_, it)| it.contains(begins)) else { continue };
                if days.insert(day) {
                    let place = match kinds.day(day) {
                        Some(Kind::Holiday) => 2,
                        Some(_) => 1,
                        None => 0,
                    };
                    tally.line(*month).days[place] += 1;
                }
            }
        }
    }
    let mut lines: Vec<Line> = lines.into_values().collect();
    if let Some(pay) = org.pay.as_ref().filter(|_| counting == Counting::Once) {
        for line in &mut lines {
            let percent = match line.seat.seat {
                Seat::Primary => 100,
                Seat::Secondary => pay.secondary_percent,
            };
            line.pay = Some(amount(pay, &line.hours.seconds, &line.days, percent));
        }
    }
    Ok(lines)
}

struct Tally<'a> {
    person: PersonId,
    seat: SeatId,
    lines: &'a mut BTreeMap<(Month, PersonId, SeatId), Line>,
}

impl Tally<'_> {
    fn line(&mut self, month: Month) -> &mut Line {
        let (person, seat) = (self.person, self.seat);
        let new = || Line { month, person, seat, hours: Hours::default(), days: [0; 3], pay: None };
        self.lines.entry((month, person, seat)).or_insert_with(new)
    }
}

/// The months of a span, the first and the last cut to it.
fn months(span: Span, zone: &Zone) -> Vec<(Month, Span)> {
    let mut months = Vec::new();
    let mut month = Month::of(zone.day(span.start()));
    let mut start = span.start();
    while start < span.end() {
        let Some(next) = month.next().first() else { break };
        let end: Instant = zone.start_of_day(next).min(span.end());
        months.extend(Span::new(start, end).map(|it| (month, it)));
        start = start.max(end);
        month = month.next();
    }
    months
}

/// The days that a stretch touches.
fn touched(span: Span, zone: &Zone) -> impl Iterator<Item = NaiveDate> + use<> {
    let last = zone.day(Instant::from_unix(span.end().unix() - 1));
    zone.day(span.start()).iter_days().take_while(move |it| *it <= last)
}
