//! One person, two primary seats, one time.

use std::collections::BTreeMap;

use crate::check::scene::{Duty, Scene};
use crate::check::{Finding, Rule};
use crate::org::{RotationId, Seat, SeatId};
use crate::time::{Exhausted, Span, union};

pub(in crate::check) const RULE: Rule = Rule {
    name: "both-primaries",
    page: "\
both-primaries: one person holds the primary seats of two rotations at once

After a split people often sit in two small rotations. When both are theirs at once, two incidents meet one person.

Cure: an override by somebody else in one of them; an order of people that keeps them apart; or, if it is meant, in org.toml:

    [limits]
    both-allowed = [[\"app-ops\", \"incident-command\"]]
",
    look,
};

fn look(scene: &Scene<'_>) -> Result<Vec<Finding>, Exhausted> {
    let allowed = |(left, right): (RotationId, RotationId)| {
        let pairs = &scene.org.limits.both_allowed;
        left == right || pairs.contains(&(left, right)) || pairs.contains(&(right, left))
    };
    let mut findings = Vec::new();
    for (person, duties) in scene.primary_duties() {
        let mut clashes: BTreeMap<(RotationId, RotationId), Vec<Span>> = BTreeMap::new();
        let mut open: Vec<Duty> = Vec::new();
        for duty in duties {
            open.retain(|it| duty.span.start() < it.span.end());
            for other in &open {
                let (left, right) = (other.seat.rotation, duty.seat.rotation);
                let pair = (left.min(right), left.max(right));
                if !allowed(pair) {
                    clashes.entry(pair).or_default().extend(other.span.intersection(duty.span));
                }
            }
            open.push(duty);
        }
        for ((left, right), spans) in clashes {
            let spans = union(spans);
            let Some(span) = spans.first() else { continue };
            let seats = [left, right].map(|rotation| SeatId { rotation, seat: Seat::Primary });
            let names = seats.map(|it| scene.org.seat_name(it));
            let name = &scene.org.person(person).name;
            let during = scene.during_all(&spans);
            let message = format!("{name} holds {} and {} at once {during}", names[0], names[1]);
            let source = &scene.org.rotation(right).source;
            let cure = format!(
                "somebody else takes one of them, in {}:\n{}\n# or, if it is meant, in org.toml:\n[limits]\nboth-allowed = [[\"{}\", \"{}\"]]",
                source.file,
                scene.stand_in(seats[1], Some(person), *span),
                names[0],
                names[1]
            );
            findings.push(Finding::new(&RULE, message, cure, source).of(seats, [person]).during(spans));
        }
    }
    Ok(findings)
}
