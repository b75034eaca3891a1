//! The rehearsal, quirk by quirk: requests and what answers them.

mod hostile;
mod lifecycle;
mod limits;
mod orchestrating;
mod server;
mod shifts;
mod transport;

use dogwatch::rehearsal::{
    Account, Clock, Faults, Method, NewUser, Outcome, Rehearsal, Request, Response, Seed, Switches,
};
use dogwatch::time::{Instant, Zone, parse_instant};
use serde_json::{Value, json};

pub fn at(text: &str) -> Instant {
    parse_instant(text, &Zone::utc()).unwrap()
}

/// An account of four people and two services, with a clock that stands at Monday 2026-01-05T12:00:00Z.
pub struct Scene {
    pub rehearsal: Rehearsal,
    /// The ids of Ana, Bo, Cy and Di.
    pub users: Vec<String>,
    token: &'static str,
}

/// What a request was answered with.
pub struct Told {
    pub status: u16,
    pub body: Value,
    pub headers: Vec<(String, String)>,
}

pub fn seed() -> Seed {
    let user = |name: &str| NewUser {
        name: name.to_owned(),
        email: format!("{}@example.com", name.to_lowercase()),
        phone: None,
        zone: Zone::named("America/New_York").unwrap(),
    };
    Seed {
        zone: Zone::named("America/New_York").unwrap(),
        users: ["Ana", "Bo", "Cy", "Di"].map(user).into(),
        services: ["Search", "Wiki"].map(str::to_owned).into(),
        orchestration: Some("router".to_owned()),
    }
}

impl Scene {
    pub fn new() -> Scene {
        Scene::with(Switches { rate_limit: None, ..Switches::default() }, Faults::default())
    }

    pub fn with(switches: Switches, faults: Faults) -> Scene {
        let now = at("2026-01-05T12:00:00Z");
        let rehearsal = Rehearsal::new(Account::seeded(seed(), now), switches, faults, Clock::standing(now));
        let mut scene = Scene { rehearsal, users: Vec::new(), token: "rehearsal" };
        let state = scene.state();
        scene.users =
            state["users"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
        scene
    }

    pub fn state(&mut self) -> Value {
        self.send(Request::new(Method::Get, "/_rehearsal/state")).unwrap().body
    }

    /// Moves the clock.
    pub fn now(&mut self, text: &str) {
        self.rehearsal.set_clock(Clock::standing(at(text)));
    }

    /// Changes whose key is used.
    pub fn by(&mut self, token: &'static str) -> &mut Scene {
        self.token = token;
        self
    }

    /// What comes back, if the connection is not cut.
    pub fn send(&mut self, request: Request) -> Option<Told> {
        match self.rehearsal.answer(&request, at("2026-01-05T12:00:00Z")) {
            Outcome::Answer(response) => {
                let body = response.value().clone();
                let Response { status, headers, .. } = response;
                Some(Told { status, body, headers })
            }
            Outcome::Cut => None,
        }
    }

    /// A request with a key and the header that says who asks.
    pub fn ask(&mut self, line: &str, body: Value) -> Told {
        let (method, target) = line.split_once(' ').unwrap();
        let request = Request::new(Method::named(method), target)
            .header("Authorization", &format!("Token token={}", self.token))
            .header("From", "ana@example.com");
        let request = if body.is_null() { request } else { request.json(&body) };
        self.send(request).expect("nothing is cut")
    }

    pub fn get(&mut self, target: &str) -> Told {
        self.ask(&format!("GET {target}"), Value::Null)
    }

    /// Creates, and gives the object.
    #[track_caller]
    pub fn create(&mut self, target: &str, root: &str, body: Value) -> Value {
        let told = self.ask(&format!("POST {target}"), json!({ root: body }));
        assert_eq!(told.status, 201, "{}", told.body);
        told.body[root].clone()
    }

    /// The id of a service or policy by its name.
    pub fn id(&mut self, kind: &str, name: &str) -> String {
        let told = self.get(&format!("/{kind}?limit=100"));
        let all = told.body[kind].as_array().unwrap().clone();
        let found = all.iter().find(|it| it["name"] == name).unwrap();
        found["id"].as_str().unwrap().to_owned()
    }

    /// A layer of these people, `"ab"`, from now on with turns of a week.
    pub fn layer(&self, people: &str) -> Value {
        let user = |it: char| json!({ "user": { "id": self.user(it), "type": "user_reference" } });
        json!({
            "start": "2026-01-05T12:00:00Z",
            "rotation_virtual_start": "2026-01-05T14:00:00Z",
            "rotation_turn_length_seconds": 604_800,
            "users": people.chars().map(user).collect::<Vec<Value>>(),
        })
    }

    pub fn user(&self, letter: char) -> &str {
        &self.users["abcd".find(letter).unwrap()]
    }

    /// The letter of a user's id.
    pub fn letter(&self, id: &Value) -> char {
        let index = self.users.iter().position(|it| id == it).unwrap();
        "abcd".chars().nth(index).unwrap()
    }

    /// A schedule of layers in New York.
    #[track_caller]
    pub fn schedule(&mut self, layers: Vec<Value>) -> Value {
        let body = json!({ "name": "S", "time_zone": "America/New_York", "schedule_layers": layers });
        self.create("/schedules", "schedule", body)
    }

    /// `a 01-05T14:00 01-12T14:00` for each entry of the final schedule.
    pub fn final_schedule(&mut self, id: &Value, since: &str, until: &str) -> Vec<String> {
        let target = format!("/schedules/{}?time_zone=UTC&since={since}&until={until}", id.as_str().unwrap());
        let told = self.get(&target);
        let entries = told.body["schedule"]["final_schedule"]["rendered_schedule_entries"].as_array().unwrap().clone();
        let row = |it: &Value| {
            let time = |key: &str| it[key].as_str().unwrap()[5..16].to_owned();
            format!("{} {} {}", self.letter(&it["user"]["id"]), time("start"), time("end"))
        };
        entries.iter().map(row).collect()
    }

    /// A policy with one rule and these targets.
    #[track_caller]
    pub fn policy(&mut self, name: &str, targets: Value) -> Value {
        let rule = json!({ "escalation_delay_in_minutes": 30, "targets": targets });
        self.create("/escalation_policies", "escalation_policy", json!({ "name": name, "escalation_rules": [rule] }))
    }
}

/// The texts of a refusal, whatever shape they have.
pub fn errors(told: &Told) -> Vec<String> {
    match &told.body["error"]["errors"] {
        Value::Array(list) => list.iter().map(|it| it.as_str().unwrap().to_owned()).collect(),
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(field, texts)| {
                texts.as_array().unwrap().iter().map(move |it| format!("{field}: {}", it.as_str().unwrap()))
            })
            .collect(),
        Value::String(text) => vec![text.clone()],
        _ => Vec::new(),
    }
}

/// Status, code and texts at once.
pub fn refusal(told: &Told) -> (u16, u64, Vec<String>) {
    (told.status, told.body["error"]["code"].as_u64().unwrap_or(0), errors(told))
}

/// The same to compare with.
pub fn refused(status: u16, code: u64, texts: &[&str]) -> (u16, u64, Vec<String>) {
    (status, code, texts.iter().map(|it| (*it).to_owned()).collect())
}
