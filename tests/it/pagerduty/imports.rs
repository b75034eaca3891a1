//! An account read back into files: what Dogwatch wrote becomes the same again.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use dogwatch::config::{self, Files};
use dogwatch::export::text;
use dogwatch::import::{Imported, Layout, pagerduty};
use dogwatch::org::{Family, Org};
use dogwatch::pagerduty::diff::Choices;
use dogwatch::pagerduty::observed::observe_all;
use dogwatch::rehearsal::{Account, Clock, Faults, LayerOrder, Rehearsal, Switches};
use dogwatch::time::Span;
use serde_json::Value;

use crate::pagerduty::world::{DAY, World, instant, org, reference};

/// The account as files, with nothing but GET.
pub fn imported(world: &World) -> Imported {
    world.trace.borrow_mut().clear();
    let now = world.now();
    let span = Span::new(now, now + Duration::from_secs(360 * DAY)).unwrap();
    let whole = observe_all(&mut world.client(), span).unwrap();
    let trace = world.trace.borrow();
    let wrote: Vec<&String> = trace.iter().filter(|it| !it.starts_with("GET ")).collect();
    assert_eq!(wrote, [""; 0]);
    pagerduty::read(&whole, now, "PagerDuty", None, &Layout::default())
}

pub fn org_of(imported: &Imported) -> Org {
    let files: Files = imported.files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let (org, diagnostics) = config::read(&files);
    org.unwrap_or_else(|| panic!("{}", config::render(&diagnostics, &files, false)))
}

fn comes_back(org: &Org, now: &str) -> Imported {
    let mut world = World::of(org, now);
    world.horizon = Duration::from_secs(42 * DAY);
    assert_eq!(world.sync(org).differences, []);
    let imported = imported(&world);
    let again = org_of(&imported);
    world.trace.borrow_mut().clear();
    let plan = world.plan(&again).unwrap();
    assert_eq!(plan.errors, []);
    let steps: Vec<String> = plan.steps.iter().map(|it| format!("{}: {}", it.about, it.title)).collect();
    assert_eq!(steps, [""; 0]);
    let trace = world.trace.borrow();
    let wrote: Vec<&String> = trace.iter().filter(|it| !it.starts_with("GET ")).collect();
    assert_eq!(wrote, [""; 0]);
    let keys = |org: &Org| org.seats().map(|it| org.seat_name(it)).collect::<Vec<_>>();
    assert_eq!(keys(&again), keys(org));
    imported
}

/// All of an organisation in one family.
fn example(name: &str, family: Family) -> Org {
    let files = Files::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap();
    let mut org = config::read(&files).0.unwrap();
    org.rotations.iter_mut().for_each(|it| it.family = Some(family));
    org
}

#[test]
fn the_reference_organisation_comes_back_from_layers() {
    comes_back(&reference(Family::Layers), "2026-11-24T12:34:56Z");
}

#[test]
fn the_reference_organisation_comes_back_from_shifts() {
    comes_back(&reference(Family::Shifts), "2026-11-24T12:34:56Z");
}

#[test]
fn the_two_big_rotations_come_back_from_layers() {
    comes_back(&example("examples/before-the-split/rotations", Family::Layers), "2017-03-01T12:34:56Z");
}

#[test]
fn the_two_big_rotations_come_back_from_shifts() {
    comes_back(&example("examples/before-the-split/rotations", Family::Shifts), "2017-03-01T12:34:56Z");
}

/// An account as somebody else left it.
fn messy(text: &str, now: &str) -> World {
    let account = Account::from_json(text).unwrap();
    let rehearsal = Rehearsal::new(account, Switches::default(), Faults::default(), Clock::standing(instant(now)));
    World {
        rehearsal: Rc::new(RefCell::new(rehearsal)),
        horizon: Duration::from_secs(84 * DAY),
        trace: Rc::default(),
        watched: Rc::default(),
    }
}

/// Files and notes, in the form of the cases.
fn written(imported: &Imported) -> String {
    let files: String = imported.files.iter().map(|(name, text)| format!("-- {name} --\n{text}\n")).collect();
    let report = text::import_report("PagerDuty", imported);
    format!("{files}-- notes --\n{}", anstream::adapter::strip_str(&report))
}

#[test]
fn accounts_of_others_are_carried_as_far_as_can_be() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/pagerduty-accounts");
    for name in ["layers", "shifts"] {
        let text = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
        let world = messy(&text, "2026-02-04T12:00:00Z");
        let imported = imported(&world);
        if std::env::var_os("DOGWATCH_BLESS").is_some() {
            // Read it before you keep it.
            std::fs::write(folder.join(format!("{name}.txt")), written(&imported)).unwrap();
        }
        org_of(&imported);
        let expected = std::fs::read_to_string(folder.join(format!("{name}.txt"))).unwrap_or_default();
        assert_eq!(written(&imported).trim_end(), expected.trim_end(), "{name}");
    }
}

