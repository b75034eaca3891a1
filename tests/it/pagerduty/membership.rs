//! People join, leave, change places and cadence: whoever is on call stays, and the plan's people and hours are what the
//! account then shows.

use std::time::Duration;

use dogwatch::org::{Family, Org};
use dogwatch::pagerduty::observed::{Look, observe};
use dogwatch::pagerduty::spec::Stretch;
use dogwatch::pagerduty::verify::{Difference, compare};
use dogwatch::time::{Instant, Span};

use crate::pagerduty::changes::{BOTH, WEB, with};
use crate::pagerduty::world::{DAY, World};

/// Who holds `web` from `from` until `until`, as the account shows it.
fn rendered(world: &World, from: Instant, until: Instant) -> Vec<Stretch> {
    let span = Span::new(from, until).unwrap();
    let mut client = world.client();
    let look = Look { names: vec!["Web"], orchestration: None, span, everything: false, teams: false };
    let mut observed = observe(&mut client, &look).unwrap();
    let (_, id, _) = observed.marked_schedules().into_iter().find(|it| it.0.key == "web").unwrap();
    observed.read_rendered(&mut client, &id, span).unwrap();
    observed.rendered[&id].clone()
}

fn web(family: Family, from: &str, to: &str) -> Org {
    assert!(WEB.contains(from));
    let plain = WEB.split("[[overrides]]").next().unwrap();
    with(family, &[("web.toml", plain.replace(from, to))])
}

#[test]
fn whoever_is_on_call_stays_and_the_plan_says_what_comes() {
    let people = "['ana', 'bo', 'cy']";
    // Tuesday noon of Ana's fourth week.
    let changes = [
        ("somebody joins", people, "['di', 'ana', 'bo', 'cy']"),
        ("who is on call leaves", people, "['cy', 'bo']"),
        ("another order", people, "['cy', 'bo', 'ana']"),
        ("two weeks each", "'week'", "'2 weeks'"),
        ("on another day", "'Mon', at = '10:00'", "'Mon', at = '18:00'"),
        ("a day each", "'week', on = 'Mon', at", "'day', at"),
    ];
    for family in BOTH {
        let base = web(family, people, people);
        let start = crate::pagerduty::changes::world(&base);
        start.sync(&base);
        start.advance(60);
        for (name, from, to) in changes {
            let about = format!("{family:?}, {name}");
            let world = start.copy();
            let org = web(family, from, to);
            let plan = world.plan(&org).unwrap();
            assert_eq!((&plan.errors[..], &plan.risks[..]), (&[][..], &[][..]), "{about}");
            // After what is written settles, until the horizon.
            let (now, until) = (world.now(), world.now() + Duration::from_secs(13 * DAY));
            let settled = now + Duration::from_secs(600);
            let before = rendered(&world, now, until);
            let done = world.apply(&plan).unwrap();
            assert_eq!(done.differences, [], "{about}");
            let after = rendered(&world, settled, until);
            assert_eq!(before[0].users, after[0].users, "{about}: somebody else is on call now");
            let shown = compare("web", &before, &after, settled.unix(), until.unix());
            assert!(!shown.is_empty(), "{about}: nothing changed");
            let planned: Vec<Difference> = plan
                .changes
                .iter()
                .filter(|it| it.key == "web" && it.start < until.unix())
                .map(|it| Difference { end: it.end.min(until.unix()), ..it.clone() })
                .collect();
            assert_eq!(planned, shown, "{about}");
            assert_eq!(world.steps(&org), [""; 0], "{about}");
        }
    }
}
