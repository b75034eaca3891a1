//! One request on its way: who asks, what it carries, and what every answer is built from.

use serde_json::{Map, Value, json};

use crate::rehearsal::account::{Account, Token};
use crate::rehearsal::message::{Refusal, Request, Response};
use crate::rehearsal::switches::Switches;
use crate::rehearsal::times;
use crate::time::{Instant, Span, Zone, rfc3339};

pub(super) type Answer = Result<Response, Refusal>;

/// The longest span that is rendered at once: ten years of days. The bound is the rehearsal's own.
const LONGEST_SPAN: i64 = 3660 * crate::time::CIVIL_DAY;
const TWO_WEEKS: std::time::Duration = std::time::Duration::from_secs(14 * crate::time::CIVIL_DAY.unsigned_abs());

/// A request that was let in.
pub(super) struct Call<'a> {
    pub(super) account: &'a mut Account,
    pub(super) switches: &'a Switches,
    pub(super) request: &'a Request,
    pub(super) segments: &'a [String],
    pub(super) now: Instant,
    pub(super) caller: &'a Token,
    /// What this request created: kind and id. Readers may be late to see it.
    pub(super) created: Vec<(&'static str, String)>,
}

impl Call<'_> {
    /// A part of the path.
    pub(super) fn segment(&self, index: usize) -> String {
        self.segments.get(index).cloned().unwrap_or_default()
    }

    /// The whole body, which is an object.
    pub(super) fn body(&self) -> Result<Map<String, Value>, Refusal> {
        match serde_json::from_slice(&self.request.body) {
            Ok(Value::Object(map)) => Ok(map),
            Ok(_) => Err(Refusal::wrong("the body is not an object")),
            Err(error) => Err(Refusal::wrong(format!("the body is not JSON: {error}"))),
        }
    }

    /// What stands in the body beneath its one root key.
    pub(super) fn root(&self, key: &str) -> Result<Map<String, Value>, Refusal> {
        match self.body()?.remove(key) {
            Some(Value::Object(map)) => Ok(map),
            Some(_) => Err(Refusal::wrong(format!("`{key}` is not an object"))),
            None => Err(Refusal::missing(key)),
        }
    }

    /// A list in the body beneath its one root key.
    pub(super) fn root_list(&self, key: &str) -> Result<Vec<Value>, Refusal> {
        match self.body()?.remove(key) {
            Some(Value::Array(list)) => Ok(list),
            Some(_) => Err(Refusal::wrong(format!("`{key}` is not an array"))),
            None => Err(Refusal::missing(key)),
        }
    }

    /// Whether an object is still too new for this reader.
    pub(super) fn is_unseen(&self, kind: &str, id: &str) -> bool {
        self.account.unseen.iter().any(|it| it.kind == kind && it.id == id)
    }

    /// Gives out an id, and remembers that something new carries it.
    pub(super) fn create(&mut self, kind: &'static str) -> String {
        let id = self.account.new_id(kind);
        self.created.push((kind, id.clone()));
        id
    }

    /// PagerDuty's documentation: the offset of `time_zone`, else of what is asked about.
    pub(super) fn zone(&self, default: &Zone) -> Result<Zone, Refusal> {
        match self.request.parameter("time_zone") {
            None | Some("") => Ok(default.clone()),
            Some(name) => {
                let zone = times::listed_zone(name).or_else(|| times::any_zone(name));
                zone.ok_or_else(|| Refusal::arguments(format!("no such time zone: {name}")))
            }
        }
    }

    pub(super) fn instant(&self, name: &str, zone: &Zone) -> Result<Option<Instant>, Refusal> {
        match self.request.parameter(name) {
            None | Some("") => Ok(None),
            Some(text) => match times::read(text, zone) {
                Some(at) => Ok(Some(at)),
                None => Err(Refusal::arguments(format!("`{name}` is not a time: {text}"))),
            },
        }
    }

    /// The span of `since` and `until`, if one of them is there; the other is two weeks off.
    pub(super) fn window(&self, zone: &Zone) -> Result<Option<Span>, Refusal> {
        let (since, until) = match (self.instant("since", zone)?, self.instant("until", zone)?) {
            (None, None) => return Ok(None),
            (Some(since), Some(until)) => (since, until),
            (Some(since), None) => (since, since + TWO_WEEKS),
            (None, Some(until)) => (until.before(TWO_WEEKS), until),
        };
        span(since, until).map(Some)
    }

    /// The same where both must be there.
    pub(super) fn required_window(&self, zone: &Zone) -> Result<Span, Refusal> {
        let since = self.instant("since", zone)?.ok_or_else(|| Refusal::missing("since"))?;
        let until = self.instant("until", zone)?.ok_or_else(|| Refusal::missing("until"))?;
        span(since, until)
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.request.parameter(name).is_some_and(|it| matches!(it, "true" | "1" | ""))
    }

    /// Whether this caller may see what belongs to these teams. An account's key sees everything; a user's key does not
    /// see what belongs to a private team that the user is not in, and is not told.
    pub(super) fn sees(&self, teams: &[String]) -> bool {
        let Some(user) = &self.caller.user else { return true };
        teams.is_empty()
            || teams
                .iter()
                .filter_map(|id| self.account.team(id))
                .any(|team| team.default_role != "none" || team.members.iter().any(|member| member.user == *user))
    }

    /// Whether something of these teams is asked for by `team_ids[]`.
    pub(super) fn of_asked_teams(&self, teams: &[String]) -> bool {
        let mut asked = self.request.set("team_ids").peekable();
        asked.peek().is_none() || asked.any(|it| teams.iter().any(|team| team == it))
    }

    /// Whether a name holds what `query` asks for, in any case.
    pub(super) fn matches_query(&self, names: &[&str]) -> bool {
        let asked = self.request.parameter("query").unwrap_or("").to_lowercase();
        names.iter().any(|it| it.to_lowercase().contains(&asked))
    }

    /// One page of a list in the classic way.
    ///
    /// PagerDuty's documentation: 25 unless asked, 100 at most, `offset + limit` up to 10,000; the limit that counts is
    /// echoed; `total` is null unless asked for.
    pub(super) fn page(&self, key: &str, items: Vec<Value>) -> Answer {
        self.page_of(key, items, 25, 100)
    }

    pub(super) fn page_of(&self, key: &str, items: Vec<Value>, default: usize, most: usize) -> Answer {
        self.page_shown(key, items, default, most, |it| it)
    }

    /// A page of what is written down only if it is on it: of a history most is not.
    pub(super) fn page_shown<T>(
        &self,
        key: &str,
        items: Vec<T>,
        default: usize,
        most: usize,
        show: impl FnMut(T) -> Value,
    ) -> Answer {
        let number = |name: &str, default: usize| match self.request.parameter(name) {
            None | Some("") => Ok(default),
            Some(text) => text.parse().map_err(|_| Refusal::arguments(format!("`{name}` is not a number: {text}"))),
        };
        let limit = match number("limit", default)? {
            0 => default,
            limit => limit.min(most),
        };
        let offset: usize = number("offset", 0)?;
        if offset.saturating_add(limit) > 10_000 {
            return Err(Refusal::arguments("Offset and limit may not reach beyond 10000"));
        }
        let total = items.len();
        let page: Vec<Value> = items.into_iter().skip(offset).take(limit).map(show).collect();
        let more = offset + page.len() < total;
        let total = self.flag("total").then_some(total);
        Ok(Response::json(200, json!({ key: page, "limit": limit, "offset": offset, "more": more, "total": total })))
    }

    /// terraform-provider-pagerduty, PagerDuty's documentation: 402 where the account lacks an ability.
    pub(super) fn needs(&self, ability: &str) -> Result<(), Refusal> {
        let has = self.account.abilities.iter().any(|it| it == ability);
        if has { Ok(()) } else { Err(Refusal::lacks(ability)) }
    }

    /// The user whom `From` names, where an operation requires it.
    pub(super) fn from(&self) -> Result<String, Refusal> {
        if let Some(user) = &self.caller.user {
            return Ok(user.clone());
        }
        let email = self.request.headers.get("from").ok_or_else(|| Refusal::wrong("Requester User Not Found"))?;
        let user = self.account.users.iter().find(|it| !it.gone && it.email.eq_ignore_ascii_case(email));
        user.map(|it| it.id.clone()).ok_or_else(|| Refusal::wrong("Requester User Not Found"))
    }
}

