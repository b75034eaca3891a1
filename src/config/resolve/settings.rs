//! `org.toml`.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::NaiveDate;
use toml::Spanned;
use toml::de::DeValue;

use super::{Context, File};
use crate::config::decode::{At, Kept, OneOrMany, OrOff, Rows, When};
use crate::config::ics;
use crate::config::raw::{self, HolidaySource};
use crate::org::{DayRates, Family, HourRates, Limits, Needs, PagerDuty, Pay, Share, Stage, Weights};
use crate::time::{Window, Zone};

pub(super) struct Settings {
    pub zone: Zone,
    pub working_hours: Vec<Window>,
    pub sleep: Vec<Window>,
    pub limits: Limits,
    pub weights: Weights,
    pub stages: Vec<Stage>,
    pub pay: Option<Pay>,
    pub pagerduty: Option<PagerDuty>,
}

impl Context<'_> {
    pub(super) fn settings(&mut self) -> Option<Settings> {
        let Some(parsed) = self.parse("org.toml") else {
            self.calendars_complete = false;
            return None;
        };
        // Calendars are known by name even where something else in the file is wrong.
        match parsed.get_ref().as_table().and_then(|it| it.get("holidays")).map(Spanned::get_ref) {
            None => {}
            Some(DeValue::Table(calendars)) => {
                let names = calendars.keys().map(|it| it.get_ref().clone().into_owned());
                self.calendars = names.filter(|it| !raw::OrgFile::KIND.keys.contains(&it.as_str())).collect();
            }
            Some(_) => self.calendars_complete = false,
        }
        let raw: raw::OrgFile = self.decode("org.toml", parsed)?;
        let file = self.file("org.toml");
        self.zone = raw.zone.get().cloned().unwrap_or_else(Zone::utc);
        for (name, source) in raw.holidays.get().into_iter().flat_map(|it| &it.0) {
            if let Some(days) = self.holiday_days(&file, source) {
                self.holidays.insert(name.value.clone(), days.into_iter().collect());
            }
        }
        let limits = self.limits(&file, raw.limits.get());
        let stages = self.stages(&file, &raw.stages);
        let pay = raw.pay.get().map(|it| self.pay(&file, it));
        Some(Settings {
            zone: raw.zone.0?,
            working_hours: windows(raw.working_hours.0, "Mon-Fri 09:00-18:00"),
            sleep: windows(raw.sleep.0, "Mon-Sun 22:00-07:00"),
            limits: limits?,
            weights: weights(raw.weights.get()),
            stages: stages?,
            pay: match pay {
                Some(pay) => Some(pay?),
                None => None,
            },
            pagerduty: raw.pagerduty.0.map(|it| PagerDuty {
                family: it.family.map_or(Family::Layers, |it| it.0),
                orchestration: it.orchestration,
                tags: it.tags.into_iter().flat_map(|it| it.0).map(|(tag, path)| (tag.value, path)).collect(),
                teams: it.teams.unwrap_or(false),
            }),
        })
    }

    fn holiday_days(&mut self, file: &File<'_>, source: &HolidaySource) -> Option<BTreeSet<NaiveDate>> {
        match source {
            HolidaySource::Days(days) => {
                let mut sound = true;
                let days = days.iter().filter_map(|day| match day.value {
                    When::Day(date) => Some(date),
                    When::Local(_) | When::Instant(_) => {
                        let diagnostic = file.error("wrong-type", &day.span, "a holiday is a whole day");
                        self.diagnostics.push(diagnostic.help("a date without a time: 2026-12-25"));
                        sound = false;
                        None
                    }
                });
                let days = days.collect();
                sound.then_some(days)
            }
            HolidaySource::Calendar(path) => {
                let (_, text) = self.calendar(file, path)?;
                match ics::days(text, &self.zone) {
                    Ok(days) => Some(days),
                    Err(error) => {
                        self.bad_calendar(file, path, &error, "[\"2026-12-25\"]");
                        None
                    }
                }
            }
        }
    }

    fn limits(&mut self, file: &File<'_>, raw: Option<&raw::LimitsTable>) -> Option<Limits> {
        let defaults = Limits::default();
        let Some(raw) = raw else { return Some(defaults) };
        let mut sound = true;
        if let Some(OrOff::On(people)) = raw.min_people.get()
            && people.value == 0
        {
            let diagnostic = file.error("out-of-range", &people.span, "a rotation has at least one person");
            self.report(diagnostic.help("a number from 1 on, or `false` for no limit"));
            sound = false;
        }
        if let Some(OrOff::On(share)) = raw.max_share.get()
            && !(share.of.value > 0.0 && share.of.value <= 1.0)
        {
            let of = share.of.value;
            let diagnostic = file.error("out-of-range", &share.of.span, "a share lies above 0, and is at most 1");
            self.report(match (1.0..=100.0).contains(&of) {
                true => diagnostic.help(format!("{of} in a hundred is {}", of / 100.0)),
                false => diagnostic.help("such as 0.3, or `max-share = false` for no limit"),
            });
            sound = false;
        }
        let mut both_allowed = Vec::new();
        for pair in raw.both_allowed.get().into_iter().flat_map(|it| &it.0) {
            let [left, right] = pair.value.as_slice() else {
                let diagnostic = file.error("bad-pair", &pair.span, "`both-allowed` is a list of pairs of rotations");
                self.report(diagnostic.help("each pair in brackets of its own: [[\"a\", \"b\"], [\"a\", \"c\"]]"));
                sound = false;
                continue;
            };
            if left.value == right.value {
                let message = format!("`{}` stands twice in this pair", left.value);
                let diagnostic = file.error("bad-pair", &right.span, message);
                self.report(diagnostic.help("a pair is two rotations whose seats one person may hold at once"));
                sound = false;
                continue;
            }
            let ids = (self.rotation_id(file, left), self.rotation_id(file, right));
            match ids {
                (Some(left), Some(right)) => both_allowed.push((left, right)),
                _ => sound = false,
            }
        }
        let duration = |raw: &Kept<OrOff<Duration>>, default| match raw.get() {
            None => default,
            Some(OrOff::Off) => None,
            Some(OrOff::On(it)) => Some(*it),
        };
        sound.then(|| Limits {
            min_people: match raw.min_people.get() {
                None => defaults.min_people,
                Some(OrOff::Off) => None,
                Some(OrOff::On(people)) => Some(people.value),
            },
            max_share: match raw.max_share.get() {
                None => defaults.max_share,
                Some(OrOff::Off) => None,
                Some(OrOff::On(share)) => Some(Share { of: share.of.value, over_weeks: share.over.0 }),
            },
            min_rest: duration(&raw.min_rest, defaults.min_rest),
            answer_within: duration(&raw.answer_within, defaults.answer_within),
            both_allowed,
        })
    }

    fn pay(&mut self, file: &File<'_>, raw: &At<raw::PayTable>) -> Option<Pay> {
        let table = &raw.value;
        let percent = table.secondary_percent.get();
        if let Some(percent) = percent.filter(|it| it.value > 100) {
            let message = "the secondary seat is paid at most as much as the primary";
            let diagnostic = file.error("out-of-range", &percent.span, message);
            self.report(diagnostic.help("`secondary-percent` is a number from 0 to 100"));
            return None;
        }
        if table.hour.get().is_none() && table.day.get().is_none() && !self.is_wrong(file) {
            let diagnostic = file.error("no-rates", &raw.span, "`[pay]` pays nothing: it has neither `hour` nor `day`");
            self.report(
                diagnostic
                    .help("hour = { evening = \"4.00\", night = \"8.00\", weekend = \"6.00\", holiday = \"12.00\" }"),
            );
            return None;
        }
        let rate = |it: Option<raw::Rate>| it.map(|it| it.0).unwrap_or_default();
        let hour = table.hour.get().map(|it| HourRates {
            working: rate(it.working),
            evening: rate(it.evening),
            night: rate(it.night),
            weekend: rate(it.weekend),
            holiday: rate(it.holiday),
        });
        let day = table.day.get().map(|it| DayRates {
            weekday: rate(it.weekday),
            weekend: rate(it.weekend),
            holiday: rate(it.holiday),
        });
        Some(Pay {
            currency: table.currency.get()?.clone(),
            hour: hour.unwrap_or_default(),
            day: day.unwrap_or_default(),
            secondary_percent: percent.map_or(100, |it| it.value),
        })
    }

    fn stages(&mut self, file: &File<'_>, rows: &Rows<raw::StageRow>) -> Option<Vec<Stage>> {
        let mut stages: Vec<Stage> = Vec::new();
        let mut sound = true;
        for At { value: row, .. } in rows.sound() {
            if stages.iter().any(|it| it.name == row.name.value) {
                let message = format!("there are two stages `{}`", row.name.value);
                let diagnostic = file.error("duplicate-stage", &row.name.span, message);
                self.report(diagnostic.help("put all of its needs into one row, or call one of them otherwise"));
                sound = false;
            }
            stages
                .push(Stage { name: row.name.value.clone(), needs: row.needs.as_ref().map(needs).unwrap_or_default() });
        }
        sound.then_some(stages)
    }

    /// The rotation of that name, or a mistake.
    pub(super) fn rotation_id(&mut self, file: &File<'_>, name: &At<String>) -> Option<crate::org::RotationId> {
        if let Some(id) = self.rotations.ids.get(&name.value) {
            return Some(*id);
        }
        let diagnostic = file.error("unknown-rotation", &name.span, format!("no such rotation: `{}`", name.value));
        let rotations = self.rotations.ids.keys().map(String::as_str);
        let diagnostic = self.suggest(diagnostic, &name.value, rotations, "rotations");
        self.report(diagnostic);
        None
    }
}

