//! Too much of the time.

use std::time::Duration;

use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::people::busiest;
use crate::time::{Exhausted, Span};

pub(in crate::check) const RULE: Rule = Rule {
    name: "max-share",
    page: "\
max-share: somebody holds primary seats for more of the time than the limit

Counted over every stretch of the limit's length within the horizon, all rotations' primary seats together; hours in two seats
at once count once. A horizon shorter than that is not judged.

Cure: more people, or fewer rotations a person; or, in org.toml:

    [limits]
    max-share = { of = 0.40, over = \"12 weeks\" }          # or false
",
    look,
};

fn look(scene: &Scene<'_>) -> Result<Vec<Finding>, Exhausted> {
    let Some(limit) = scene.org.limits.max_share else { return Ok(Vec::new()) };
    let hours = 7 * 24 * u64::from(limit.over_weeks);
    let length = Duration::from_secs(hours * 3600);
    let window = i64::try_from(length.as_secs()).unwrap_or(i64::MAX);
    if scene.span.seconds() < window {
        return Ok(Vec::new());
    }
    let mut findings = Vec::new();
    for (person, duties) in scene.primary_duties() {
        let stretches = Scene::stretches(&duties);
        let Some((worst, start)) = busiest(&stretches, scene.span, length) else { continue };
        // Seconds are whole: what is exactly the limit is within it.
        let share = worst as f64 / window as f64;
        if share <= limit.of {
            continue;
        }
        let Some(first) = duties.iter().find(|it| it.span.end() > start) else { continue };
        let message = format!(
            "{} is primary for {:.1} % of the {} weeks from {}, more than {:.1} %",
            scene.org.person(person).name,
            share * 100.0,
            limit.over_weeks,
            scene.stamp(start),
            limit.of * 100.0
        );
        let cure = format!(
            "more people in the order, or somebody else in their place; or, in org.toml:\n[limits]\nmax-share = {{ of = {:.2}, over = \"{} weeks\" }}",
            (share * 100.0).ceil() / 100.0,
            limit.over_weeks
        );
        let source = &scene.org.rotation(first.seat.rotation).source;
        let spans = Span::new(start, start + length).into_iter().collect();
        findings.push(Finding::new(&RULE, message, cure, source).of([first.seat], [person]).during(spans));
    }
    Ok(findings)
}
