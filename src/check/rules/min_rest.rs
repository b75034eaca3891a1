//! Too little between two shifts.

use std::time::Duration;

use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::time::{Exhausted, Span, duration};

pub(in crate::check) const RULE: Rule = Rule {
    name: "min-rest",
    page: "\
min-rest: somebody has less rest between two primary shifts than the limit

The rest is counted from the end of a shift in any primary seat to the start of the person's next one in any; shifts that touch
are one. Working time law often asks for eleven hours.

Cure: an order of people or a cadence that leaves more time; an override by somebody else; or, in org.toml:

    [limits]
    min-rest = \"8h\"          # or false
",
    look,
};

fn look(scene: &Scene<'_>) -> Result<Vec<Finding>, Exhausted> {
    let Some(limit) = scene.org.limits.min_rest else { return Ok(Vec::new()) };
    let seconds = i64::try_from(limit.as_secs()).unwrap_or(i64::MAX);
    let mut findings = Vec::new();
    for (person, duties) in scene.primary_duties() {
        let stretches = Scene::stretches(&duties);
        let rest = |pair: &[Span]| pair[1].start().seconds_since(pair[0].end());
        let short: Vec<_> = stretches.windows(2).filter(|pair| rest(pair) < seconds).collect();
        let Some(pair) = short.first() else { continue };
        let next = duties.iter().find(|it| it.span.start() == pair[1].start());
        let Some(next) = next else { continue };
        let more = if short.len() > 1 { format!(", the first of {} times", short.len()) } else { String::new() };
        let message = format!(
            "{} has {} of rest before {} at {}, less than {}{more}",
            scene.org.person(person).name,
            Scene::hours(rest(pair)),
            scene.org.seat_name(next.seat),
            scene.stamp(next.span.start()),
            duration(limit)
        );
        let source = &scene.org.rotation(next.seat.rotation).source;
        let cure = format!(
            "another order of people, or somebody else, in {}:\n{}\n# or, in org.toml:\n[limits]\nmin-rest = \"{}\"",
            source.file,
            scene.stand_in(next.seat, Some(person), next.span),
            duration(Duration::from_secs(rest(pair).unsigned_abs()))
        );
        // What is too short is the rest.
        let rests = short.iter().filter_map(|pair| Span::new(pair[0].end(), pair[1].start())).collect();
        findings.push(Finding::new(&RULE, message, cure, source).of([next.seat], [person]).during(rests));
    }
    Ok(findings)
}
