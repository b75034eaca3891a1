//! From a division to files: the dated way from the old rotations to the new.
//!
//! Each old rotation ends its layers at a handoff, and begins new ones there with whoever stays; a new rotation begins at a handoff
//! of the one that most of its people come from, when all of them are free. Routes have no dates. They need none: a new rotation's ladder climbs
//! on to the old one, and a seat that has not begun takes no time, so before that day every alert climbs as it did.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value};

use crate::calendar::holders;
use crate::config::{self, Files, Severity, schema_files};
use crate::escalation::{matching, run_tests};
use crate::import::{Layout, list, long_list, quote};
use crate::org::{Holder, Layer, Org, Rotation, Seat, SeatId, Tags};
use crate::split::division::Part;
use crate::split::report::{Candidate, Split};
use crate::split::today::layers_at;
use crate::time::{CIVIL_DAY, Exhausted, Instant, Span};

/// In so many days from the wanted one a layer hands over at least once.
const MOST_DAYS: i64 = 400;
/// When a ladder goes on to the old rotation if that says nothing itself.
const ON_TO_THE_OLD: &str = "15m";

/// The new files, and what happens when.
#[derive(Debug, Clone)]
pub struct Path {
    /// Names relative to `rotations/`, and texts.
    pub files: Vec<(String, String)>,
    /// In order.
    pub steps: Vec<PathStep>,
    /// What somebody should look at by hand.
    pub notes: Vec<String>,
    /// When all of it has happened.
    pub done: Instant,
}

/// Something that happens on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathStep {
    /// When.
    pub at: Instant,
    /// In which rotation.
    pub rotation: String,
    /// What.
    pub what: String,
}

/// Why there is no way.
#[derive(Debug, thiserror::Error)]
pub enum PathError {
    /// Nothing would be left of a rotation.
    #[error("nobody would be left in `{rotation}`")]
    Gone {
        /// Which.
        rotation: String,
    },
    /// A layer does not hand over any more.
    #[error("a layer of `{rotation}` has no handoff from then on")]
    NoHandoff {
        /// Of which rotation.
        rotation: String,
    },
    /// A recurrence rule ends.
    #[error(transparent)]
    Exhausted(#[from] Exhausted),
    /// A file is not as it was read.
    #[error("`{file}` could not be changed in place: {reason}")]
    File {
        /// Which.
        file: String,
        /// Why.
        reason: String,
    },
    /// What was made is wrong, which is our mistake.
    #[error("the new files are not sound: {0}")]
    Unsound(String),
}

/// Makes the files of a division, beginning at the first handoffs from `on`.
///
/// # Errors
///
/// [`PathError`] if a rotation would be left without people, or its layers end by themselves.
pub fn path(files: &Files, org: &Org, split: &Split, candidate: &Candidate, on: Instant) -> Result<Path, PathError> {
    let plan = Plan::new(org, split, candidate, on)?;
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for name in files.names() {
        texts.insert(name.to_owned(), files.text(name).unwrap_or_default().to_owned());
    }
    for new in &plan.parts {
        let parent = &org.rotation(new.parent).key;
        let file = format!("{parent}.toml");
        let old = document(files, &file)?;
        let (name, text) = match new.keeps {
            true => (file, kept(&plan, new, old)?),
            false => (format!("{}.toml", new.name), begun(&plan, new, &old)?),
        };
        texts.insert(name, text);
    }
    let escalation = document(files, "escalation.toml")?;
    let (escalation, mut notes) = routes(&plan, escalation)?;
    texts.insert("escalation.toml".to_owned(), escalation);
    let new_org = sound(&texts)?;
    let tests = say_anew(&new_org, on, &mut texts)?;
    notes.extend(tests);
    notes.extend(plan.left_behind());
    let new_org = sound(&texts)?;
    for (name, text) in &mut texts {
        *text = with_schema_here(name, text);
    }
    texts.extend(schema_files());
    let steps = plan.steps(&new_org)?;
    let done = steps.iter().map(|it| it.at).max().unwrap_or(on);
    Ok(Path { files: texts.into_iter().collect(), steps, notes, done })
}

/// What is to become of whom, and when.
struct Plan<'a> {
    org: &'a Org,
    split: &'a Split,
    parts: Vec<New<'a>>,
    on: Instant,
}

