//! A PagerDuty to practise on: its rules, its quirks, its failures by seed, and a clock that can be set.
//!
//! A pure state machine: a [`Request`], the machine's time, and what the account holds give an [`Outcome`]. Every rule
//! that would surprise says where it comes from: PagerDuty's OpenAPI document, documentation, changelog or knowledge
//! base, or the number of an issue in which somebody met it. What nobody says is said to be the rehearsal's own, or is
//! one of the [`Switches`]. Calendars are rendered by code of its own, so that Dogwatch's can be held to it.
//!
//! ```
//! use dogwatch::rehearsal::{Account, Clock, Faults, Method, Outcome, Rehearsal, Request, Switches};
//! use dogwatch::time::{Instant, Zone};
//!
//! let now = Instant::from_unix(1_800_000_000);
//! let account = Account::empty(Zone::named("Europe/Dublin").unwrap());
//! let mut rehearsal = Rehearsal::new(account, Switches::default(), Faults::default(), Clock::standing(now));
//! let request = Request::new(Method::Get, "/abilities").header("Authorization", "Token token=rehearsal");
//! let Outcome::Answer(response) = rehearsal.answer(&request, now) else { panic!("nothing is cut without faults") };
//! assert_eq!(response.status, 200);
//! ```

mod account;
mod answer;
mod call;
mod codec;
mod control;
mod faults;
mod incidents;
mod message;
mod orchestrations;
mod people;
mod policies;
mod render;
mod schedules;
mod seed;
pub mod server;
mod services;
mod shifts;
mod switches;
mod tags;
mod times;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

pub use account::{Account, StateError};
pub use faults::{FailAt, FailAtError, Faults, Rates};
pub use message::{Body, Method, Request, Response};
pub use seed::{NewUser, Seed};
pub use switches::{EventPut, LayerOrder, NoConditions, Phase, SwitchError, Switches, TargetOrder, VirtualStart, Zulu};

use crate::time::Instant;

/// How many requests are remembered.
const REMEMBERED: usize = 10_000;
/// How long a window of the rate limit is.
const RATE_WINDOW: i64 = 60;

/// The time of the rehearsal: it runs with the machine's, or stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    at: Instant,
    /// When the machine's clock was looked at; none: it stands.
    since: Option<Instant>,
}

impl Clock {
    /// One that shows a time until it is moved.
    pub const fn standing(at: Instant) -> Clock {
        Clock { at, since: None }
    }

    /// One that shows `at` when the machine's clock shows `machine`, and runs with it.
    pub const fn running(at: Instant, machine: Instant) -> Clock {
        Clock { at, since: Some(machine) }
    }

    /// What it shows.
    pub fn now(&self, machine: Instant) -> Instant {
        let elapsed = self.since.map_or(0, |it| machine.seconds_since(it)).max(0);
        self.at + Duration::from_secs(elapsed.unsigned_abs())
    }

    /// Whether it runs.
    pub const fn runs(&self) -> bool {
        self.since.is_some()
    }
}

/// What becomes of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is answered.
    Answer(Response),
    /// The connection is cut, and nobody is told whether it was done.
    Cut,
}

/// A request that was made, as the log has it. It holds no key.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Record {
    /// Its number, from 1.
    pub request: u64,
    /// When, on the rehearsal's clock.
    pub at: String,
    /// `GET` and its like.
    pub method: &'static str,
    /// Without the query.
    pub path: String,
    /// Names and values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub query: Vec<(String, String)>,
    /// What was sent, if it is JSON.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub body: Value,
    /// How it was answered; none: it was cut.
    pub status: Option<u16>,
    /// What went wrong on purpose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<&'static str>,
}

/// How much of a minute's requests somebody has used.
#[derive(Debug, Clone, Copy)]
struct Used {
    start: Instant,
    requests: u32,
}

/// An account that is practised on.
#[derive(Debug, Clone)]
pub struct Rehearsal {
    account: Account,
    switches: Switches,
    faults: Faults,
    clock: Clock,
    dice: faults::Dice,
    used: BTreeMap<String, Used>,
    requests: u64,
    records: VecDeque<Record>,
    down: bool,
}

impl Rehearsal {
    /// Begins.
    pub fn new(account: Account, switches: Switches, faults: Faults, clock: Clock) -> Rehearsal {
        let dice = faults::Dice::new(faults.seed.unwrap_or(0));
        Rehearsal {
            account,
            switches,
            faults,
            clock,
            dice,
            used: BTreeMap::new(),
            requests: 0,
            records: VecDeque::new(),
            down: false,
        }
    }

    /// What the account holds.
    pub const fn account(&self) -> &Account {
        &self.account
    }

