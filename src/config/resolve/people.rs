//! `people.toml`.

use std::collections::BTreeMap;

use super::{Context, File, is_id};
use crate::config::decode::{At, Named};
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
        let rows: Named<raw::PersonTable> = self.decode("people.toml", parsed)?;
        let file = self.file("people.toml");
        let mut emails: BTreeMap<String, String> = BTreeMap::new();
        let mut aliases: BTreeMap<String, String> = BTreeMap::new();
        let mut people = Vec::new();
        for (index, (key, row)) in rows.0.iter().enumerate() {
            self.person_key(&file, key);
            if let Some(email) = &row.email {
                self.email(&file, email, &key.value, &mut emails);
            }
            for alias in row.aliases.iter().flatten() {
                self.alias(&file, alias, &key.value, &mut aliases);
            }
            if let Some(region) = &row.region
                && !self.calendars.contains(&region.value)
            {
                let message = format!("no such holiday calendar: `{}`", region.value);
                let diagnostic = file.error("unknown-region", &region.span, message);
                let calendars = self.calendars.clone();
                let calendars = calendars.iter().map(String::as_str);
                self.report(diagnostic.nearest(&region.value, calendars, "calendars in `org.toml`"));
            }
            let off = row.off.iter().flatten().filter_map(|it| self.off(&file, it, &row.zone)).flatten().collect();
            people.push(Person {
                id: PersonId(u32::try_from(index).unwrap_or(u32::MAX)),
                key: key.value.clone(),
                name: row.name.clone(),
                email: row.email.as_ref().map(|it| it.value.clone()),
                phone: row.phone.clone(),
                chat: row.chat.clone(),
                zone: row.zone.clone(),
                region: row.region.as_ref().map(|it| it.value.clone()),
                aliases: row.aliases.iter().flatten().map(|it| it.value.clone()).collect(),
                off,
                trained: row.trained.clone().unwrap_or_default(),
                drills: row.drills.iter().flatten().map(|it| Drill { name: it.name.clone(), on: it.on }).collect(),
                source: file.source(&key.span),
            });
        }
        Some(people)
    }

    fn person_key(&mut self, file: &File<'_>, key: &At<String>) {
        if key.value == "nobody" {
            let diagnostic = file.error("reserved-name", &key.span, "nobody can be called `nobody`");
            self.report(diagnostic.help("`@nobody` stands for a vacant seat"));
        } else if !is_id(&key.value) {
            let diagnostic = file.error("bad-id", &key.span, format!("`{}` is no id for a person", key.value));
            self.report(diagnostic.help("small letters, digits, `-` and `_`; `name` is for the rest"));
        }
    }

    fn email(&mut self, file: &File<'_>, email: &At<String>, key: &str, seen: &mut BTreeMap<String, String>) {
        let sound = email.value.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty() && host.contains('.') && !host.contains('@') && !email.value.contains(char::is_whitespace)
        });
        if !sound {
            let message = format!("not an e-mail address: `{}`", email.value);
            self.report(file.error("bad-email", &email.span, message).help("ana@example.com"));
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
            Some(other) => {
                let message = format!("the alias `{}` already means `{other}`", alias.value);
                self.report(file.error("duplicate-alias", &alias.span, message));
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
                let text = self.calendar(file, path)?;
                match ics::events(text, Purpose::TimeOff, zone) {
                    Ok(events) => Some(events.into_iter().filter_map(|event| time_off(event, raw, zone)).collect()),
                    Err(error) => {
                        self.report(file.error("bad-calendar", &path.span, format!("`{}`: {error}", path.value)));
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
}

fn time_off(event: ics::Event, row: &raw::OffRow, zone: &Zone) -> Option<TimeOff> {
    let span = match event.when {
        EventTime::Days(first, end) => Span::new(zone.start_of_day(first), zone.start_of_day(end))?,
        EventTime::Span(span) => span,
    };
    Some(TimeOff { span, note: row.note.clone().or(event.summary) })
}