/// A rotation to be.
struct New<'a> {
    name: &'a str,
    part: &'a Part,
    /// The old rotation that it carries on, or that most of its people come from.
    parent: crate::org::RotationId,
    keeps: bool,
    /// When its first layer begins.
    begins: Instant,
    /// The places of the old layer, from whoever would have had the next turn: those who are in it, then who joins.
    people: Vec<String>,
}

impl<'a> Plan<'a> {
    fn new(org: &'a Org, split: &'a Split, candidate: &'a Candidate, on: Instant) -> Result<Plan<'a>, PathError> {
        let today = split.today();
        let old =
            |part: usize| org.rotation_named(&today.names[part]).expect("today's rotations are those of the files");
        let mut switches = BTreeMap::new();
        let changed = |part: usize| {
            let kept = candidate.keeps.iter().position(|it| *it == Some(part));
            kept.is_none_or(|it| candidate.division.parts[it] != today.division.parts[part])
        };
        for part in (0..today.names.len()).filter(|it| changed(*it)) {
            let rotation = old(part);
            if !candidate.keeps.contains(&Some(part)) {
                return Err(PathError::Gone { rotation: rotation.key.clone() });
            }
            let base = base(rotation, on).ok_or_else(|| no_handoff(rotation))?;
            let (at, _) = switch(base, on)?.ok_or_else(|| no_handoff(rotation))?;
            switches.insert(rotation.id, at);
        }
        let of_today = today.division.of_people(split.people.len());
        let mut parts = Vec::new();
        for (index, part) in candidate.division.parts.iter().enumerate() {
            let from: Vec<usize> = part.people.iter().filter_map(|it| of_today[*it]).collect();
            let most = |old: &usize| from.iter().filter(|it| *it == old).count();
            let keeps = candidate.keeps[index];
            let parent = keeps.or_else(|| from.iter().copied().max_by_key(|it| (most(it), usize::MAX - it)));
            let Some(parent) = parent.map(old) else { continue };
            if keeps.is_some() && !switches.contains_key(&parent.id) {
                continue;
            }
            let base = base(parent, on).ok_or_else(|| no_handoff(parent))?;
            let begins = match keeps {
                Some(_) => switches[&parent.id],
                None => {
                    let free = from.iter().filter_map(|it| switches.get(&old(*it).id)).max().copied().unwrap_or(on);
                    switch(base, free)?.ok_or_else(|| no_handoff(parent))?.0
                }
            };
            let members: BTreeSet<&str> = part.people.iter().map(|it| split.people[*it].as_str()).collect();
            let mut people = order(org, base, begins, &members)?;
            let joins: Vec<String> = members
                .iter()
                .filter(|it| !people.iter().any(|other| other == *it))
                .map(|it| (*it).to_owned())
                .collect();
            people.extend(joins);
            let name = &candidate.names[index];
            parts.push(New { name, part, parent: parent.id, keeps: keeps.is_some(), begins, people });
        }
        Ok(Plan { org, split, parts, on })
    }

    fn has(&self, new: &New<'_>, person: &str) -> bool {
        new.part.people.iter().any(|it| self.split.people[*it] == person)
    }

    /// Overrides and shadows of people who have left by then.
    fn left_behind(&self) -> Vec<String> {
        let mut notes = Vec::new();
        for new in self.parts.iter().filter(|it| it.keeps) {
            let rotation = self.org.rotation(new.parent);
            let gone = |person| !self.has(new, &self.org.person(person).key);
            for row in rotation.overrides.iter().filter(|it| it.span.end() > new.begins) {
                if row.instead_of.is_some_and(gone) {
                    notes.push(format!("{}: an override for somebody who has left by then", row.source));
                }
            }
            for row in rotation.shadows.iter().filter(|it| it.span.end() > new.begins) {
                if row.with.is_some_and(gone) {
                    notes.push(format!("{}: a shadow of somebody who has left by then", row.source));
                }
            }
        }
        notes
    }

    fn steps(&self, new_org: &Org) -> Result<Vec<PathStep>, PathError> {
        let mut steps = Vec::new();
        for new in &self.parts {
            let seat = new_org.seat_named(new.name).expect("it was just written");
            let who = |seat: SeatId, at: Instant| -> Result<String, PathError> {
                let held = holders(new_org, seat, at)?;
                let names: Vec<&str> = held.iter().map(|(it, _)| new_org.holder_name(*it)).collect();
                Ok(if names.is_empty() { "nobody".to_owned() } else { names.join(" and ") })
            };
            let behind = SeatId { seat: Seat::Secondary, ..seat };
            let second = match new_org.rotation(seat.rotation).secondary {
                Some(_) => format!(", {} behind", who(behind, new.begins)?),
                None => String::new(),
            };
            let people = new.people.len();
            let what = match new.keeps {
                true => {
                    let before = who(seat, new.begins.before(std::time::Duration::from_secs(1)))?;
                    let left = self.leavers(new);
                    format!(
                        "{before} hands over to {}{second}; {people} take turns from here on{}",
                        who(seat, new.begins)?,
                        if left > 0 { format!(", {left} leave") } else { String::new() }
                    )
                }
                false => {
                    let values: Vec<&str> = new.part.things.iter().map(|it| self.split.things[*it].as_str()).collect();
                    format!(
                        "begins with {}{second}; {people} take turns; is paged for {}",
                        who(seat, new.begins)?,
                        values.join(", ")
                    )
                }
            };
            steps.push(PathStep { at: new.begins, rotation: new.name.to_owned(), what });
        }
        steps.sort_by(|one, other| (one.at, &one.rotation).cmp(&(other.at, &other.rotation)));
        Ok(steps)
    }

    fn leavers(&self, new: &New<'_>) -> usize {
        let today = self.split.today();
        let old = &self.org.rotation(new.parent).key;
        let before = today.names.iter().position(|it| it == old).map(|it| &today.division.parts[it].people);
        before.map_or(0, |it| it.iter().filter(|person| !new.part.people.contains(person)).count())
    }
}

fn no_handoff(rotation: &Rotation) -> PathError {
    PathError::NoHandoff { rotation: rotation.key.clone() }
}

/// The layer that the others cover.
fn base(rotation: &Rotation, on: Instant) -> Option<&Layer> {
    layers_at(&rotation.layers, Some(on)).first().map(|it| &rotation.layers[*it])
}

/// The first handoff from an instant on that a day can name.
fn switch(layer: &Layer, from: Instant) -> Result<Option<(Instant, NaiveDate)>, Exhausted> {
    let horizon = Instant::from_unix(from.unix() + MOST_DAYS * CIVIL_DAY);
    let Some(span) = Span::new(from, horizon) else { return Ok(None) };
    for turn in layer.handoffs.turns(span)? {
        let at = turn.span.start();
        let day = layer.handoffs.zone().day(at);
        if at >= from && layer.until.is_none_or(|it| at < it) && layer.handoffs.on(day)? == Some(at) {
            return Ok(Some((at, day)));
        }
    }
    Ok(None)
}

/// The members among a layer's places, from the one who would have the turn at an instant.
fn order(org: &Org, layer: &Layer, at: Instant, members: &BTreeSet<&str>) -> Result<Vec<String>, Exhausted> {
    let count = layer.places.len();
    let first = match layer.handoffs.turn(at)? {
        Some(turn) => usize::try_from(turn.number % count as u64).unwrap_or(0) + layer.first as usize,
        None => layer.first as usize,
    };
    let mut people: Vec<String> = Vec::new();
    for place in 0..count {
        if let Holder::Person(person) = layer.places[(first + place) % count] {
            let key = &org.person(person).key;
            if members.contains(key.as_str()) && !people.contains(key) {
                people.push(key.clone());
            }
        }
    }
    Ok(people)
}

fn document(files: &Files, name: &str) -> Result<DocumentMut, PathError> {
    let wrong = |reason: String| PathError::File { file: name.to_owned(), reason };
    let text = files.text(name).ok_or_else(|| wrong("it is not there".to_owned()))?;
    text.parse().map_err(|error: toml_edit::TomlError| wrong(error.to_string()))
}

/// The file of a rotation that goes on with fewer people, or others.
fn kept(plan: &Plan<'_>, new: &New<'_>, mut document: DocumentMut) -> Result<String, PathError> {
    let rotation = plan.org.rotation(new.parent);
    let file = format!("{}.toml", rotation.key);
    let layers = tables(document.get_mut("layers"), &file)?;
    change(plan, new, &rotation.layers, layers)?;
    if let Some(layers) = rotation.secondary.as_ref().and_then(|it| layers_of(&it.calendar)) {
        let secondary = document.get_mut("secondary").and_then(Item::as_table_like_mut);
        let item = secondary.and_then(|it| it.get_mut("layers"));
        change(plan, new, layers, tables(item, &file)?)?;
    } else {
        follow(document.get_mut("secondary"), new.people.len());
    }
    Ok(document.to_string())
}

fn layers_of(calendar: &crate::org::SecondaryCalendar) -> Option<&[Layer]> {
    match calendar {
        crate::org::SecondaryCalendar::Layers(layers) => Some(layers),
        crate::org::SecondaryCalendar::Follow(_) => None,
    }
}

/// Rows as they may be written in either way.
fn tables<'a>(item: Option<&'a mut Item>, file: &str) -> Result<&'a mut ArrayOfTables, PathError> {
    let wrong =
        || PathError::File { file: file.to_owned(), reason: "its layers are not written as [[layers]]".to_owned() };
    let item = item.ok_or_else(wrong)?;
    if item.is_value() {
        let taken = std::mem::take(item);
        *item = taken.into_array_of_tables().map(Item::ArrayOfTables).map_err(|_| wrong())?;
    }
    item.as_array_of_tables_mut().ok_or_else(wrong)
}