fn span(since: Instant, until: Instant) -> Result<Span, Refusal> {
    let span = Span::new(since, until).ok_or_else(|| Refusal::range("`since` must be before `until`"))?;
    if span.seconds() > LONGEST_SPAN {
        return Err(Refusal::range("the span is longer than ten years, more than a rehearsal renders at once"));
    }
    Ok(span)
}

/// Where every address leads that an answer names: nowhere.
const HOST: &str = "https://rehearsal.invalid";

/// The address of an object in the API.
pub(super) fn address(path: &str) -> String {
    format!("{HOST}{path}")
}

/// What names an object elsewhere: its kind ends in `_reference`, and the rest is the server's to say.
pub(super) fn reference(kind: &str, path: &str, id: &str, summary: &str) -> Value {
    let at = format!("{HOST}{path}/{id}");
    json!({ "id": id, "type": format!("{kind}_reference"), "summary": summary, "self": at, "html_url": at })
}

/// The first keys of an object itself.
pub(super) fn head(kind: &str, path: &str, id: &str, summary: &str) -> Map<String, Value> {
    let Value::Object(mut map) = reference(kind, path, id, summary) else { return Map::new() };
    map.insert("type".to_owned(), json!(kind));
    map
}

impl Account {
    pub(super) fn user_reference(&self, id: &str) -> Value {
        // Users who left stay named in schedules and history.
        let name = self.user(id).map_or("", |it| it.name.as_str());
        reference("user", "/users", id, name)
    }