    /// The latest requests, in order.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.records.iter()
    }

    /// Its clock.
    pub const fn clock(&self) -> Clock {
        self.clock
    }

    /// Sets its clock.
    pub fn set_clock(&mut self, clock: Clock) {
        self.clock = clock;
    }

    /// Sets what goes wrong, with the seed thrown anew, the count of requests at nothing, and the server up.
    pub fn set_faults(&mut self, faults: Faults) {
        self.dice = faults::Dice::new(faults.seed.unwrap_or(0));
        self.faults = faults;
        self.requests = 0;
        self.down = false;
    }

    /// Sets the switches.
    pub fn set_switches(&mut self, switches: Switches) {
        self.switches = switches;
    }

    /// Answers, or cuts the connection. `machine` is the time of the machine.
    pub fn answer(&mut self, request: &Request, machine: Instant) -> Outcome {
        if let Some(response) = control::answer(self, request, machine) {
            return Outcome::Answer(response);
        }
        let now = self.clock.now(machine);
        self.requests += 1;
        let fault = self.fault(request);
        let response = match &fault {
            Some(faults::Fault::CutBefore) => None,
            Some(faults::Fault::CutAfter) => {
                self.act(request, now);
                None
            }
            Some(faults::Fault::Gateway) => {
                self.act(request, now);
                Some(Response::text(502, "<html><body>502 Bad Gateway</body></html>".to_owned()))
            }
            Some(faults::Fault::Throttled) => Some(self.throttled(1)),
            // PagerDuty's documentation: a 429 may have neither headers nor body.
            Some(faults::Fault::ThrottledBare) => Some(Response::nothing(429)),
            Some(faults::Fault::Error(refusal) | faults::Fault::Lock(refusal)) => Some(refusal.clone().into_response()),
            Some(faults::Fault::Conflict) => Some(message::Refusal::conflict().into_response()),
            None => Some(self.within_limit(request, now)),
        };
        let status = response.as_ref().map(|it| it.status);
        self.remember(request, now, status, fault.as_ref().map(faults::Fault::name));
        self.clock.at = self.clock.at + Duration::from_secs(u64::from(self.switches.tick));
        response.map_or(Outcome::Cut, Outcome::Answer)
    }

    /// What goes wrong with the request whose number was just counted.
    fn fault(&mut self, request: &Request) -> Option<faults::Fault> {
        let thrown = self.faults.seed.and_then(|_| faults::thrown(&mut self.dice, &self.faults.rates, request));
        if self.down {
            return Some(faults::Fault::CutBefore);
        }
        let Some(chosen) = self.faults.fail_at.iter().find(|it| it.request == self.requests) else { return thrown };
        self.down = chosen.down;
        Some(if chosen.after { faults::Fault::CutAfter } else { faults::Fault::CutBefore })
    }

    /// Does what is asked for. What it created may be unseen for a while.
    fn act(&mut self, request: &Request, now: Instant) -> Response {
        let answered = answer::answer(&mut self.account, &self.switches, request, now);
        for (kind, id) in answered.created {
            let lag = self.dice.below(u64::from(self.faults.lag_seconds) + 1);
            if self.faults.lag_seconds > 0 && lag > 0 {
                let until = now + Duration::from_secs(lag);
                self.account.unseen.push(account::Unseen { kind: kind.to_owned(), id, until });
            }
        }
        answered.response
    }

    /// PagerDuty's documentation: 960 requests a minute and key; `ratelimit-reset` is in seconds.
    fn within_limit(&mut self, request: &Request, now: Instant) -> Response {
        let Some(limit) = self.switches.rate_limit else { return self.act(request, now) };
        let Ok(token) = answer::authenticated(&self.account, request) else { return self.act(request, now) };
        // All keys of a user share one limit.
        let whose = token.user.clone().unwrap_or_else(|| token.token.clone());
        let used = self.used.entry(whose).or_insert(Used { start: now, requests: 0 });
        if now.seconds_since(used.start) >= RATE_WINDOW || now < used.start {
            *used = Used { start: now, requests: 0 };
        }
        let reset = RATE_WINDOW - now.seconds_since(used.start);
        if used.requests >= limit {
            return self.throttled(reset);
        }
        used.requests += 1;
        let remaining = limit - used.requests;
        let mut response = self.act(request, now);
        response.headers.extend(rate_headers(limit, remaining, reset));
        response
    }

    fn throttled(&self, reset: i64) -> Response {
        let mut response = message::Refusal::rate_limited().into_response();
        response.headers.extend(rate_headers(self.switches.rate_limit.unwrap_or(960), 0, reset));
        response
    }

    fn remember(&mut self, request: &Request, now: Instant, status: Option<u16>, fault: Option<&'static str>) {
        if self.records.len() == REMEMBERED {
            self.records.pop_front();
        }
        self.records.push_back(Record {
            request: self.requests,
            at: now.to_string(),
            method: request.method.name(),
            path: request.path.clone(),
            query: request.query.clone(),
            body: serde_json::from_slice(&request.body).unwrap_or_default(),
            status,
            fault,
        });
    }
}

fn rate_headers(limit: u32, remaining: u32, reset: i64) -> Vec<(String, String)> {
    let header = |name: &str, value: String| (format!("ratelimit-{name}"), value);
    vec![
        header("limit", limit.to_string()),
        header("remaining", remaining.to_string()),
        header("reset", reset.to_string()),
    ]
}