/// Ends the layers that hold then, and begins the same with whoever is in it from there on.
fn change(plan: &Plan<'_>, new: &New<'_>, layers: &[Layer], tables: &mut ArrayOfTables) -> Result<(), PathError> {
    let mut begun = Vec::new();
    for (turn, index) in layers_at(layers, Some(plan.on)).into_iter().enumerate() {
        let Some((at, day)) = switch(&layers[index], new.begins)? else { continue };
        let Some(table) = tables.get_mut(index) else { continue };
        begun.extend(beginning(plan, new, &layers[index], table, (turn == 0, at, day))?);
        end(table, day);
    }
    begun.into_iter().for_each(|it| tables.push(it));
    Ok(())
}

fn end(table: &mut Table, day: NaiveDate) {
    // After `from`, where a reader looks for it.
    let mut after = Vec::new();
    table.insert("until", date(day));
    let keys: Vec<String> = table.iter().map(|(key, _)| key.to_owned()).collect();
    let place = keys.iter().position(|it| it == "from").map_or(keys.len(), |it| it + 1);
    for key in keys[place..].iter().filter(|it| *it != "until") {
        if let Some((key, item)) = table.remove_entry(key) {
            after.push((key, item));
        }
    }
    for (key, item) in after {
        table.insert_formatted(&key, item);
    }
}

