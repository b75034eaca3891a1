//! A larger organisation, and twenty changes to it at once.

use dogwatch::org::{Family, Org};

use crate::pagerduty::changes::{DATA, ROUTES, SERVICES, WEB, with};

const API: &str = "
name = 'Api'
coverage = ['24x7']
[[layers]]
people = ['cy', 'ana', 'di']
from = 2026-01-07
handoff = { every = 'week', on = 'Wed', at = '09:00' }
";

const MAIL: &str = "
name = 'Mail'
coverage = ['24x7']
[[layers]]
people = ['di', 'bo']
from = 2026-01-08
handoff = { every = 'week', on = 'Thu', at = '10:00' }
[[overrides]]
person = 'cy'
from = 2026-01-30T09:00:00
until = 2026-01-31T09:00:00
";

const EDGE: &str = "
name = 'Edge'
coverage = ['Mon-Sun 08:00-20:00']
[[layers]]
people = ['ana', 'bo', 'cy']
hours = ['Mon-Sun 08:00-20:00']
from = 2026-01-05
handoff = { every = 'week', on = 'Mon', at = '08:00' }
";

const NEW: &str = "
name = 'New'
coverage = ['24x7']
[[layers]]
people = ['bo', 'cy']
from = 2026-01-09
handoff = { every = 'week', on = 'Fri', at = '12:00' }
";

fn routes() -> String {
    ROUTES
        .replace(
            "{ page = 'web' },",
            "{ when = { service = ['api-*'] }, page = 'api' },\n{ when = { service = ['mail-*'] }, page = 'mail' },\n{ when = { service = ['edge-*'] }, page = 'edge' },\n{ page = 'web' },",
        )
        .replace("{ from = 'data',", "{ from = 'api', after = '10m', to = 'data' },\n{ from = 'mail', after = '10m', to = 'web' },\n{ from = 'edge', after = '10m', to = 'web' },\n{ from = 'data',")
}

fn services() -> String {
    format!(
        "{SERVICES}[api-one]\npagerduty = 'Api one'\n[mail-one]\npagerduty = 'Mail one'\n[edge-one]\npagerduty = 'Edge one'\n"
    )
}

/// Six schedules and what leads to them.
pub fn base(family: Family) -> Org {
    let files = [
        ("api.toml", API.to_owned()),
        ("mail.toml", MAIL.to_owned()),
        ("edge.toml", EDGE.to_owned()),
        ("escalation.toml", routes()),
        ("services.toml", services()),
    ];
    with(family, &files)
}

/// Text in which one thing is another: a change that changes nothing is a mistake of the test.
#[track_caller]
fn change(text: &mut String, from: &str, to: &str) {
    assert!(text.contains(from), "`{from}` is not there");
    *text = text.replacen(from, to, 1);
}

/// The same after twenty changes.
pub fn changed(family: Family) -> Org {
    let [mut web, mut data, mut api, mut mail, mut edge] = [WEB, DATA, API, MAIL, EDGE].map(str::to_owned);
    let (mut routes, mut services) = (routes(), services());
    // 1 and 2: somebody joins, and comes first.
    change(&mut web, "['ana', 'bo', 'cy']", "['di', 'ana', 'bo', 'cy']");
    // 3: an override lasts longer; 4: the second is another.
    change(&mut web, "until = 2026-02-05T09:00:00", "until = 2026-02-06T09:00:00");
    change(&mut web, "follow = 1", "follow = 2");
    // 5: whoever has the day leaves; 6: hours are others.
    change(&mut data, "['bo', 'di']", "['ana', 'di']");
    change(&mut data, "Mon-Fri 09:00-17:00", "Mon-Fri 08:00-18:00");
    // 7: two weeks a turn; 8: another day to hand over.
    change(&mut api, "'week'", "'2 weeks'");
    change(
        &mut api,
        "2026-01-07\nhandoff = { every = '2 weeks', on = 'Wed'",
        "2026-01-06\nhandoff = { every = '2 weeks', on = 'Tue'",
    );
    // 9: another hour; 10: another name; 11: the override goes; 12: another comes.
    change(&mut mail, "at = '10:00'", "at = '11:00'");
    change(&mut mail, "'Mail'", "'The mail'");
    change(&mut mail, "person = 'cy'", "person = 'ana'");
    change(&mut mail, "until = 2026-01-31T09:00:00", "until = 2026-02-01T09:00:00");
    // 13: whoever is on call now leaves; 14: hours are longer.
    change(&mut edge, "['ana', 'bo', 'cy']", "['bo', 'cy']");
    change(&mut edge, "hours = ['Mon-Sun 08:00-20:00']", "hours = ['Mon-Sun 07:00-21:00']");
    // 15: a rotation more, with 16: a row that leads there.
    change(&mut routes, "{ page = 'web' },", "{ when = { service = ['new-*'] }, page = 'new' },\n{ page = 'web' },");
    // 17: a longer wait; 18: another last rung; 19: more that is taken.
    change(&mut routes, "{ from = 'data', after = '10m'", "{ from = 'data', after = '20m'");
    change(&mut routes, "to = '@di'", "to = '@ana'");
    change(&mut routes, "['db-*']", "['db-*', 'cache-*']");
    // 20: a service more.
    services.push_str("[new-one]\npagerduty = 'New one'\n");
    let files = [
        ("web.toml", web),
        ("data.toml", data),
        ("api.toml", api),
        ("mail.toml", mail),
        ("edge.toml", edge),
        ("new.toml", NEW.to_owned()),
        ("escalation.toml", routes),
        ("services.toml", services),
    ];
    with(family, &files)
}
