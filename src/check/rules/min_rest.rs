//! Too little between two shifts.

use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::time::{Exhausted, duration};

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
        let rest = |pair: &[crate::time::Span]| pair[1].start().seconds_since(pair[0].end());
        let short: Vec<_> = stretches.windows(2).filter(|pair| rest(pair) < seconds).collect();
        let Some(pair) = short.first() else { continue };
        let next = duties.iter().find(|it| it.span.start() == pair[1].start());
        let Some(next) = next else { continue };
        let more = if short.len() > 1 { format!(", the first of {} times", short.len()) } else { String::new() };
        findings.push(Finding {
            rule: RULE.name,
            message: format!(
                "{} has {} of rest before {} at {}, less than {}{more}",
                scene.org.person(person).name,
                Scene::hours(rest(pair)),
                scene.org.seat_name(next.seat),
                scene.stamp(next.span.start()),
                duration(limit)
            ),
            cure:
                "another order of people, or an override by somebody else; [limits] min-rest in org.toml is the limit"
                    .to_owned(),
            source: scene.org.rotation(next.seat.rotation).source.clone(),
            at: Some(pair[1].start()),
        });
    }
    Ok(findings)
}