#[test]
fn whichever_way_layers_are_read_the_higher_one_is_found() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/pagerduty-accounts");
    let text = std::fs::read_to_string(folder.join("layers.json")).unwrap();
    let of = |order| {
        let world = messy(&text, "2026-02-04T12:00:00Z");
        let switches = Switches { layer_order: order, ..Switches::default() };
        *world.rehearsal.borrow_mut() = Rehearsal::new(
            Account::from_json(&text).unwrap(),
            switches,
            Faults::default(),
            Clock::standing(world.now()),
        );
        imported(&world).files
    };
    assert_eq!(of(LayerOrder::Reversed), of(LayerOrder::AsWritten));
}

#[test]
fn each_rotation_moves_from_layers_to_shifts_and_back() {
    let (layers, shifts) = (reference(Family::Layers), reference(Family::Shifts));
    let mut world = World::of(&layers, "2026-11-24T12:34:56Z");
    world.horizon = Duration::from_secs(28 * DAY);
    assert_eq!(world.sync(&layers).differences, []);
    for org in [&shifts, &layers] {
        world.advance(3_600);
        assert_eq!(world.sync(org).differences, []);
        assert_eq!(world.steps(org), [""; 0]);
    }
    assert_eq!(world.objects().0, layers.seats().count());
}

/// Two policies of one beginning, a service whose tags are asked for, a team for each.
fn small(family: &str, teams: bool, web: &str) -> Vec<(String, String)> {
    let person = |it: &str| {
        format!("[{it}]\nname = '{}'\nemail = '{it}@example.com'\nzone = 'Europe/Dublin'\n", it.to_uppercase())
    };
    let people: String = ["ana", "bo", "cy", "di"].iter().map(|it| person(it)).collect();
    let layer = |people: &str| {
        format!(
            "[[layers]]\npeople = {people}\nfrom = 2026-01-05\nhandoff = {{ every = 'week', on = 'Mon', at = '10:00' }}\n"
        )
    };
    let routes = "repeat = { times = 1, after = '15m' }\nroutes = [{ page = 'web' }]\nescalations = [
  { from = 'web', after = '5m', to = 'data', when = { cause = 'db' } },
  { from = 'web', after = '15m', to = '@di' },
  { from = 'data', after = '10m', to = '@di' },
]\n";
    let services = "[shop]\npagerduty = 'Shop'\n[till]\ntags = { cause = 'db' }\npagerduty = 'Till'\n";
    [
        ("org.toml", format!("zone = 'Europe/Dublin'\n[pagerduty]\nfamily = '{family}'\nteams = {teams}\n")),
        ("people.toml", people),
        ("web.toml", format!("name = 'Web'\n{}", layer(web))),
        ("data.toml", format!("name = 'Data'\n{}", layer("['cy', 'di']"))),
        ("escalation.toml", routes.to_owned()),
        ("services.toml", services.to_owned()),
    ]
    .map(|(name, text)| (name.to_owned(), text))
    .to_vec()
}

fn read(files: &[(String, String)]) -> Org {
    org(&files.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect::<Vec<_>>())
}