/// The same layer with other people, from a day on; `None` if nobody of it is left.
fn beginning(
    plan: &Plan<'_>,
    new: &New<'_>,
    layer: &Layer,
    table: &Table,
    (base, at, day): (bool, Instant, NaiveDate),
) -> Result<Option<Table>, PathError> {
    let members: BTreeSet<&str> = new.people.iter().map(String::as_str).collect();
    let mut people = order(plan.org, layer, at, &members)?;
    if base {
        let joins: Vec<String> = new.people.iter().filter(|it| !people.contains(it)).cloned().collect();
        people.extend(joins);
    }
    if people.is_empty() {
        return Ok(None);
    }
    let mut table = table.clone();
    table.remove("until");
    table.remove("first");
    table.insert("people", values(&long_list(&people, 10)));
    table.insert("from", date(day));
    table.decor_mut().set_prefix("\n");
    Ok(Some(table))
}

/// The file of a rotation that begins.
fn begun(plan: &Plan<'_>, new: &New<'_>, old: &DocumentMut) -> Result<String, PathError> {
    let rotation = plan.org.rotation(new.parent);
    let file = format!("{}.toml", rotation.key);
    let mut document = DocumentMut::new();
    document.insert("name", toml_edit::value(title(new.name)));
    for key in ["zone", "coverage"] {
        if let Some(item) = old.get(key) {
            document.insert(key, plain(item));
        }
    }
    let mut old = old.clone();
    document.insert(
        "layers",
        Item::ArrayOfTables(fresh(plan, new, &rotation.layers, tables(old.get_mut("layers"), &file)?)?),
    );
    if let Some(mut secondary) = old.get("secondary").cloned() {
        if let Some(layers) = rotation.secondary.as_ref().and_then(|it| layers_of(&it.calendar)) {
            let item = secondary.as_table_like_mut().and_then(|it| it.get_mut("layers"));
            let fresh = fresh(plan, new, layers, tables(item, &file)?)?;
            secondary.as_table_like_mut().map(|it| it.insert("layers", Item::ArrayOfTables(fresh)));
        } else {
            follow(Some(&mut secondary), new.people.len());
        }
        undecorated(&mut secondary);
        document.insert("secondary", secondary);
    }
    if let Some(mut pagerduty) = old.get("pagerduty").cloned() {
        undecorated(&mut pagerduty);
        document.insert("pagerduty", pagerduty);
    }
    let values: Vec<&str> = new.part.things.iter().map(|it| plan.split.things[*it].as_str()).collect();
    let about = format!("Divided from {}; it is paged for {}.", rotation.name, values.join(", "));
    Ok(Layout::default().file("rotation", &about, &format!("\n{document}")))
}

