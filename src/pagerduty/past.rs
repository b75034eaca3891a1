//! The past of an account, pulled into a store: incidents, what happened to them, what PagerDuty counts of them, and who
//! held which schedule then.
//!
//! Everything is asked for by stretches of time that end where a grid says, so that a pull which was cut off goes on
//! where it was and comes to the same. A stretch in which more happened than PagerDuty shows is halved. What is kept is
//! kept by PagerDuty's id: asking twice changes nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::pagerduty::client::{Client, Error, Refusal};
use crate::pagerduty::mark::Mark;
use crate::pagerduty::observed::stretches;
use crate::pagerduty::wire;
use crate::store::{Analysed, Incident, LogEntry, Policy, Schedule, Shift, Store, StoreError, User, What};
use crate::time::{CIVIL_DAY, Instant, Span, intersect, subtract};

/// PagerDuty shows no entries beyond this.
const DEEPEST: u64 = 10_000;
const PAGE: u64 = 100;
/// Rows of a page of analytics: PagerDuty's most.
const ROWS: u64 = 1000;
/// Pages of analytics, beyond which they are taken for endless.
const MOST_PAGES: usize = 10_000;
const DAY: u64 = CIVIL_DAY.unsigned_abs();
/// The grid of incidents and of the log: a week.
const WEEK: u64 = 7 * DAY;
/// The grid of what has no limit of its own, four weeks: little enough to be rendered at once.
const FOUR_WEEKS: u64 = 28 * DAY;
/// What is younger may still change: analytics come up to a day late, and so may the log's last entries be seen.
const UNSETTLED: Duration = Duration::from_secs(DAY);

/// What is pulled.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// Over which span.
    pub span: Span,
    /// What is taken for now.
    pub now: Instant,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// How many of each were read, whether they were known or not.
    pub read: BTreeMap<&'static str, u64>,
    /// Why there are no analytics, in PagerDuty's words.
    pub without_analytics: Option<String>,
    /// Schedules that were gone, or could not be rendered.
    pub unrendered: Vec<String>,
}

/// Where it is.
#[derive(Debug, Clone, Copy)]
pub struct At {
    /// What is being pulled.
    pub what: What,
    /// Over which stretch.
    pub span: Span,
    /// How much of the time of this kind of thing is done, of a hundred.
    pub percent: u64,
}

/// It could not be pulled.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// PagerDuty.
    #[error(transparent)]
    Asking(#[from] Error),
    /// The store.
    #[error(transparent)]
    Keeping(#[from] StoreError),
    /// More happened than can be paged through.
    #[error("more than {DEEPEST} entries between {from} and {until}, and PagerDuty shows no more")]
    TooMuch {
        /// From when.
        from: Instant,
        /// Until when.
        until: Instant,
    },
}

impl Trouble {
    /// What can be done about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Trouble::Asking(error) => error.hint(),
            Trouble::Keeping(error) => error.hint(),
            Trouble::TooMuch { .. } => Some("leave that time out with `--since` and `--until`"),
        }
    }
}

type Result<T> = std::result::Result<T, Trouble>;

/// Pulls what is not there yet, and once more what may have changed. `tell` hears where it is.
///
/// # Errors
///
/// [`Trouble`]; what was pulled before stays, and the next pull goes on there.
pub fn pull(client: &mut Client, store: &mut Store, wish: &Wish, mut tell: impl FnMut(At)) -> Result<Done> {
    let mut done = Done::default();
    names(client, store)?;
    let schedules = schedules(client, store)?;
    for what in What::ALL {
        let grid = match what {
            What::Incidents | What::Log => WEEK,
            What::Analytics | What::Shifts => FOUR_WEEKS,
        };
        let known = store.pulled(what)?;
        let stretches = missing(&known, wish, grid);
        let mut read = 0;
        let of = stretches.len() as u64;
        for (place, span) in (0..).zip(stretches) {
            tell(At { what, span, percent: place * 100 / of });
            read += match what {
                What::Incidents => incidents(client, store, span)?,
                What::Log => log(client, store, span)?,
                What::Analytics => match analytics(client, store, &created(span)) {
                    Ok(read) => read,
                    // A plan without them, or a key that may only ask for its own team's.
                    Err(Trouble::Asking(Error::Refused { why, message, .. })) if is_without(why) => {
                        done.without_analytics = Some(message);
                        break;
                    }
                    Err(other) => return Err(other),
                },
                What::Shifts => shifts(client, store, &schedules, span, &mut done.unrendered)?,
            };
            if let Some(settled) = Span::new(span.start(), span.end().min(wish.now.before(UNSETTLED))) {
                store.note_pulled(what, settled)?;
            }
        }
        if let Some(last) = known.last().filter(|_| what == What::Analytics && done.without_analytics.is_none()) {
            // What was counted of older incidents may have changed since.
            let filters = json!({
                "created_at_start": known[0].start().to_string(),
                "created_at_end": last.end().to_string(),
                "updated_after": last.end().before(UNSETTLED).to_string(),
            });
            read += analytics(client, store, &filters)?;
        }
        done.read.insert(what.word(), read);
    }
    done.unrendered.sort();
    done.unrendered.dedup();
    Ok(done)
}