/// Names of the members of a team.
fn members(world: &World, team: &str) -> Vec<String> {
    let users = world.client().list("/users", "users", &[]).unwrap();
    let is_in = |it: &&Value| it["teams"].as_array().unwrap().iter().any(|it| it["summary"] == *team);
    let mut names: Vec<String> = users.iter().filter(is_in).map(|it| it["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

#[test]
fn policies_keep_their_keys_when_lines_move_and_conditions_come_back() {
    for family in ["layers", "shifts"] {
        let files = small(family, false, "['ana', 'bo']");
        let org = read(&files);
        let world = World::of(&org, "2026-01-27T12:00:00Z");
        assert_eq!(world.sync(&org).differences, []);
        let mut moved = files.clone();
        moved[4].1 = moved[4].1.replace("\nescalations = [", "\n# A line more.\n\nescalations = [\n");
        assert_eq!(world.steps(&read(&moved)), [""; 0]);
        // Another condition on the same edge, for the same service: the same policy.
        moved[4].1 = moved[4].1.replace("cause = 'db'", "cause = ['db', 'lock']");
        assert_eq!(world.steps(&read(&moved)), [""; 0]);
        comes_back(&org, "2026-01-27T12:00:00Z");
        // Of policies with one beginning, that with conditions alone.
        moved[5].1 = "[till]\ntags = { cause = 'db' }\npagerduty = 'Till'\n".to_owned();
        let imported = comes_back(&read(&moved), "2026-01-27T12:00:00Z");
        let escalation = &imported.files.iter().find(|it| it.0 == "escalation.toml").unwrap().1;
        let asked = "{ from = \"web\", after = \"5m\", to = \"data\", when = { service = [\"till\"] } },";
        assert!(escalation.contains(asked), "{escalation}");
        assert!(escalation.contains("{ from = \"web\", after = \"15m\", to = \"@di\" },"), "{escalation}");
    }
}

#[test]
fn a_policy_that_was_called_by_its_lines_is_taken_over() {
    let org = read(&small("layers", false, "['ana', 'bo']"));
    let world = World::of(&org, "2026-01-27T12:00:00Z");
    world.sync(&org);
    let mut client = world.client();
    let all = client.list("/escalation_policies", "escalation_policies", &[]).unwrap();
    let found = all.iter().find(|it| it["description"].as_str().unwrap_or("").contains("[dogwatch:web+")).unwrap();
    let path = format!("/escalation_policies/{}", found["id"].as_str().unwrap());
    let mut body = found.clone();
    body["description"] = "Kept by Dogwatch. [dogwatch:web+12]".into();
    body["name"] = "Web (12)".into();
    client.put(&path, serde_json::json!({ "escalation_policy": body })).unwrap();
    let before = world.objects();
    assert_eq!(world.steps(&org).len(), 1);
    assert_eq!(world.sync(&org).differences, []);
    assert_eq!((world.steps(&org), world.objects()), (vec![], before));
}

#[test]
fn teams_are_kept_if_they_are_asked_for() {
    for family in ["layers", "shifts"] {
        let without = read(&small(family, false, "['ana', 'bo']"));
        let with = read(&small(family, true, "['ana', 'bo']"));
        let world = World::of(&without, "2026-01-27T12:00:00Z");
        world.sync(&without);
        // A team of somebody else is nobody's business.
        let mut client = world.client();
        let other = serde_json::json!({ "team": { "name": "Others" } });
        client.create("/teams", &other, |_| Ok(None)).unwrap();
        assert_eq!(world.steps(&without), [""; 0], "{family}");
        let first = world.steps(&with);
        assert_eq!(
            first[..3],
            ["team data: create team Data", "team data: CY joins team Data", "team data: DI joins team Data"]
        );
        assert_eq!(world.sync(&with).differences, []);
        assert_eq!(world.steps(&with), [""; 0], "{family}");
        assert_eq!(
            (members(&world, "Web"), members(&world, "Data")),
            (vec!["ANA".into(), "BO".into()], vec!["CY".into(), "DI".into()])
        );
        // It comes back from the account.
        let again = org_of(&imported(&world));
        assert_eq!(world.steps(&again), [""; 0], "{family}");

        // Somebody whom another put there stays; who takes no more turns leaves when the last is over.
        let all = client.list("/teams", "teams", &[]).unwrap();
        let web = all.iter().find(|it| it["name"] == "Web").unwrap()["id"].as_str().unwrap().to_owned();
        let users = client.list("/users", "users", &[]).unwrap();
        let cy = users.iter().find(|it| it["name"] == "CY").unwrap()["id"].as_str().unwrap().to_owned();
        client.put(&format!("/teams/{web}/users/{cy}"), serde_json::json!({ "role": "manager" })).unwrap();
        assert_eq!(world.steps(&with), [""; 0], "{family}");
        let on_call =
            world.plan(&with).unwrap().target.schedules.iter().find(|it| it.key == "web").unwrap().calendar.clone();
        let now = world.now().unix();
        let holder = &on_call.iter().find(|it| it.start <= now && now < it.end).unwrap().users[0];
        let is_ana = users.iter().any(|it| it["id"] == **holder && it["name"] == "ANA");
        let (stays, goes) = if is_ana { ("bo", "ANA") } else { ("ana", "BO") };
        let smaller = read(&small(family, true, &format!("['{stays}']")));
        world.sync(&smaller);
        assert!(members(&world, "Web").contains(&goes.to_owned()), "{family}");
        assert_eq!(world.steps(&smaller), [""; 0], "{family}");
        world.advance(7 * DAY);
        world.sync(&smaller);
        assert_eq!(members(&world, "Web"), [stays.to_uppercase(), "CY".to_owned()], "{family}");
        assert_eq!(world.steps(&smaller), [""; 0], "{family}");

        // No longer asked for, they go, and only they.
        let before = world.objects();
        let smaller = read(&small(family, false, &format!("['{stays}']")));
        assert_eq!(world.steps(&smaller), [""; 0], "{family}");
        let prune = Choices { prune: true, ..Choices::default() };
        let plan = world.plan_with(&smaller, prune.clone()).unwrap();
        world.apply(&plan).unwrap();
        assert!(world.plan_with(&smaller, prune).unwrap().is_empty());
        let left = client.list("/teams", "teams", &[]).unwrap();
        assert_eq!(left.iter().map(|it| it["name"].as_str().unwrap()).collect::<Vec<_>>(), ["Others"]);
        assert_eq!(world.objects(), before);
    }
}