fn fresh(plan: &Plan<'_>, new: &New<'_>, layers: &[Layer], tables: &ArrayOfTables) -> Result<ArrayOfTables, PathError> {
    let mut fresh = ArrayOfTables::new();
    for (turn, index) in layers_at(layers, Some(plan.on)).into_iter().enumerate() {
        let Some((at, day)) = switch(&layers[index], new.begins)? else { continue };
        let Some(table) = tables.get(index) else { continue };
        if let Some(it) = beginning(plan, new, &layers[index], table, (turn == 0, at, day))? {
            fresh.push(it);
        }
    }
    Ok(fresh)
}

/// Nobody stands behind themselves.
fn follow(secondary: Option<&mut Item>, people: usize) {
    let Some(table) = secondary.and_then(Item::as_table_like_mut) else { return };
    let Some(places) = table.get("follow").and_then(Item::as_integer) else { return };
    let most = i64::try_from(people).unwrap_or(i64::MAX);
    if most > 1 && places % most == 0 {
        table.insert("follow", toml_edit::value(1));
    }
}

/// A value without what stood around it.
fn plain(item: &Item) -> Item {
    let mut item = item.clone();
    if let Some(value) = item.as_value_mut() {
        value.decor_mut().clear();
    }
    item
}

fn undecorated(item: &mut Item) {
    if let Some(table) = item.as_table_mut() {
        table.decor_mut().set_prefix("\n");
    }
}

