//! `people.toml`.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Context, File, TimeOffRead, as_id, is_id};
use crate::config::decode::{At, Kept, Named};
use crate::config::ics::{self, EventTime, Purpose};
use crate::config::raw;
use crate::org::{Drill, Person, PersonId, TimeOff};
use crate::time::{Span, Zone};

impl Context<'_> {
    pub(super) fn people(&mut self) -> Option<Vec<Person>> {
        let Some(parsed) = self.parse("people.toml") else {
            self.people.complete = false;
            return None;
        };
        // Everybody is known by name, whatever is wrong with their rows.
        for (index, (key, value)) in parsed.get_ref().as_table().into_iter().flatten().enumerate() {
            if value.get_ref().as_table().is_some() {
                let id = PersonId(u32::try_from(index).unwrap_or(u32::MAX));
                self.people.ids.insert(key.get_ref().clone().into_owned(), id);
            }
        }
        let rows: Named<Kept<raw::PersonTable>> = self.decode("people.toml", parsed)?;
        let file = self.file("people.toml");
        // What else they are called by; files do not, and are told so.
        for (key, row) in rows.0.iter().filter_map(|(key, row)| row.get().map(|row| (key, row))) {
            let names = [row.name.get(), row.email.get().map(|it| &it.value)];
            let aliases = row.aliases.sound().map(|it| &it.value);
            for name in names.into_iter().flatten().chain(aliases) {
                self.called.entry(name.to_lowercase()).or_insert_with(|| key.value.clone());
            }
        }
        let mut emails: BTreeMap<String, String> = BTreeMap::new();
        let mut aliases: BTreeMap<String, String> = BTreeMap::new();
        let mut people = Vec::new();
        for (index, (key, row)) in rows.0.iter().enumerate() {
            self.person_key(&file, key);
            let Some(row) = row.get() else { continue };
            if let Some(email) = row.email.get() {
                self.email(&file, email, &key.value, &mut emails);
            }
            for alias in row.aliases.sound() {
                self.alias(&file, alias, &key.value, &mut aliases);
            }
            if let Some(region) = row.region.get()
                && self.calendars_complete
                && !self.calendars.contains(&region.value)
            {
                let message = format!("no such holiday calendar: `{}`", region.value);
                let diagnostic = file.error("unknown-region", &region.span, message);
                let calendars = self.calendars.iter().map(String::as_str);
                let diagnostic = self.suggest(diagnostic, &region.value, calendars, "calendars in `org.toml`");
                self.report(diagnostic);
            }
            let zone = row.zone.get().cloned().unwrap_or_else(Zone::utc);
            let off = row.off.sound().filter_map(|it| self.off(&file, it, &zone)).flatten().collect();
            let Some(name) = row.name.get() else { continue };
            people.push(Person {
                id: PersonId(u32::try_from(index).unwrap_or(u32::MAX)),
                key: key.value.clone(),
                name: name.clone(),
                email: row.email.get().map(|it| it.value.clone()),
                phone: row.phone.0.clone(),
                chat: row.chat.0.clone(),
                zone,
                region: row.region.get().map(|it| it.value.clone()),
                aliases: row.aliases.sound().map(|it| it.value.clone()).collect(),
                off,
                trained: row.trained.0.clone().unwrap_or_default(),
                drills: row.drills.0.iter().flatten().map(|it| Drill { name: it.name.clone(), on: it.on }).collect(),
                source: file.source(&key.span),
            });
        }
        (people.len() == rows.0.len()).then_some(people)
    }

    fn person_key(&mut self, file: &File<'_>, key: &At<String>) {
        if key.value == "nobody" {
            let diagnostic = file.error("reserved-name", &key.span, "nobody can be called `nobody`");
            self.report(diagnostic.help("`@nobody` stands for a vacant seat"));
        } else if !is_id(&key.value) {
            let diagnostic = file.error("bad-id", &key.span, format!("`{}` is no id for a person", key.value));
            let diagnostic = diagnostic.help("small letters, digits, `-` and `_`; `name` is for the rest");
            self.report(match as_id(&key.value) {
                Some(id) => diagnostic.help(format!("such as `{id}`")),
                None => diagnostic,
            });
        }
    }

    fn email(&mut self, file: &File<'_>, email: &At<String>, key: &str, seen: &mut BTreeMap<String, String>) {
        if !is_email(&email.value) {
            let message = format!("not an e-mail address: `{}`", email.value);
            self.report(file.error("bad-email", &email.span, message).help("such as \"ana@example.com\""));
        }
        if let Some(other) = seen.insert(email.value.to_lowercase(), key.to_owned()) {
            let message = format!("`{other}` has this e-mail address already");
            let diagnostic = file.error("duplicate-email", &email.span, message);
            self.report(diagnostic.help("PagerDuty knows people by their address: it must be theirs alone"));
        }
    }

    fn alias(&mut self, file: &File<'_>, alias: &At<String>, key: &str, seen: &mut BTreeMap<String, String>) {
        let other = match seen.get(&alias.value) {
            Some(other) => Some(other.clone()),
            None => self.people.ids.contains_key(&alias.value).then(|| alias.value.clone()),
        };
        match other {
            _ if alias.value == "nobody" => {
                let diagnostic = file.error("reserved-name", &alias.span, "nobody can be called `nobody`");
                self.report(diagnostic.help("`@nobody` stands for a vacant seat"));
            }
            Some(other) => {
                let message = match other == alias.value {
                    true => format!("`{other}` is the id of a person already"),
                    false => format!("`{}` already means `{other}`", alias.value),
                };
                let diagnostic = file.error("duplicate-alias", &alias.span, message);
                self.report(diagnostic.help("an alias means one person, and is nobody's id: choose another"));
            }
            None => {
                seen.insert(alias.value.clone(), key.to_owned());
            }
        }
    }

    fn off(&mut self, file: &File<'_>, row: &At<raw::OffRow>, zone: &Zone) -> Option<Vec<TimeOff>> {
        let raw = &row.value;
        match (&raw.from, &raw.calendar) {
            (Some(from), None) => {
                let span = self.span(file, from, raw.until.as_ref(), raw.through.as_ref(), zone)?;
                Some(vec![TimeOff { span, note: raw.note.clone() }])
            }
            (None, Some(path)) if raw.until.is_none() && raw.through.is_none() => {
                let (name, text) = self.calendar(file, path)?;
                match self.time_off(name, text, zone) {
                    Ok(events) => Some(events.iter().filter_map(|event| time_off(event, raw, zone)).collect()),
                    Err(error) => {
                        self.bad_calendar(file, path, &error, "{ from = 2026-03-16, through = 2026-03-20 }");
                        None
                    }
                }
            }
            (None, None) => {
                let diagnostic = file.error("no-start", &row.span, "time off needs `from`, or a `calendar`");
                self.report(diagnostic.help("{ from = 2026-03-16, through = 2026-03-20 }"));
                None
            }
            (_, Some(path)) => {
                let diagnostic = file.error("two-forms", &path.span, "time off is either dates or a `calendar`");
                self.report(diagnostic.help("write them as two rows"));
                None
            }
        }
    }

    /// The events of a calendar of time off. It is read once, whoever names it, unless its times are on everybody's own clock.
    fn time_off(&mut self, name: String, text: &str, zone: &Zone) -> TimeOffRead {
        let read = self.time_off.entry(name).or_default();
        let alike = |of: &Option<Zone>| of.as_ref().is_none_or(|it| it.name() == zone.name());
        if let Some((_, events)) = read.iter().find(|(of, _)| alike(of)) {
            return events.clone();
        }
        let (events, own_matters) = ics::read(text, Purpose::TimeOff, zone);
        let events = events.map(Arc::from);
        read.push((own_matters.then(|| zone.clone()), events.clone()));
        events
    }
}

fn time_off(event: &ics::Event, row: &raw::OffRow, zone: &Zone) -> Option<TimeOff> {
    let span = match event.when {
        EventTime::Days(first, end) => Span::new(zone.start_of_day(first), zone.start_of_day(end))?,
        EventTime::Span(span) => span,
    };
    Some(TimeOff { span, note: row.note.clone().or_else(|| event.summary.clone()) })
}

/// Whether a text has the form of an e-mail address.
pub(crate) fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(user, host)| {
        !user.is_empty() && host.contains('.') && !host.contains('@') && !text.contains(char::is_whitespace)
    })
}