fn is_without(why: Refusal) -> bool {
    matches!(why, Refusal::Forbidden | Refusal::MissingAbility | Refusal::NotFound | Refusal::Invalid)
}

/// What is left of a span, in stretches that end where the grid says.
fn missing(known: &[Span], wish: &Wish, grid: u64) -> Vec<Span> {
    let mut out = Vec::new();
    for span in intersect(&subtract(&[wish.span], known), &[wish.span]) {
        let mut start = span.start();
        while start < span.end() {
            let place = start.unix().unsigned_abs() / grid + 1;
            let next = Instant::from_unix(i64::try_from(place * grid).unwrap_or(i64::MAX)).min(span.end());
            out.extend(Span::new(start, next));
            start = next;
        }
    }
    out
}

/// Users and policies, as they are now.
fn names(client: &mut Client, store: &mut Store) -> Result<()> {
    let users: Vec<wire::User> = wire::decode_all(&client.list("/users", "users", &[])?);
    let users: Vec<User> = users
        .into_iter()
        .map(|it| User { id: it.id, name: it.name, email: Some(it.email).filter(|it| !it.is_empty()) })
        .collect();
    store.keep_users(&users)?;
    let policies: Vec<wire::Policy> =
        wire::decode_all(&client.list("/escalation_policies", "escalation_policies", &[])?);
    let policies: Vec<Policy> = policies
        .into_iter()
        .map(|it| {
            let targets = it.escalation_rules.into_iter().flat_map(|it| it.targets);
            let schedules = targets.filter(|it| it.r#type.starts_with("schedule")).map(|it| it.id).collect();
            Policy { id: it.id, name: it.name, schedules }
        })
        .collect();
    store.keep_policies(&policies)?;
    Ok(())
}

/// All schedules, and whether each is one of shifts.
fn schedules(client: &mut Client, store: &mut Store) -> Result<Vec<(Schedule, bool)>> {
    let mut all = Vec::new();
    for (path, of_shifts) in [("/schedules", false), ("/v3/schedules", true)] {
        for it in client.list(path, "schedules", &[])? {
            let text = |key: &str| it[key].as_str().filter(|it| !it.is_empty());
            let Some(id) = text("id") else { continue };
            let name = text("name").or(text("summary")).unwrap_or(id);
            let key = text("description").and_then(Mark::read).map(|it| it.key);
            all.push((Schedule { id: id.to_owned(), name: name.to_owned(), key }, of_shifts));
        }
    }
    let rows: Vec<Schedule> = all.iter().map(|(it, _)| it.clone()).collect();
    store.keep_schedules(&rows)?;
    Ok(all)
}

/// All entries of a list over a span. Where there are more than PagerDuty shows, by halves.
fn list(
    client: &mut Client,
    path: &str,
    key: &str,
    query: &[(&str, &str)],
    span: Span,
    keep: &mut dyn FnMut(&[Value]) -> Result<()>,
) -> Result<()> {
    let (since, until) = (span.start().to_string(), span.end().to_string());
    let mut offset = 0;
    loop {
        let (limit, start) = (PAGE.to_string(), offset.to_string());
        let mut asked = vec![("since", since.as_str()), ("until", until.as_str()), ("time_zone", "UTC")];
        asked.extend_from_slice(query);
        asked.extend([("limit", limit.as_str()), ("offset", start.as_str())]);
        if offset == 0 {
            // Slower for PagerDuty, and it saves a hundred pages of a stretch that has to be halved.
            asked.push(("total", "true"));
        }
        let answer = client.get(path, &asked)?;
        let page = answer[key]
            .as_array()
            .ok_or_else(|| Error::Unexpected { request: format!("GET {path}"), key: key.to_owned() })?;
        let too_many = answer["total"].as_u64().is_some_and(|it| it > DEEPEST);
        let more = answer["more"].as_bool() == Some(true);
        let step = answer["limit"].as_u64().filter(|it| *it > 0).unwrap_or(PAGE);
        if too_many || more && offset + step + PAGE > DEEPEST {
            let half = Duration::from_secs(span.end().seconds_since(span.start()).unsigned_abs() / 2);
            let middle = span.start() + half;
            let halves = Span::new(span.start(), middle).zip(Span::new(middle, span.end()));
            let (earlier, later) = halves.ok_or(Trouble::TooMuch { from: span.start(), until: span.end() })?;
            list(client, path, key, query, earlier, keep)?;
            return list(client, path, key, query, later, keep);
        }
        keep(page)?;
        if !more {
            return Ok(());
        }
        offset += step;
    }
}

fn incidents(client: &mut Client, store: &mut Store, span: Span) -> Result<u64> {
    let mut read = 0;
    let query = [("sort_by", "created_at:asc")];
    list(client, "/incidents", "incidents", &query, span, &mut |page| {
        let mut users = Users::default();
        let rows: Vec<Incident> = page
            .iter()
            .filter_map(|it| {
                users.of(&it["last_status_change_by"]);
                Some(Incident {
                    id: text(&it["id"])?,
                    number: it["incident_number"].as_i64().unwrap_or(0),
                    title: text(&it["title"]).unwrap_or_default(),
                    opened: wire::instant(it["created_at"].as_str()?)?,
                    service: name(&it["service"]).unwrap_or_default(),
                    policy: text(&it["escalation_policy"]["id"]).unwrap_or_default(),
                    team: it["teams"].as_array().and_then(|it| it.first()).and_then(name),
                    urgency: text(&it["urgency"]).unwrap_or_else(|| "high".to_owned()),
                })
            })
            .collect();
        read += rows.len() as u64;
        store.keep_users(&users.0)?;
        Ok(store.keep_incidents(&rows)?)
    })?;
    Ok(read)
}

fn log(client: &mut Client, store: &mut Store, span: Span) -> Result<u64> {
    let mut read = 0;
    // Without it every notification that was sent would come along.
    let query = [("is_overview", "true")];
    list(client, "/log_entries", "log_entries", &query, span, &mut |page| {
        let mut users = Users::default();
        let rows: Vec<LogEntry> = page
            .iter()
            .filter_map(|it| {
                let kind = it["type"].as_str()?;
                let kind =
                    kind.strip_suffix("_log_entry_reference").or(kind.strip_suffix("_log_entry")).unwrap_or(kind);
                let assignees = it["assignees"].as_array().map(Vec::as_slice).unwrap_or_default();
                Some(LogEntry {
                    id: text(&it["id"])?,
                    incident: text(&it["incident"]["id"])?,
                    at: wire::instant(it["created_at"].as_str()?)?,
                    kind: kind.to_owned(),
                    by: users.of(&it["agent"]),
                    users: assignees.iter().filter_map(|it| users.of(it)).collect(),
                })
            })
            .collect();
        read += rows.len() as u64;
        store.keep_users(&users.0)?;
        Ok(store.keep_log(&rows)?)
    })?;
    Ok(read)
}

/// Users that are met on the way: who is gone is in no list.
#[derive(Default)]
struct Users(Vec<User>);

impl Users {
    /// The id of a reference, if it is one to a user.
    fn of(&mut self, reference: &Value) -> Option<String> {
        let is_user = reference["type"].as_str().is_some_and(|it| it.starts_with("user"));
        let id = text(&reference["id"]).filter(|_| is_user)?;
        if !self.0.iter().any(|it| it.id == id) {
            let name = name(reference).unwrap_or_else(|| id.clone());
            self.0.push(User { id: id.clone(), name, email: None });
        }
        Some(id)
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().filter(|it| !it.is_empty()).map(str::to_owned)
}

/// What somebody called it.
fn name(reference: &Value) -> Option<String> {
    text(&reference["summary"]).or_else(|| text(&reference["name"]))
}

/// Those incidents that opened in a span.
fn created(span: Span) -> Value {
    json!({ "created_at_start": span.start().to_string(), "created_at_end": span.end().to_string() })
}

/// PagerDuty's own counts. Its times bear no offset; none of them is used.
fn analytics(client: &mut Client, store: &mut Store, filters: &Value) -> Result<u64> {
    let mut read = 0;
    let mut after: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let mut body = json!({
            "filters": filters, "limit": ROWS, "order": "asc", "order_by": "created_at", "time_zone": "Etc/UTC",
        });
        if let Some(after) = &after {
            body["starting_after"] = after.as_str().into();
        }
        let answer = client.ask("/analytics/raw/incidents", &[], body)?;
        let page = answer["data"].as_array().ok_or_else(|| Error::Unexpected {
            request: "POST /analytics/raw/incidents".to_owned(),
            key: "data".to_owned(),
        })?;
        let seconds = |it: &Value| it.as_i64().filter(|it| (0..=i64::from(u32::MAX)).contains(it));
        let rows: Vec<Analysed> = page
            .iter()
            .filter_map(|it| {
                Some(Analysed {
                    id: text(&it["id"])?,
                    priority: text(&it["priority_name"]),
                    acknowledged: seconds(&it["seconds_to_first_ack"]),
                    resolved: seconds(&it["seconds_to_resolve"]),
                    by: text(&it["resolved_by_user_id"]),
                })
            })
            .collect();
        read += rows.len() as u64;
        store.keep_analysed(&rows)?;
        let next = text(&answer["last"]).filter(|it| Some(it) != after.as_ref());
        if answer["more"].as_bool() != Some(true) || next.is_none() {
            return Ok(read);
        }
        after = next;
    }
    Err(Error::TooMany { request: "POST /analytics/raw/incidents".to_owned() }.into())
}

/// Who held each schedule, as PagerDuty renders it.
fn shifts(
    client: &mut Client,
    store: &mut Store,
    schedules: &[(Schedule, bool)],
    span: Span,
    unrendered: &mut Vec<String>,
) -> Result<u64> {
    let (since, until) = (span.start().to_string(), span.end().to_string());
    let window = [("since", since.as_str()), ("until", until.as_str()), ("time_zone", "UTC")];
    let mut read = 0;
    for (schedule, of_shifts) in schedules {
        let mut query = window.to_vec();
        let path = match of_shifts {
            true => {
                query.push(("include[]", "final_schedule"));
                format!("/v3/schedules/{}", schedule.id)
            }
            false => format!("/schedules/{}", schedule.id),
        };
        let answer = match client.get(&path, &query) {
            Ok(answer) => answer,
            // It may have gone, or changed its family, since it was listed.
            Err(error) if matches!(error.refusal(), Some(Refusal::NotFound | Refusal::Invalid)) => {
                unrendered.push(schedule.name.clone());
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let answer = &answer["schedule"];
        if *of_shifts && let Some(key) = answer["description"].as_str().and_then(Mark::read).map(|it| it.key) {
            // The list of schedules of shifts has no descriptions, and so no marks.
            store.keep_schedules(&[Schedule { key: Some(key), ..schedule.clone() }])?;
        }
        let mut users = Users::default();
        let rows = rendered(&answer["final_schedule"], *of_shifts, &mut users);
        read += rows.len() as u64;
        store.keep_users(&users.0)?;
        store.keep_shifts(&schedule.id, span, &rows)?;
    }
    Ok(read)
}

fn rendered(rendered: &Value, of_shifts: bool, users: &mut Users) -> Vec<Shift> {
    let (list, start, end) = match of_shifts {
        true => ("computed_shift_assignments", "start_time", "end_time"),
        false => ("rendered_schedule_entries", "start", "end"),
    };
    let entries = rendered[list].as_array().map(Vec::as_slice).unwrap_or_default();
    let entries: Vec<(i64, i64, String)> = entries
        .iter()
        .filter_map(|it| {
            let user = match of_shifts {
                true if it["member"]["type"] == "empty_member" => None,
                // Members carry only ids.
                true => text(&it["member"]["user_id"]),
                false => users.of(&it["user"]),
            }?;
            let at = |key: &str| wire::instant(it[key].as_str()?).map(Instant::unix);
            Some((at(start)?, at(end)?, user))
        })
        .collect();
    let stretches = stretches(&entries).into_iter();
    stretches
        .flat_map(|it| {
            let span = Span::new(Instant::from_unix(it.start), Instant::from_unix(it.end));
            it.users.into_iter().filter_map(move |user| Some(Shift { span: span?, user }))
        })
        .collect()
}