/// `mysql-main` as a title: `Mysql main`.
fn title(name: &str) -> String {
    let words = name.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map(|it| it.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn date(day: NaiveDate) -> Item {
    let day: toml_edit::Datetime = day.to_string().parse().expect("a day of TOML");
    toml_edit::value(day)
}

/// A value from text of our own.
fn values(text: &str) -> Item {
    Item::Value(text.parse::<Value>().expect("it was written as TOML"))
}

/// Routes and escalations of the new rotations.
fn routes(plan: &Plan<'_>, mut document: DocumentMut) -> Result<(String, Vec<String>), PathError> {
    let mut notes = Vec::new();
    let file = "escalation.toml";
    // Before which of the old rows, to which rotation, and which values.
    let mut rows: BTreeMap<(usize, &str), Vec<String>> = BTreeMap::new();
    let today = plan.split.today();
    let of_today = today.division.of_things(plan.split.things.len());
    for new in &plan.parts {
        for thing in &new.part.things {
            let value = &plan.split.things[*thing];
            let old = of_today[*thing].map(|it| today.names[it].as_str());
            if old == Some(new.name) {
                continue;
            }
            if value.contains(['*', '?']) || value.starts_with('/') {
                notes.push(format!("{file}: `{value}` would be read as a pattern: its row must be written by hand"));
                continue;
            }
            let place = first_row(plan, value);
            rows.entry((place, new.name)).or_default().push(value.clone());
        }
    }
    let array = rows_of(&mut document, "routes", file)?;
    for ((place, rotation), values) in rows.iter().rev() {
        let text = format!(
            "{{ when = {{ {} = {} }}, page = {} }}",
            crate::import::key(&plan.split.tag),
            list(values),
            quote(rotation)
        );
        insert(array, *place, &text);
    }
    let array = rows_of(&mut document, "escalations", file)?;
    let mut added = Vec::new();
    for new in plan.parts.iter().filter(|it| !it.keeps) {
        let parent = &plan.org.rotation(new.parent).key;
        let mut onward: Option<String> = None;
        for row in array.iter().filter_map(Value::as_inline_table) {
            let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            let (from, to) = (text("from"), text("to"));
            let own = format!("{parent}.secondary");
            if from == *parent && to == own {
                let mut row = row.clone();
                row.insert("from", new.name.into());
                row.insert("to", format!("{}.secondary", new.name).into());
                added.push(row);
            } else if from == *parent && onward.is_none() {
                onward = Some(text("after"));
            }
        }
        let after = onward.unwrap_or_else(|| ON_TO_THE_OLD.to_owned());
        let text = format!("{{ from = {}, after = {}, to = {} }}", quote(new.name), quote(&after), quote(parent));
        let row: Value = text.parse().expect("it was written as TOML");
        added.extend(row.as_inline_table().cloned());
    }
    for row in added {
        let end = array.len();
        insert_row(array, end, row);
    }
    Ok((document.to_string(), notes))
}

/// The outermost row that takes a value today.
fn first_row(plan: &Plan<'_>, value: &str) -> usize {
    let service = plan.org.service_named(value).filter(|_| plan.split.tag == "service");
    let mut tags: Tags = service.map(|it| it.tags.clone()).unwrap_or_default();
    tags.extend([(plan.split.tag.clone(), value.to_owned())]);
    let matched = matching(plan.org, &tags, plan.on);
    let pages = matched.iter().find(|it| matches!(it.route().target, crate::org::RouteTarget::Page(_)));
    let routes = &plan.org.escalation.routes;
    let place = pages.and_then(|it| routes.iter().position(|route| route.id == it.path[0].id));
    place.unwrap_or(routes.len().saturating_sub(1))
}

fn rows_of<'a>(document: &'a mut DocumentMut, key: &str, file: &str) -> Result<&'a mut Array, PathError> {
    let wrong = || PathError::File { file: file.to_owned(), reason: format!("its `{key}` are not rows") };
    let item = document.entry(key).or_insert(Item::Value(Value::Array(Array::new())));
    if let Item::ArrayOfTables(rows) = item {
        let array = std::mem::take(rows).into_array();
        *item = Item::Value(Value::Array(array));
    }
    item.as_array_mut().ok_or_else(wrong)
}

