//! What an hour weighs on whose clock.

use std::sync::Arc;

use crate::org::{Org, Weights};
use crate::time::{Hours, Instant, Span, Window, Zone, intersect, subtract, union};

/// Somebody's clock, and what an hour on call weighs by it.
pub(super) struct Clock {
    zone: String,
    region: Option<String>,
    sleep: Hours,
    /// What weighs more than an ordinary hour, the heaviest first.
    heavier: Vec<(f64, Hours)>,
}

/// All clocks of some people, each once, and for each of them which.
pub(super) struct Clocks {
    pub all: Vec<Clock>,
    pub of: Vec<usize>,
}

impl Clocks {
    /// Of people by their keys; whom no organisation knows has the clock of `zone`.
    pub fn new(people: &[String], orgs: &[&Org], zone: &Zone, sleep: &[Window], weights: &Weights) -> Clocks {
        let mut clocks = Clocks { all: Vec::new(), of: Vec::new() };
        for key in people {
            let known = orgs.iter().find_map(|org| Some((org, org.person_named(key)?)));
            let (zone, region) = known.map_or((zone, None), |(_, it)| (&it.zone, it.region.clone()));
            let found = clocks.all.iter().position(|it| it.zone == zone.name() && it.region == region);
            clocks.of.push(found.unwrap_or(clocks.all.len()));
            if found.is_none() {
                let holidays = known.and_then(|(org, _)| org.holidays.get(region.as_ref()?).cloned());
                clocks.all.push(Clock::new(zone, region, holidays.unwrap_or_default(), sleep, weights));
            }
        }
        clocks
    }
}

impl Clock {
    fn new(
        zone: &Zone,
        region: Option<String>,
        holidays: Arc<[chrono::NaiveDate]>,
        sleep: &[Window],
        weights: &Weights,
    ) -> Clock {
        let hours = |windows: &[Window]| Hours::new(zone, windows, |_| Arc::from([]));
        let weekend = Window::parse("Sat-Sun 00:00-24:00").expect("it is a window");
        let of_days = Window::parse("holidays 00:00-24:00").expect("it is a window");
        let mut heavier = vec![
            (weights.night, hours(sleep)),
            (weights.weekend, hours(&[weekend])),
            (weights.holiday, Hours::new(zone, &[of_days], move |_| holidays.clone())),
        ];
        heavier.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        Clock { zone: zone.name().to_owned(), region, sleep: hours(sleep), heavier }
    }

    /// The heaviest that applies; an ordinary hour weighs 1.
    pub fn weight(&self, at: Instant) -> f64 {
        self.heavier.iter().find(|(_, it)| it.contains(at)).map_or(1.0, |(weight, _)| *weight)
    }

    pub fn sleeps(&self, at: Instant) -> bool {
        self.sleep.contains(at)
    }

    /// All hours of a span as they weigh, in minutes.
    pub fn minutes(&self, span: Span) -> f64 {
        let mut rest = vec![span];
        let mut sum = 0.0;
        for (weight, hours) in &self.heavier {
            let here = intersect(&rest, &union(hours.within(span)));
            sum += weight * minutes(&here);
            rest = subtract(&rest, &here);
        }
        sum + minutes(&rest)
    }

    /// When its owner sleeps.
    pub fn sleeping(&self, span: Span) -> Vec<Span> {
        union(self.sleep.within(span))
    }
}

/// How long some spans are together.
#[allow(clippy::cast_precision_loss, reason = "years in seconds are small numbers")]
pub(super) fn minutes(spans: &[Span]) -> f64 {
    spans.iter().map(|it| it.seconds()).sum::<i64>() as f64 / 60.0
}
