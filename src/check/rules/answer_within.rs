//! A ladder that has only one person to ask.

use std::time::Duration;

use crate::check::rules::nobody_at_once::{carrying, finding};
use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::org::Entry;
use crate::time::{Exhausted, duration};

pub(in crate::check) const RULE: Rule = Rule {
    name: "answer-within",
    page: "\
answer-within: the limit passes, and only one person has been paged

One person may be asleep, in a tunnel, or ill. The rule proves for every ladder that alerts can climb, and every
instant of the horizon at which one may open, that two different people have been paged when `answer-within` has
passed; what happens just then still counts. Seats are read when their rungs fire, rungs that are empty or whose person was just
paged take no time, and `repeat` climbs again, as `dogwatch who` shows it. Openings at which nobody is paged at all are
told by `nobody-at-once`, and not here.

Cure: an earlier rung, or somebody else on it; or, in org.toml, more time:

    { from = \"search\", after = \"10m\", to = \"@vera\" },

    [limits]
    answer-within = \"45m\"          # or false
",
    look,
};

fn look(scene: &Scene<'_>) -> Result<Vec<Finding>, Exhausted> {
    let Some(limit) = scene.org.limits.answer_within else { return Ok(Vec::new()) };
    let mut findings = Vec::new();
    for (way_in, proof) in &scene.ways {
        let Some(first) = &proof.late.first else { continue };
        let (name, within) = (way_in.name(scene), duration(limit));
        let only = first.only.map_or("one person", |it| scene.org.person(it).name.as_str());
        let during = scene.during_all(&proof.late.spans);
        let message = format!(
            "the ladder from {name} pages only {only} within {within} if an alert opens {during}{}",
            carrying(first)
        );
        let cure = match way_in.entry {
            Entry::Seat(_) => format!(
                "somebody else sooner; to the escalations in {}:\n{{ from = \"{name}\", after = \"{}\", to = \"@…\" }},",
                first.route.source.file,
                duration(limit.min(Duration::from_secs(15 * 60)))
            ),
            Entry::Person(_) => "nothing leads on from a person: let the route page a seat".to_owned(),
        };
        findings.push(finding(&RULE, message, cure, way_in, first, &proof.late.spans, first.only));
    }
    Ok(findings)
}
