//! One file a rotation.

use std::ops::Range;

use chrono::NaiveDate;

use super::{Context, File};
use crate::config::Diagnostic;
use crate::config::decode::{At, Kept, OnDay, Rows, Unit, When};
use crate::config::diagnostic::list;
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
        let zone = raw.zone.get().cloned().unwrap_or_else(|| self.zone.clone());
        let coverage = self.coverage(file, &raw.coverage, &zone);
        let layers = self.layers(file, raw.layers.0.as_deref().unwrap_or_default(), &zone);
        // Whoever wrote `[[layer]]` is told that, and no more.
        if raw.layers.0.as_ref().is_none_or(Vec::is_empty) && !self.is_wrong(file) {
            let diagnostic =
                Diagnostic::error("no-layers", file.name, 0..0, "this rotation has no layers").whole_file();
            self.report(diagnostic.help(
                "[[layers]]\npeople = [\"ana\", \"bo\"]\nfrom = 2026-01-05\nhandoff = { every = \"week\", on = \"Mon\", at = \"10:00\" }",
            ));
        }
        let secondary = raw.secondary.get().map(|it| self.secondary(file, it, &zone));
        if let (Some(layers), Some(Some(secondary)), Some(raw)) = (&layers, &secondary, raw.secondary.get()) {
            self.full_circle(file, layers, secondary, raw);
        }
        let seats = Seats {
            primary: layers.as_deref(),
            secondary: match &secondary {
                Some(secondary) => Some(secondary.as_ref()),
                None if self.without_secondary.contains(&id) => None,
                None => Some(None),
            },
        };
        // What a machine assigned is covered by what people write.
        let mut overrides = Vec::new();
        if let Some((file, Some(raw))) = assigned {
            for row in raw.overrides.sound() {
                let plain = At { value: row.value.as_override(), span: row.span.clone() };
                let swap = row.value.swap.clone();
                overrides.extend(self.one_override(file, &plain, &zone, &seats).map(|it| Override { swap, ..it }));
            }
        }
        let assigned = overrides.len();
        overrides.extend(self.overrides(file, &raw.overrides, &zone, &seats));
        let shadows = self.shadows(file, &raw.shadows, &zone);
        Some(Rotation {
            id,
            key: stem.to_owned(),
            name: raw.name.0.clone().unwrap_or_else(|| stem.to_owned()),
            coverage: coverage?,
            secondary: match secondary {
                Some(secondary) => Some(secondary?),
                None => None,
            },
            layers: layers?,
            overrides,
            assigned,
            shadows,
            family: raw.pagerduty.get().and_then(|it| it.family).map(|it| it.0),
            source: file.source(&(0..0)),
            zone,
        })
    }

    fn coverage(&mut self, file: &File<'_>, windows: &Rows<crate::time::Window>, zone: &Zone) -> Option<Option<Hours>> {
        match windows.get() {
            None => Some(None),
            Some(rows) => {
                let sound: Vec<_> = rows.iter().filter_map(Kept::get).cloned().collect();
                self.hours(file, &sound, zone).map(Some)
            }
        }
    }

    fn secondary(&mut self, file: &File<'_>, raw: &At<raw::SecondaryTable>, zone: &Zone) -> Option<Secondary> {
        let coverage = self.coverage(file, &raw.value.coverage, zone);
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

    /// Warns of a secondary that follows all the way round, and so is the primary, in every layer in which people take
    /// turns.
    fn full_circle(&mut self, file: &File<'_>, layers: &[Layer], secondary: &Secondary, raw: &At<raw::SecondaryTable>) {
        let (SecondaryCalendar::Follow(places), Some(follow)) = (&secondary.calendar, &raw.value.follow) else {
            return;
        };
        let turns = |layer: &&Layer| !layer.together && layer.people().len() > 1;
        let circle = |layer: &Layer| {
            let mut numbers = 0..layer.places.len() as u64;
            numbers.all(|number| layer.place(number, 0) == layer.place(number, *places))
        };
        if layers.iter().any(|it| turns(&it)) && layers.iter().filter(turns).all(circle) {
            let message =
                format!("a secondary that follows by {places} places is the primary: that is all the way round");
            let diagnostic = file.error("full-circle", &follow.span, message).warning();
            self.report(diagnostic.help("`follow = 1` is whoever comes next"));
        }
    }

    fn layers(&mut self, file: &File<'_>, rows: &[Kept<At<raw::LayerRow>>], zone: &Zone) -> Option<Vec<Layer>> {
        let layers: Vec<Option<Layer>> = rows.iter().map(|it| self.layer(file, it.get()?, zone)).collect();
        layers.into_iter().collect()
    }

    fn layer(&mut self, file: &File<'_>, row: &At<raw::LayerRow>, rotation_zone: &Zone) -> Option<Layer> {
        let raw = &row.value;
        let zone = raw.zone.get().unwrap_or(rotation_zone);
        let hours = match raw.hours.get() {
            None => Some(Hours::always(zone)),
            Some(windows) if windows.value.is_empty() => {
                self.no_hours(file, &windows.span, "this layer");
                None
            }
            Some(windows) => self.hours(file, &windows.value, zone),
        };
        let people = raw.people.get();
        let places = people.iter().flat_map(|it| &it.value).map(|it| self.holder(file, it)).collect::<Vec<_>>();
        if let Some(people) = people.filter(|it| it.value.is_empty()) {
            let diagnostic = file.error("no-people", &people.span, "this layer has no people");
            self.report(diagnostic.help("a place that stays vacant is \"@nobody\""));
        }
        let first = match (raw.first.get(), people) {
            (Some(first), Some(people)) if !people.value.is_empty() => self.first(file, first, &people.value),
            _ => Some(0),
        };
        let handoff = raw.handoff.get()?;
        let cadence = self.cadence(file, handoff, &raw.from)?;
        let from = match raw.from.value {
            When::Day(day) => From::Day(day),
            When::Local(civil) => From::Splice(zone.resolve(civil)),
            When::Instant(at) => From::Splice(at),
        };
        let handoffs = match Handoffs::new(&cadence, zone, from) {
            Ok(handoffs) => handoffs,
            Err(error) => {
                self.not_a_start(file, &raw.from.span, "from", &error, handoff);
                return None;
            }
        };
        let until = match &raw.until {
            None => None,
            Some(until) => Some(self.until(file, until, &handoffs, handoff)?),
        };
        let places: Option<Vec<Holder>> = places.into_iter().collect();
        let places = places.filter(|it| !it.is_empty())?;
        Some(Layer {
            places,
            together: raw.together.0.unwrap_or(false),
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
                let diagnostic =
                    self.suggest(diagnostic, &first.value, people.iter().map(|it| it.value.as_str()), "people");
                self.report(diagnostic);
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
                let count_days = days.len();
                match weekdays.and_then(Weekdays::new) {
                    Some(weekdays) if weekdays.as_slice().len() < count_days => {
                        fail("duplicate-day", span, "a weekday stands twice in this list", "keep it once".to_owned());
                        None
                    }
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

    fn until(
        &mut self,
        file: &File<'_>,
        until: &At<When>,
        handoffs: &Handoffs,
        handoff: &At<raw::HandoffTable>,
    ) -> Option<crate::time::Instant> {
        let end = match until.value {
            When::Local(civil) => handoffs.zone().resolve(civil),
            When::Instant(at) => at,
            When::Day(day) => match handoffs.on(day) {
                Ok(Some(at)) => at,
                Ok(None) => {
                    let (before, after) = handoffs.neighbours(day);
                    let error = Start::NotHandoffDay { day, before, after };
                    self.not_a_start(file, &until.span, "until", &error, handoff);
                    return None;
                }
                Err(error) => {
                    self.not_a_start(file, &until.span, "until", &Start::Exhausted(error), handoff);
                    return None;
                }
            },
        };
        if end <= handoffs.start() {
            let diagnostic = file.error("empty-span", &until.span, "this layer ends before it begins");
            self.report(diagnostic.help("`from` is its first handoff, `until` a later one"));
            return None;
        }
        Some(end)
    }

    pub(super) fn no_hours(&mut self, file: &File<'_>, span: &Range<usize>, what: &str) {
        let diagnostic = file.error("no-hours", span, format!("{what} would never hold: a list of no hours"));
        self.report(diagnostic.help("leave `hours` out for always"));
    }

    fn not_a_start(
        &mut self,
        file: &File<'_>,
        span: &Range<usize>,
        key: &str,
        error: &Start,
        handoff: &At<raw::HandoffTable>,
    ) {
        let named = |day: &NaiveDate| format!("{} {day}", weekday_name(chrono::Datelike::weekday(day)));
        let diagnostic = match error {
            Start::Exhausted(_) => {
                let rule = handoff.value.rrule.as_ref().map_or(&handoff.span, |it| &it.span);
                let diagnostic = file.error("no-handoff", rule, "this rule never hands over, however far one looks");
                diagnostic.help("do its parts contradict each other, as the 30th of February does?")
            }
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
        rows: &Rows<raw::OverrideRow>,
        zone: &Zone,
        seats: &Seats<'_>,
    ) -> Vec<Override> {
        rows.sound().filter_map(|it| self.one_override(file, it, zone, seats)).collect()
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
        let layers = seats.layers(seat);
        if let Layers::None = layers {
            let at = raw.seat.as_ref().map_or(&row.span, |it| &it.span);
            let diagnostic = file.error("no-such-seat", at, "this rotation has no secondary seat");
            self.report(diagnostic.help("add `[secondary]` with `follow = 1`, or leave `seat` out"));
            return None;
        }
        let (holder, instead_of, span) = (holder?, instead_of?, span?);
        if Some(holder) == instead_of.map(Holder::Person) {
            let at = raw.instead_of.as_ref().map_or(&row.span, |it| &it.span);
            let message = format!("`{}` cannot stand in for themselves", raw.person.value);
            let diagnostic = file.error("same-person", at, message);
            self.report(diagnostic.help("`person` stands in, `for` is who would hold the seat otherwise"));
            return None;
        }
        if let (Layers::Known(layers), None) = (layers, instead_of) {
            let mut near =
                layers.iter().filter(|it| it.span().is_some_and(|it| it.intersection(span).is_some())).peekable();
            if near.peek().is_none() {
                self.outside(file, &raw.from.span, layers, zone);
            }
            if let Some(layer) = near.find(|it| it.together) {
                let diagnostic = file.error(
                    "no-for",
                    &raw.person.span,
                    "this override must say for whom: everybody is on call together then",
                );
                let known: Vec<&str> = layer.people().into_iter().filter_map(|it| self.person_key_of(it)).collect();
                self.report(diagnostic.help(format!("add `for = \"…\"`, with one of {}", list(&known))));
                return None;
            }
        }
        let (reason, source) = (raw.reason.clone(), file.source(&row.span));
        Some(Override { holder, instead_of, span, seat, reason, swap: None, source })
    }

    /// Warns of an override beyond all layers.
    fn outside(&mut self, file: &File<'_>, at: &Range<usize>, layers: &[Layer], zone: &Zone) {
        let first = layers.iter().map(|it| it.handoffs.start()).min();
        let last = layers.iter().map(|it| it.until).collect::<Option<Vec<_>>>().and_then(|it| it.into_iter().max());
        let message = "this override lies outside of all layers of its seat";
        let diagnostic = file.error("outside-of-layers", at, message).warning();
        let day = |at| format!("{} {}", weekday_name(chrono::Datelike::weekday(&zone.day(at))), zone.day(at));
        self.report(match (first, last) {
            (Some(first), Some(last)) => {
                diagnostic.help(format!("they reach from {} to {}: look at the year", day(first), day(last)))
            }
            (Some(first), None) => diagnostic.help(format!("they begin on {}: look at the year", day(first))),
            (None, _) => diagnostic.help("add a layer"),
        });
    }

    fn person_key_of(&self, id: PersonId) -> Option<&str> {
        self.people.ids.iter().find(|(_, it)| **it == id).map(|(key, _)| key.as_str())
    }

    fn shadows(&mut self, file: &File<'_>, rows: &Rows<raw::ShadowRow>, zone: &Zone) -> Vec<Shadow> {
        let mut shadows = Vec::new();
        for row in rows.sound() {
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
                let diagnostic =
                    file.error("same-person", at, format!("`{}` cannot shadow themselves", raw.person.value));
                self.report(diagnostic.help("leave `with` out to learn from whoever is primary"));
                continue;
            }
            shadows.push(Shadow { person, with, span, reason: raw.reason.clone(), source: file.source(&row.span) });
        }
        shadows
    }
}

/// The seats of a rotation while it is not yet made.
struct Seats<'a> {
    /// Its layers, if none is wrong.
    primary: Option<&'a [Layer]>,
    /// The seat if there is one, and what it is made of if that is not wrong.
    secondary: Option<Option<&'a Secondary>>,
}

/// What is known of the layers of a seat.
#[derive(Clone, Copy)]
enum Layers<'a> {
    Known(&'a [Layer]),
    /// Something is wrong with them.
    Unknown,
    /// There is no such seat.
    None,
}

impl<'a> Seats<'a> {
    fn layers(&self, seat: Seat) -> Layers<'a> {
        let layers = match (seat, self.secondary) {
            (Seat::Secondary, None) => return Layers::None,
            (Seat::Primary, _) => self.primary,
            (Seat::Secondary, Some(secondary)) => secondary.and_then(|it| match &it.calendar {
                SecondaryCalendar::Follow(_) => self.primary,
                SecondaryCalendar::Layers(layers) => Some(layers.as_slice()),
            }),
        };
        layers.map_or(Layers::Unknown, Layers::Known)
    }
}
