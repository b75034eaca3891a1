//! Weeks in which clocks disagree.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::org::{Layer, Org, PersonId, SeatId};
use crate::time::{Exhausted, Instant, Span};

pub(in crate::check) const RULE: Rule = Rule {
    name: "changeover",
    page: "\
changeover: in the weeks between two clock changes, the hours of layers shift against each other

California changes its clocks three weeks before London in spring, and a week after it in autumn. In these weeks layers that
follow the sun overlap at one end, where the later layer holds, and leave a hole at the other, which whoever lies beneath
holds, or nobody. The rule compares who holds how many hours of a week then with the long stretches before and after, and says who
has more and who less. Hours that are promised and held by nobody are told by `gap`. It is a note, and changes no exit status.

Cure: nothing need be done. Who wants other hours in these weeks writes an override; a base layer of `24x7` beneath is right
for any clocks.
",
    look,
};

/// What is shorter lies between two seasons, in hours: some six weeks. The longest are the three weeks of an American and
/// a European spring, and five between a southern and a northern one.
const SEASON: u64 = 1_000;
/// How far around the horizon seasons are looked for, in hours.
const AROUND: u64 = 7_000;

/// A stretch throughout which no clock jumps.
struct Stretch {
    span: Span,
    /// Of each layer's clock, seconds east of UTC.
    offsets: Vec<i64>,
}

fn look(scene: &Scene<'_>) -> Result<Vec<Finding>, Exhausted> {
    let mut findings = Vec::new();
    for seat in scene.org.seats() {
        let Some(calendar) = scene.org.rotation(seat.rotation).calendar(seat.seat) else { continue };
        let layers = calendar.layers;
        let mut zones = layers.iter().map(|it| it.hours.zone());
        let first = zones.next();
        // A secondary that follows has the primary's layers: told once.
        if calendar.follow > 0 || zones.all(|it| Some(it) == first) {
            continue;
        }
        let stretches = stretches(layers, scene.span);
        for (index, stretch) in stretches.iter().enumerate().filter(|(_, it)| !is_season(it.span)) {
            let before = stretches[..index].iter().rev().find(|it| is_season(it.span));
            let after = stretches[index + 1..].iter().find(|it| is_season(it.span));
            let (Some(before), Some(after)) = (before, after) else { continue };
            let Some(span) = stretch.span.intersection(scene.span) else { continue };
            // The same layers on other clocks: who comes and goes is no matter of clocks.
            let [usual, then, later] = [before, stretch, after].map(|it| held(layers, span, &it.offsets));
            if then != usual && then != later {
                findings.push(finding(scene, seat, stretch.span, &then, &usual).during(vec![span]));
            }
        }
    }
    Ok(findings)
}

fn finding(scene: &Scene<'_>, seat: SeatId, stretch: Span, then: &[i64], usual: &[i64]) -> Finding {
    let rotation = scene.org.rotation(seat.rotation);
    let layers = rotation.calendar(seat.seat).map(|it| it.layers).unwrap_or_default();
    let changed = layers.iter().zip(then.iter().zip(usual)).filter(|(_, (then, usual))| then != usual);
    let told: Vec<String> = changed
        .clone()
        .map(|(layer, (then, usual))| {
            let hours = |it: i64| if it == 0 { "none".to_owned() } else { Scene::hours(it) };
            format!("{} {} a week instead of {}", who(scene.org, layer), hours(*then), hours(*usual))
        })
        .collect();
    let (name, during) = (scene.org.seat_name(seat), scene.during(stretch));
    let message = format!("while clocks disagree, {during}, others hold {name}: {}", told.join("; "));
    let cure = "nothing need be done; an override, if somebody wants other hours then".to_owned();
    let people: BTreeSet<PersonId> = changed.flat_map(|(layer, _)| layer.people()).collect();
    Finding::new(&RULE, message, cure, &rotation.source).of([seat], people).note()
}

/// `ana, bo, …`: the first of a layer's people, who are enough to know it by.
fn who(org: &Org, layer: &Layer) -> String {
    let people = layer.people();
    let more = if people.len() > 3 { ", …" } else { "" };
    let names: Vec<&str> = people.iter().take(3).map(|it| org.person(*it).key.as_str()).collect();
    format!("{}{more}", names.join(", "))
}

fn is_season(span: Span) -> bool {
    span.start() + hours(SEASON) <= span.end()
}

fn hours(hours: u64) -> Duration {
    Duration::from_secs(hours * 3600)
}

/// The stretches of and around a horizon between the jumps of all the layers' clocks.
fn stretches(layers: &[Layer], horizon: Span) -> Vec<Stretch> {
    let (start, end) = (horizon.start().before(hours(AROUND)), horizon.end() + hours(AROUND));
    let Some(around) = Span::new(start, end) else { return Vec::new() };
    let mut instants: Vec<Instant> = layers.iter().flat_map(|it| it.hours.zone().jumps(around)).collect();
    instants.extend([start, end]);
    instants.sort_unstable();
    instants.dedup();
    let offset = |layer: &Layer, at| i64::from(layer.hours.zone().offset(at));
    let stretch = |span: Span| Stretch { span, offsets: layers.iter().map(|it| offset(it, span.start())).collect() };
    instants.windows(2).filter_map(|it| Span::new(it[0], it[1])).map(stretch).collect()
}

/// The seconds of a week that each layer of a span would hold if its clock were always so far east of UTC; later ones cover
/// earlier ones.
fn held(layers: &[Layer], span: Span, offsets: &[i64]) -> Vec<i64> {
    let alive = |it: &Layer| it.span().is_some_and(|it| it.intersection(span).is_some());
    let week = |(layer, offset): (&Layer, &i64)| if alive(layer) { layer.hours.week_at(*offset) } else { Vec::new() };
    let weeks: Vec<Vec<(i64, i64)>> = layers.iter().zip(offsets).map(week).collect();
    let mut cuts: Vec<i64> = weeks.iter().flatten().flat_map(|(from, to)| [*from, *to]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut held = vec![0; layers.len()];
    for cut in cuts.windows(2) {
        let here = |windows: &Vec<(i64, i64)>| windows.iter().any(|(from, to)| *from <= cut[0] && cut[1] <= *to);
        if let Some(top) = weeks.iter().rposition(here) {
            held[top] += cut[1] - cut[0];
        }
    }
    held
}