    pub(super) fn team_reference(&self, id: &str) -> Value {
        reference("team", "/teams", id, self.team(id).map_or("", |it| it.name.as_str()))
    }

    pub(super) fn policy_reference(&self, id: &str) -> Value {
        let name = self.policy(id).map_or("", |it| it.name.as_str());
        reference("escalation_policy", "/escalation_policies", id, name)
    }

    pub(super) fn service_reference(&self, id: &str) -> Value {
        reference("service", "/services", id, self.service(id).map_or("", |it| it.name.as_str()))
    }

    /// A schedule of either family, by the type that its family has.
    pub(super) fn schedule_reference(&self, id: &str) -> Value {
        match (self.schedule(id), self.shift_schedule(id)) {
            (Some(it), _) => reference("schedule", "/schedules", id, &it.name),
            (None, Some(it)) => reference("schedule_v3", "/v3/schedules", id, &it.name),
            (None, None) => reference("schedule", "/schedules", id, ""),
        }
    }

    /// The policies that have this schedule among their targets.
    pub(super) fn policies_with(&self, schedule: &str) -> Vec<&str> {
        use crate::rehearsal::account::Target;
        let target = Target::Schedule(schedule.to_owned());
        let holds = |it: &&crate::rehearsal::account::Policy| it.rules.iter().any(|it| it.targets.contains(&target));
        self.policies.iter().filter(holds).map(|it| it.id.as_str()).collect()
    }
}

/// An instant as answers have it.
pub(super) fn shown(at: Instant, zone: &Zone) -> Value {
    json!(rfc3339(at, zone))
}

/// A field that must be a text if it is there. `Some(None)`: it is null.
pub(super) fn text<'a>(map: &'a Map<String, Value>, key: &str) -> Result<Option<Option<&'a str>>, String> {
    match map.get(key) {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(None)),
        Some(Value::String(text)) => Ok(Some(Some(text))),
        Some(_) => Err(format!("{} must be a string", label(key))),
    }
}

/// A field that must be a whole number if it is there. `Some(None)`: it is null.
pub(super) fn number(map: &Map<String, Value>, key: &str) -> Result<Option<Option<i64>>, String> {
    match map.get(key) {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(None)),
        Some(value) => match value.as_i64() {
            Some(number) => Ok(Some(Some(number))),
            None => Err(format!("{} must be an integer", label(key))),
        },
    }
}

/// The ids in a list of references.
pub(super) fn ids(map: &Map<String, Value>, key: &str) -> Result<Option<Vec<String>>, String> {
    match map.get(key) {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(Vec::new())),
        Some(Value::Array(list)) => {
            let ids: Option<Vec<String>> = list.iter().map(|it| it["id"].as_str().map(str::to_owned)).collect();
            ids.map(Some).ok_or_else(|| format!("{} must each have an id", label(key)))
        }
        Some(_) => Err(format!("{} must be an array", label(key))),
    }
}

/// `time_zone` as a sentence begins: `Time zone`.
fn label(key: &str) -> String {
    let words = key.replace('_', " ");
    let cut = words.chars().next().map_or(0, char::len_utf8);
    words[..cut].to_uppercase() + &words[cut..]
}

/// By name, as lists are sorted; names are the same in any case.
pub(super) fn by_name<'a, T>(items: impl Iterator<Item = &'a T>, name: fn(&T) -> (&str, &str)) -> Vec<&'a T> {
    let mut sorted: Vec<&T> = items.collect();
    sorted.sort_by_cached_key(|it| (name(it).0.to_lowercase(), name(it).1.to_owned()));
    sorted
}
