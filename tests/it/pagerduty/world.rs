//! A PagerDuty in memory, and Dogwatch working on it.

use std::cell::RefCell;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use dogwatch::config::{self, Files};
use dogwatch::org::{Family, Org};
use dogwatch::pagerduty::client::{Client, Method, Reply, Request, Transport};
use dogwatch::pagerduty::diff::Choices;
use dogwatch::pagerduty::plan::{self, Done, Plan, Trouble, Wish};
use dogwatch::rehearsal::{self, Account, Body, Clock, Faults, NewUser, Outcome, Rehearsal, Seed, Switches};
use dogwatch::time::{Instant, Zone, parse_instant};

pub const DAY: u64 = 86_400;

pub fn instant(text: &str) -> Instant {
    parse_instant(text, &Zone::utc()).unwrap()
}

/// The reference organisation, all of it in one family.
pub fn reference(family: Family) -> Org {
    let files = Files::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rotations")).unwrap();
    let mut org = config::read(&files).0.unwrap();
    org.rotations.iter_mut().for_each(|it| it.family = Some(family));
    org
}

/// An organisation from files.
pub fn org(files: &[(&str, &str)]) -> Org {
    let files: Files = files.iter().copied().collect();
    let (org, diagnostics) = config::read(&files);
    org.unwrap_or_else(|| panic!("{}", config::render(&diagnostics, &files, false)))
}

#[derive(Clone)]
pub struct World {
    pub rehearsal: Rc<RefCell<Rehearsal>>,
    pub horizon: Duration,
    /// Every request, as the client tells of it.
    pub trace: Rc<RefCell<Vec<String>>>,
    /// The world after each request, while somebody watches: what a client that is killed there leaves behind.
    pub watched: Rc<RefCell<Option<Vec<World>>>>,
}

struct Wire(World);

impl Transport for Wire {
    fn send(&mut self, request: &Request) -> Result<Reply, String> {
        let method = match request.method {
            Method::Get => rehearsal::Method::Get,
            Method::Post => rehearsal::Method::Post,
            Method::Put => rehearsal::Method::Put,
            Method::Delete => rehearsal::Method::Delete,
        };
        let mut sent = rehearsal::Request::new(method, &request.path)
            .header("Authorization", "Token token=rehearsal")
            .header("Accept", "application/vnd.pagerduty+json;version=2");
        sent.query = request.query.clone();
        if let Some(body) = &request.body {
            sent = sent.header("Content-Type", "application/json").json(body);
        }
        let machine = self.0.now();
        let outcome = self.0.rehearsal.borrow_mut().answer(&sent, machine);
        if let Some(watched) = self.0.watched.borrow_mut().as_mut() {
            watched.push(self.0.copy());
        }
        match outcome {
            Outcome::Cut => Err("connection closed".to_owned()),
            Outcome::Answer(answer) => {
                let header =
                    |name: &str| answer.headers.iter().find(|it| it.0 == name).and_then(|it| it.1.parse().ok());
                let body = match &answer.body {
                    Body::Nothing => String::new(),
                    Body::Json(value) => value.to_string(),
                    Body::Text(text) => text.clone(),
                };
                let (reset, remaining) = (header("ratelimit-reset"), header("ratelimit-remaining"));
                Ok(Reply { status: answer.status, reset, remaining, location: None, body })
            }
        }
    }
}

impl World {
    /// An account with the people and services of an organisation, at an instant.
    ///
    /// The key's user is where nobody's clock is: PagerDuty answers in that zone, unless it is asked for another.
    pub fn of(org: &Org, now: &str) -> World {
        World::seen_from("Asia/Kolkata", org, now)
    }

    /// The same, and the key's user lives in a zone.
    pub fn seen_from(zone: &str, org: &Org, now: &str) -> World {
        let user = |it: &dogwatch::org::Person| {
            let email = it.email.clone()?;
            Some(NewUser { name: it.name.clone(), email, phone: it.phone.clone(), zone: it.zone.clone() })
        };
        let seed = Seed {
            zone: Zone::named(zone).unwrap(),
            users: org.people.iter().filter_map(user).collect(),
            services: org.services.iter().filter_map(|it| it.pagerduty.clone()).collect(),
            orchestration: None,
        };
        let now = instant(now);
        let account = Account::seeded(seed, now);
        let switches = Switches { rate_limit: None, tick: 1, ..Switches::default() };
        let rehearsal = Rehearsal::new(account, switches, Faults::default(), Clock::standing(now));
        World {
            rehearsal: Rc::new(RefCell::new(rehearsal)),
            horizon: Duration::from_secs(84 * DAY),
            trace: Rc::default(),
            watched: Rc::default(),
        }
    }