fn windows(raw: Option<OneOrMany<Window>>, default: &str) -> Vec<Window> {
    match raw {
        Some(windows) => windows.0,
        None => vec![Window::parse(default).expect("the default hours are hours")],
    }
}

fn weights(raw: Option<&raw::WeightsTable>) -> Weights {
    let defaults = Weights::default();
    let Some(raw) = raw else { return defaults };
    Weights {
        night: raw.night.unwrap_or(defaults.night),
        weekend: raw.weekend.unwrap_or(defaults.weekend),
        holiday: raw.holiday.unwrap_or(defaults.holiday),
        page: raw.page.unwrap_or(defaults.page),
        page_in_sleep: raw.page_in_sleep.unwrap_or(defaults.page_in_sleep),
    }
}

fn needs(raw: &raw::NeedsTable) -> Needs {
    Needs {
        trained: raw.trained.clone().unwrap_or_default(),
        drills: raw.drills.clone().unwrap_or_default(),
        shadowed_turns: raw.shadowed_turns.unwrap_or(0),
        secondary_turns: raw.secondary_turns.unwrap_or(0),
        primary_turns: raw.primary_turns.unwrap_or(0),
        handled: raw.handled.iter().flat_map(|it| &it.0).map(|(name, count)| (name.value.clone(), *count)).collect(),
    }
}