fn insert(array: &mut Array, place: usize, text: &str) {
    let row: Value = text.parse().expect("it was written as TOML");
    if let Some(row) = row.as_inline_table() {
        insert_row(array, place, row.clone());
    }
}

fn insert_row(array: &mut Array, place: usize, row: InlineTable) {
    let mut row = Value::InlineTable(row);
    row.decor_mut().set_prefix("\n  ");
    row.decor_mut().set_suffix("");
    array.insert_formatted(place, row);
    array.set_trailing_comma(true);
    if array.trailing().as_str().is_none_or(|it| !it.contains('\n')) {
        array.set_trailing("\n");
    }
}

/// Routing tests that expect the old ladders expect the new ones; each is named.
fn say_anew(org: &Org, on: Instant, texts: &mut BTreeMap<String, String>) -> Result<Vec<String>, PathError> {
    let mut notes = Vec::new();
    let text = &texts["escalation.toml"];
    let wrong = |reason: String| PathError::File { file: "escalation.toml".to_owned(), reason };
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| wrong(error.to_string()))?;
    let results = run_tests(org, on)?;
    for (index, result) in results.iter().enumerate().filter(|(_, it)| !it.passed()) {
        let ladders: Vec<String> = result.found.iter().map(|it| list(it)).collect();
        let expect = match ladders.as_slice() {
            [one] => one.clone(),
            _ => format!("[{}]", ladders.join(", ")),
        };
        let Some(tests) = document.get_mut("tests") else { break };
        let row = match tests {
            Item::ArrayOfTables(rows) => rows.get_mut(index).map(|it| it as &mut dyn toml_edit::TableLike),
            Item::Value(Value::Array(rows)) => {
                rows.get_mut(index).and_then(Value::as_inline_table_mut).map(|it| it as &mut dyn toml_edit::TableLike)
            }
            _ => None,
        };
        let Some(row) = row else { continue };
        row.insert("expect", values(&expect));
        let name = result.test.name.clone().unwrap_or_else(|| result.test.source.to_string());
        notes.push(format!("escalation.toml: the test \"{name}\" now expects {}", ladders.join(", then ")));
    }
    texts.insert("escalation.toml".to_owned(), document.to_string());
    Ok(notes)
}

/// The organisation of files that must be without a mistake.
fn sound(texts: &BTreeMap<String, String>) -> Result<Org, PathError> {
    let files: Files = texts.iter().map(|(name, text)| (name.clone(), text.clone())).collect();
    let (org, diagnostics) = config::read(&files);
    let errors: Vec<_> = diagnostics.into_iter().filter(|it| it.severity == Severity::Error).collect();
    org.filter(|_| errors.is_empty()).ok_or_else(|| PathError::Unsound(config::render(&errors, &files, false)))
}

/// The first line names a schema where the files now lie.
fn with_schema_here(name: &str, text: &str) -> String {
    let up = "../".repeat(name.matches('/').count());
    let here = if up.is_empty() { "./".to_owned() } else { up };
    match text.strip_prefix("#:schema ").and_then(|it| it.split_once('\n')) {
        Some((schema, rest)) => {
            let schema = schema.trim().rsplit('/').next().unwrap_or_default();
            format!("#:schema {here}.schemas/{schema}\n{rest}")
        }
        None => text.to_owned(),
    }
}