    pub fn now(&self) -> Instant {
        self.rehearsal.borrow().clock().now(Instant::MIN)
    }

    pub fn advance(&self, seconds: u64) {
        let now = self.now() + Duration::from_secs(seconds);
        self.rehearsal.borrow_mut().set_clock(Clock::standing(now));
    }

    pub fn client(&self) -> Client {
        let (wire, world, trace) = (Wire(self.clone()), self.clone(), self.trace.clone());
        let wait = move |it: Duration| world.advance(it.as_secs() + 1);
        Client::new(wire, wait, move |line| trace.borrow_mut().push(line.to_owned()))
    }

    pub fn plan(&self, org: &Org) -> Result<Plan, Trouble> {
        self.plan_with(org, Choices::default())
    }

    pub fn plan_with(&self, org: &Org, choices: Choices) -> Result<Plan, Trouble> {
        let wish = Wish { org, now: self.now(), horizon: self.horizon, choices, removals: 100 };
        plan::make(&mut self.client(), &wish)
    }

    pub fn apply(&self, plan: &Plan) -> Result<Done, Trouble> {
        let all: Vec<String> = plan.risks.iter().map(|it| it.name.clone()).collect();
        let approved = plan.approve(&all).unwrap();
        plan::apply(&mut self.client(), &approved, || self.now(), false, |_, _, _| {})
    }

    /// Plans and applies; what comes of it.
    pub fn sync(&self, org: &Org) -> Done {
        let plan = self.plan(org).unwrap();
        assert_eq!(plan.errors, []);
        self.apply(&plan).unwrap()
    }

    /// The steps of a plan, in words.
    pub fn steps(&self, org: &Org) -> Vec<String> {
        self.plan(org).unwrap().steps.into_iter().map(|it| format!("{}: {}", it.about, it.title)).collect()
    }

    /// The same account in another world. It remembers no requests, and nobody watches.
    pub fn copy(&self) -> World {
        let mut rehearsal = self.rehearsal.borrow().clone();
        rehearsal.answer(&rehearsal::Request::new(rehearsal::Method::Delete, "/_rehearsal/requests"), Instant::MIN);
        World {
            rehearsal: Rc::new(RefCell::new(rehearsal)),
            horizon: self.horizon,
            trace: Rc::default(),
            watched: Rc::default(),
        }
    }

    /// Sets the clock.
    pub fn set_now(&self, now: Instant) {
        self.rehearsal.borrow_mut().set_clock(Clock::standing(now));
    }

    /// Sets what goes wrong.
    pub fn fail(&self, faults: Faults) {
        self.rehearsal.borrow_mut().set_faults(faults);
    }

    /// Does something, and tells the world after each of its requests.
    pub fn watch<T>(&self, act: impl FnOnce() -> T) -> (T, Vec<World>) {
        self.watched.replace(Some(Vec::new()));
        let done = act();
        (done, self.watched.take().unwrap())
    }

    /// How many schedules and policies have our mark.
    pub fn objects(&self) -> (usize, usize) {
        let mut client = self.client();
        let ours = |it: &serde_json::Value| it["description"].as_str().is_some_and(|it| it.contains("[dogwatch:"));
        let schedules = client.list("/schedules", "schedules", &[]).unwrap().iter().filter(|it| ours(it)).count();
        let mut shifts = 0;
        for it in client.list("/v3/schedules", "schedules", &[]).unwrap() {
            let path = format!("/v3/schedules/{}", it["id"].as_str().unwrap());
            shifts += usize::from(ours(&client.get(&path, &[]).unwrap()["schedule"]));
        }
        let policies = client.list("/escalation_policies", "escalation_policies", &[]).unwrap();
        (schedules + shifts, policies.iter().filter(|it| ours(it)).count())
    }
}
