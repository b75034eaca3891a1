//! One file a rotation.

use std::ops::Range;

use chrono::NaiveDate;

use super::{Context, File};
use crate::config::Diagnostic;
use crate::config::decode::{At, OnDay, Unit, When};
use crate::config::raw;
use crate::org::{Holder, Layer, Override, PersonId, Rotation, Seat, Secondary, SecondaryCalendar, Shadow};
use crate::time::{Cadence, From, Handoffs, Hours, Start, Times, Weekdays, Zone, weekday_name};

impl Context<'_> {
    pub(super) fn rotation(
        &mut self,
        file: &File<'_>,
        stem: &str,
        raw: &raw::RotationFile,
        assigned: Option<(&File<'_>, Option<&raw::AssignedFile>)>,
    ) -> Option<Rotation> {
        let id = *self.rotations.ids.get(stem)?;
        let zone = raw.zone.clone().unwrap_or_else(|| self.zone.clone());
        let coverage = self.coverage(file, raw.coverage.as_deref(), &zone);
        let layers = self.layers(file, raw.layers.as_deref().unwrap_or_default(), &zone);
        if raw.layers.as_ref().is_none_or(Vec::is_empty) {
            let diagnostic =
                Diagnostic::error("no-layers", file.name, 0..0, "this rotation has no layers").whole_file();
            self.report(diagnostic.help(
                "[[layers]]\npeople = [\"ana\", \"bo\"]\nfrom = 2026-01-05\nhandoff = { every = \"week\", on = \"Mon\", at = \"10:00\" }",
            ));
        }
        let secondary = match &raw.secondary {
            None => Some(None),
            Some(raw) => self.secondary(file, raw, &zone).map(Some),
        };
        let shadows = self.shadows(file, raw.shadows.as_deref().unwrap_or_default(), &zone);
        let (layers, secondary) = (layers?, secondary?);
        let seats = Seats { layers: &layers, secondary: secondary.as_ref() };
        let mut overrides = Vec::new();
        let mut sound = true;
        // What a machine assigned is covered by what people write.
        if let Some((file, raw)) = assigned {
            match raw {
                Some(raw) => {
                    let rows = raw.overrides.as_deref().unwrap_or_default();
                    sound &= self.overrides(file, rows, &zone, &seats, &mut overrides);
                }
                None => sound = false,
            }
        }
        let rows = raw.overrides.as_deref().unwrap_or_default();
        sound &= self.overrides(file, rows, &zone, &seats, &mut overrides);
        sound.then_some(())?;
        Some(Rotation {
            id,
            key: stem.to_owned(),
            name: raw.name.clone().unwrap_or_else(|| stem.to_owned()),
            coverage: coverage?,
            layers,
            secondary,
            overrides,
            shadows: shadows?,
            family: raw.pagerduty.as_ref().and_then(|it| it.family).map(|it| it.0),
            source: file.source(&(0..0)),
            zone,
        })
    }

    fn coverage(
        &mut self,
        file: &File<'_>,
        windows: Option<&[At<crate::time::Window>]>,
        zone: &Zone,
    ) -> Option<Option<Hours>> {
        match windows {
            None => Some(None),
            Some(windows) => self.hours(file, windows, zone).map(Some),
        }
    }

    fn secondary(&mut self, file: &File<'_>, raw: &At<raw::SecondaryTable>, zone: &Zone) -> Option<Secondary> {
        let coverage = self.coverage(file, raw.value.coverage.as_deref(), zone);
        let calendar = match (&raw.value.follow, &raw.value.layers) {
            (Some(follow), None) if follow.value == 0 => {
                let diagnostic =
                    file.error("follow-zero", &follow.span, "a secondary that follows by 0 places is the primary");
                self.report(diagnostic.help("`follow = 1` is whoever comes next"));
                return None;
            }
            (Some(follow), None) => SecondaryCalendar::Follow(follow.value),
            (None, Some(layers)) if !layers.is_empty() => SecondaryCalendar::Layers(self.layers(file, layers, zone)?),
            (Some(follow), Some(_)) => {
                let message = "a secondary either follows the primary or has layers of its own";
                self.report(file.error("two-forms", &follow.span, message).help("keep `follow` or the layers"));
                return None;
            }
            (None, _) => {
                let diagnostic = file.error("no-secondary", &raw.span, "`[secondary]` needs `follow` or layers");
                self.report(diagnostic.help("`follow = 1` is whoever comes next in the primary seat"));
                return None;
            }
        };
        Some(Secondary { calendar, coverage: coverage? })
    }

    fn layers(&mut self, file: &File<'_>, rows: &[At<raw::LayerRow>], zone: &Zone) -> Option<Vec<Layer>> {
        let layers: Vec<Option<Layer>> = rows.iter().map(|it| self.layer(file, it, zone)).collect();
        layers.into_iter().collect()
    }

    fn layer(&mut self, file: &File<'_>, row: &At<raw::LayerRow>, rotation_zone: &Zone) -> Option<Layer> {
        let raw = &row.value;
        let zone = raw.zone.as_ref().unwrap_or(rotation_zone);
        let hours = match &raw.hours {
            None => Some(Hours::always(zone)),
            Some(windows) => self.hours(file, windows, zone),
        };
        let places: Vec<Option<Holder>> = raw.people.value.iter().map(|it| self.holder(file, it)).collect();
        if places.is_empty() {
            let diagnostic = file.error("no-people", &raw.people.span, "this layer has no people");
            self.report(diagnostic.help("a place that stays vacant is \"@nobody\""));
        }
        let first = raw.first.as_ref().map_or(Some(0), |first| self.first(file, first, &raw.people.value));
        let cadence = self.cadence(file, &raw.handoff, &raw.from);
        let cadence = cadence?;
        let from = match raw.from.value {
            When::Day(day) => From::Day(day),
            When::Local(civil) => From::Splice(zone.resolve(civil)),
            When::Instant(at) => From::Splice(at),
        };
        let handoffs = match Handoffs::new(&cadence, zone, from) {
            Ok(handoffs) => handoffs,
            Err(error) => {
                self.not_a_start(file, &raw.from.span, "from", &error);
                return None;
            }
        };
        let until = match &raw.until {
            None => None,
            Some(until) => Some(self.until(file, until, &handoffs)?),
        };
        let places: Option<Vec<Holder>> = places.into_iter().collect();
        let places = places.filter(|it| !it.is_empty())?;
        Some(Layer {
            places,
            together: raw.together.unwrap_or(false),
            first: first?,
            cadence,
            handoffs,
            hours: hours?,
            until,
            source: file.source(&row.span),
        })
    }

    fn holder(&mut self, file: &File<'_>, name: &At<String>) -> Option<Holder> {
        if name.value == "@nobody" {
            return Some(Holder::Nobody);
        }
        if name.value == "nobody" {
            let diagnostic = file.error("unknown-person", &name.span, "no such person: `nobody`");
            self.report(diagnostic.help("a vacant place is \"@nobody\""));
            return None;
        }
        self.person(file, name).map(Holder::Person)
    }

    fn first(&mut self, file: &File<'_>, first: &At<String>, people: &[At<String>]) -> Option<u32> {
        let mut places = people.iter().enumerate().filter(|(_, it)| it.value == first.value).map(|(place, _)| place);
        match (places.next(), places.next()) {
            (Some(place), None) => u32::try_from(place).ok(),
            (Some(place), Some(other)) => {
                let message = format!("`{}` stands twice among the people: which turn comes first?", first.value);
                let diagnostic = file.error("ambiguous-first", &first.span, message);
                self.report(diagnostic.help(format!(
                    "it may mean place {} or place {}: turn the list so that the first turn's person stands first, and leave `first` out",
                    place + 1,
                    other + 1
                )));
                None
            }
            (None, _) => {
                let message = format!("`{}` is not among the people of this layer", first.value);
                let diagnostic = file.error("unknown-first", &first.span, message);
                self.report(diagnostic.nearest(&first.value, people.iter().map(|it| it.value.as_str()), "people"));
                None
            }
        }
    }

    fn cadence(&mut self, file: &File<'_>, handoff: &At<raw::HandoffTable>, from: &At<When>) -> Option<Cadence> {
        let raw = &handoff.value;
        let times = &raw.at.value.0;
        let mut fail = |code, span: &Range<usize>, message: &str, help: String| {
            self.diagnostics.push(file.error(code, span, message).help(help));
        };
        let (every, rule) = match (&raw.every, &raw.rrule) {
            (Some(every), None) => (Some(every), None),
            (None, Some(rule)) => (None, Some(rule)),
            (Some(_), Some(rule)) => {
                fail("two-forms", &rule.span, "a handoff has either `every` or `rrule`", "keep one of them".to_owned());
                return None;
            }
            (None, None) => {
                let help = "every = \"week\", on = \"Mon\", at = \"10:00\"".to_owned();
                fail("no-cadence", &handoff.span, "a handoff needs `every` or `rrule`", help);
                return None;
            }
        };
        let one_time = match times.as_slice() {
            [time] => Some(*time),
            _ => None,
        };
        let Some(at) = Times::new(times.clone()) else {
            fail("no-time", &raw.at.span, "a handoff needs a time", "at = \"10:00\"".to_owned());
            return None;
        };
        if at.as_slice().len() < times.len() {
            fail("duplicate-time", &raw.at.span, "a time stands twice in this list", "keep it once".to_owned());
            return None;
        }
        if let Some(rule) = rule {
            if let Some(on) = &raw.on {
                let help = "say the days in the rule: `BYDAY=MO,TH`, `BYMONTHDAY=1`".to_owned();
                fail("unused-on", &on.span, "an `rrule` has no `on`", help);
                return None;
            }
            let Some(at) = one_time else {
                let help = "one time here; more by `BYHOUR` and `BYMINUTE` in the rule".to_owned();
                fail("one-time", &raw.at.span, "an `rrule` starts at one time", help);
                return None;
            };
            return Some(Cadence::Rule { rule: rule.value.clone(), at });
        }
        let every = every?;
        let count = every.value.count;
        let on = raw.on.as_ref().map(|on| (&on.span, &on.value.0));
        match (every.value.unit, on) {
            (Unit::Hours, None) => match one_time {
                Some(at) => Some(Cadence::Hours { every: count, at }),
                None => {
                    let help =
                        "for several fixed times of a day: every = \"day\", at = [\"08:00\", \"20:00\"]".to_owned();
                    fail("one-time", &raw.at.span, "hours are counted from one time", help);
                    None
                }
            },
            (Unit::Days, None) => Some(Cadence::Days { every: count, at }),
            (Unit::Hours, Some((span, _))) => {
                fail("unused-on", span, "hours have no `on`", "leave it out".to_owned());
                None
            }
            (Unit::Days, Some((span, _))) => {
                let help = "for some days of the week: every = \"week\", on = [\"Mon\", \"Tue\"]".to_owned();
                fail("unused-on", span, "days have no `on`", help);
                None
            }
            (Unit::Weeks, None) => {
                let day = match from.value {
                    When::Day(day) => weekday_name(chrono::Datelike::weekday(&day)),
                    When::Local(_) | When::Instant(_) => "Mon",
                };
                fail("no-on", &handoff.span, "weeks need a day: `on`", format!("add `on = \"{day}\"`"));
                None
            }
            (Unit::Months, None) => {
                fail("no-on", &handoff.span, "months need a day: `on`", "add `on = 1`, or `on = \"last\"`".to_owned());
                None
            }
            (Unit::Weeks, Some((span, days))) => {
                let weekdays: Option<Vec<_>> = days
                    .iter()
                    .map(|it| match it.value {
                        OnDay::Week(day) => Some(day),
                        OnDay::Month(_) => None,
                    })
                    .collect();
                match weekdays.and_then(Weekdays::new) {
                    Some(weekdays) => Some(Cadence::Weeks { every: count, on: weekdays, at }),
                    None => {
                        fail("bad-day", span, "weeks hand over on weekdays", "on = \"Mon\", or a list".to_owned());
                        None
                    }
                }
            }
            (Unit::Months, Some((span, days))) => match days.as_slice() {
                [At { value: OnDay::Month(day), .. }] => Some(Cadence::Months { every: count, on: *day, at }),
                _ => {
                    let help =
                        "on = 1 to 28, or \"last\"; for a weekday of the month: rrule = \"FREQ=MONTHLY;BYDAY=1MO\"";
                    fail("bad-day", span, "months hand over on one day of the month", help.to_owned());
                    None
                }
            },
        }
    }

    fn until(&mut self, file: &File<'_>, until: &At<When>, handoffs: &Handoffs) -> Option<crate::time::Instant> {
        let end = match until.value {
            When::Local(civil) => handoffs.zone().resolve(civil),
            When::Instant(at) => at,
            When::Day(day) => match handoffs.on(day) {
                Ok(Some(at)) => at,
                Ok(None) => {
                    let (before, after) = handoffs.neighbours(day);
                    self.not_a_start(file, &until.span, "until", &Start::NotHandoffDay { day, before, after });
                    return None;
                }
                Err(error) => {
                    self.not_a_start(file, &until.span, "until", &Start::Exhausted(error));
                    return None;
                }
            },
        };
        if end <= handoffs.start() {
            let diagnostic = file.error("empty-span", &until.span, "this layer ends before it begins");
            self.report(diagnostic.help("`until` is the handoff at which the layer ends"));
            return None;
        }
        Some(end)
    }

    fn not_a_start(&mut self, file: &File<'_>, span: &Range<usize>, key: &str, error: &Start) {
        let named = |day: &NaiveDate| format!("{} {day}", weekday_name(chrono::Datelike::weekday(day)));
        let diagnostic = match error {
            Start::Exhausted(error) => file.error("no-handoff", span, error.to_string()),
            Start::NotHandoffDay { day, before, after } => {
                let message = format!("{} is not a handoff day of this layer", named(day));
                let diagnostic = file.error("not-a-handoff-day", span, message);
                match (before, after) {
                    (Some(before), Some(after)) => diagnostic.help(format!(
                        "the handoff days around it are {} and {}",
                        named(before),
                        named(after)
                    )),
                    (Some(near), None) | (None, Some(near)) => {
                        diagnostic.help(format!("the nearest handoff day is {}", named(near)))
                    }
                    (None, None) => diagnostic.help("there is no handoff within five years of it"),
                }
                .help(format!("or give `{key}` a time of day, to splice there between two handoffs"))
            }
        };
        self.report(diagnostic);
    }

    fn overrides(
        &mut self,
        file: &File<'_>,
        rows: &[At<raw::OverrideRow>],
        zone: &Zone,
        seats: &Seats<'_>,
        overrides: &mut Vec<Override>,
    ) -> bool {
        let before = overrides.len();
        for row in rows {
            let found = self.one_override(file, row, zone, seats);
            overrides.extend(found);
        }
        overrides.len() - before == rows.len()
    }

    fn one_override(
        &mut self,
        file: &File<'_>,
        row: &At<raw::OverrideRow>,
        zone: &Zone,
        seats: &Seats<'_>,
    ) -> Option<Override> {
        let raw = &row.value;
        let holder = self.holder(file, &raw.person);
        let instead_of = match &raw.instead_of {
            None => Some(None),
            Some(name) => self.person(file, name).map(Some),
        };
        let span = self.span(file, &raw.from, raw.until.as_ref(), raw.through.as_ref(), zone);
        let seat = raw.seat.as_ref().map_or(Seat::Primary, |it| it.value.0);
        let Some(layers) = seats.layers(seat) else {
            let at = raw.seat.as_ref().map_or(&row.span, |it| &it.span);
            let diagnostic = file.error("no-such-seat", at, "this rotation has no secondary seat");
            self.report(diagnostic.help("add `[secondary]` with `follow = 1`, or leave `seat` out"));
            return None;
        };
        let (holder, instead_of, span) = (holder?, instead_of?, span?);
        if Some(holder) == instead_of.map(Holder::Person) {
            let at = raw.instead_of.as_ref().map_or(&row.span, |it| &it.span);
            let message = format!("`{}` cannot stand in for themselves", raw.person.value);
            self.report(file.error("same-person", at, message));
            return None;
        }
        let together =
            layers.iter().find(|it| it.together && it.span().is_some_and(|it| it.intersection(span).is_some()));
        if let (Some(layer), None) = (together, instead_of) {
            let diagnostic = file.error(
                "no-for",
                &raw.person.span,
                "this override must say for whom: everybody is on call together then",
            );
            let known: Vec<&str> = layer.people().iter().filter_map(|it| self.person_key_of(*it)).collect();
            let help =
                known.first().map(|it| format!("add `for = \"{it}\"`, or whom else of the layer at {}", layer.source));
            self.report(match help {
                Some(help) => diagnostic.help(help),
                None => diagnostic,
            });
            return None;
        }
        Some(Override { holder, instead_of, span, seat, reason: raw.reason.clone(), source: file.source(&row.span) })
    }

    fn person_key_of(&self, id: PersonId) -> Option<&str> {
        self.people.ids.iter().find(|(_, it)| **it == id).map(|(key, _)| key.as_str())
    }

    fn shadows(&mut self, file: &File<'_>, rows: &[At<raw::ShadowRow>], zone: &Zone) -> Option<Vec<Shadow>> {
        let mut shadows = Vec::new();
        for row in rows {
            let raw = &row.value;
            let person = self.person(file, &raw.person);
            let with = match &raw.with {
                None => Some(None),
                Some(name) => self.person(file, name).map(Some),
            };
            let span = self.span(file, &raw.from, raw.until.as_ref(), raw.through.as_ref(), zone);
            let (Some(person), Some(with), Some(span)) = (person, with, span) else { continue };
            if with == Some(person) {
                let at = raw.with.as_ref().map_or(&row.span, |it| &it.span);
                self.report(file.error("same-person", at, format!("`{}` cannot shadow themselves", raw.person.value)));
                continue;
            }
            shadows.push(Shadow { person, with, span, reason: raw.reason.clone(), source: file.source(&row.span) });
        }
        (shadows.len() == rows.len()).then_some(shadows)
    }
}

/// The layers of both seats, while the rotation is not yet made.
struct Seats<'a> {
    layers: &'a [Layer],
    secondary: Option<&'a Secondary>,
}

impl<'a> Seats<'a> {
    fn layers(&self, seat: Seat) -> Option<&'a [Layer]> {
        match (seat, self.secondary.map(|it| &it.calendar)) {
            (Seat::Primary, _) | (Seat::Secondary, Some(SecondaryCalendar::Follow(_))) => Some(self.layers),
            (Seat::Secondary, Some(SecondaryCalendar::Layers(layers))) => Some(layers),
            (Seat::Secondary, None) => None,
        }
    }
}
