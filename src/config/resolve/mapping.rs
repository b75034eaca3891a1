//! From the file of a mapping to what its columns mean.

use crate::config::decode::{At, OneOrMany, TagValue};
use crate::config::mapping::{Layout, Mapping, Moment, StepColumn, StepKind, TimeColumn, When};
use crate::config::resolve::Context;
use crate::config::{Diagnostic, Files, Severity, raw};
use crate::time::{Stamp, StampError, Zone};

/// The mapping in the file `name`, or every mistake in it. `times_in` is the zone of times for which the file gives none.
pub fn mapping(files: &Files, name: &str, times_in: Option<&Zone>) -> (Option<Mapping>, Vec<Diagnostic>) {
    let mut context = Context::new(files);
    let mapping = context.mapping(name, times_in);
    let mut diagnostics = context.diagnostics;
    diagnostics.sort_by_key(|it| it.span.as_ref().map(|span| (span.start, span.end)));
    let failed = diagnostics.iter().any(|it| it.severity == Severity::Error);
    (mapping.filter(|_| !failed), diagnostics)
}

/// The zones of times without an offset, as the file gives them.
struct Zones<'a> {
    /// For times that have none of their own.
    default: Option<&'a Zone>,
    /// All that were used.
    used: Vec<Zone>,
}

impl<'a> Context<'a> {
    fn mapping(&mut self, name: &str, times_in: Option<&Zone>) -> Option<Mapping> {
        let name = self.files.names().find(|it| *it == name)?;
        let value = self.parse(name)?;
        let raw: raw::MappingFile = self.decode(name, value)?;
        let mut zones = Zones { default: raw.zone.get().or(times_in), used: Vec::new() };
        let opened = raw.opened.get().map(|it| self.time_column(name, &it.value, &mut zones));
        let resolved = raw.resolved.get().map(|it| self.moment(name, it, &mut zones));
        for (key, moment) in [("acknowledged", raw.acknowledged.get()), ("resolved", raw.resolved.get())] {
            let Some(At { value, span }) = moment else { continue };
            if value.at.is_none() && value.after.is_none() {
                let message = format!("`{key}` does not say when");
                let diagnostic = Diagnostic::error("no-time", name, span.clone(), message);
                self.report(diagnostic.help("at = { column = …, format = … }, or after = a column of seconds"));
            }
        }
        let by_value = raw.step.get().filter(|it| it.value.resolved.is_some());
        if let (Some(step), Some(_)) = (by_value, raw.resolved.get()) {
            let message = "`step` and `resolved` both say when an episode was resolved";
            let diagnostic = Diagnostic::error("two-times", name, step.span.clone(), message);
            self.report(diagnostic.help("keep `resolved`, if its column is filled; else the values of `step`"));
        }
        let layout = match raw.at.get() {
            Some(at) => self.updates(name, at, &raw, &mut zones),
            None => self.episodes(name, &raw, &mut zones),
        };
        let separator = self.separator(name, raw.separator.get());
        let tags = raw.tags.get().map(|it| it.0.as_slice()).unwrap_or_default();
        let teams = raw.teams.get().map(|it| it.0.as_slice()).unwrap_or_default();
        let mut zone = zones.used.pop();
        zone = zone.filter(|it| zones.used.iter().all(|other| other == it));
        Some(Mapping {
            id: raw.id.get()?.value.clone(),
            opened: optional(opened)?,
            layout: layout?,
            resolved: optional(resolved)?,
            tags: tags.iter().map(|(tag, column)| (tag.value.clone(), column.value.clone())).collect(),
            teams: teams.iter().map(|(theirs, ours)| (theirs.value.clone(), ours.clone())).collect(),
            missing: raw.missing.get().into_iter().flatten().map(|it| it.0.clone()).collect(),
            separator: separator?,
            zone,
        })
    }

    fn updates(
        &mut self,
        name: &str,
        at: &At<raw::TimeTable>,
        raw: &raw::MappingFile,
        zones: &mut Zones<'_>,
    ) -> Option<Layout> {
        for (key, moment) in [("paged", raw.paged.get()), ("acknowledged", raw.acknowledged.get())] {
            let Some(moment) = moment else { continue };
            let message = format!("`at` says that a row is one update, and `{key}` that it is a whole episode");
            let diagnostic = Diagnostic::error("two-layouts", name, moment.span.clone(), message);
            self.report(match key {
                "paged" => diagnostic.help("leave `paged` out: the first team of an episode was paged first"),
                _ => diagnostic.help(
                    "say which values of a column mean it: step = { column = \"state\", acknowledged = [\"Active\"] }",
                ),
            });
        }
        let at = self.time_column(name, &at.value, zones);
        let step = raw.step.get().map(|it| self.step(name, it));
        let column = |it: Option<&At<String>>| it.map(|it| it.value.clone());
        Some(Layout::Updates {
            at: at?,
            team: column(raw.team.get()),
            person: column(raw.person.get()),
            step: optional(step)?,
            order: column(raw.order.get()),
        })
    }

    fn episodes(&mut self, name: &str, raw: &raw::MappingFile, zones: &mut Zones<'_>) -> Option<Layout> {
        let of_updates = [
            ("team", raw.team.get().map(|it| &it.span)),
            ("person", raw.person.get().map(|it| &it.span)),
            ("step", raw.step.get().map(|it| &it.span)),
            ("order", raw.order.get().map(|it| &it.span)),
        ];
        for (key, span) in of_updates {
            let Some(span) = span else { continue };
            let message = format!("`{key}` belongs to rows that are updates, and `at` is missing");
            let diagnostic = Diagnostic::error("no-layout", name, span.clone(), message);
            self.report(
                diagnostic
                    .help("if a row is one update: at = { column = \"updated_at\", format = \"%d/%m/%Y %H:%M\" }")
                    .help(match key {
                        "team" | "person" => {
                            format!("if a row is a whole episode: resolved = {{ {key} = … }}, with its time")
                        }
                        _ => format!("if a row is a whole episode, leave `{key}` out"),
                    }),
            );
        }
        if raw.opened.get().is_none() {
            let message = "a mapping needs `opened`, or `at` if each row is one update";
            let diagnostic = Diagnostic::error("missing-key", name, 0..0, message).whole_file();
            self.report(
                diagnostic.help("opened = { column = \"created_at\", format = \"%Y-%m-%d %H:%M:%S\", zone = \"UTC\" }"),
            );
        }
        let paged = raw.paged.get().map(|it| self.moment(name, it, zones));
        let acknowledged = raw.acknowledged.get().map(|it| self.moment(name, it, zones));
        Some(Layout::Episodes { paged: optional(paged)?, acknowledged: optional(acknowledged)? })
    }

    fn moment(&mut self, name: &str, raw: &At<raw::MomentTable>, zones: &mut Zones<'_>) -> Option<Moment> {
        let At { value: raw, span } = raw;
        if let (Some(_), Some(after)) = (&raw.at, &raw.after) {
            let diagnostic = Diagnostic::error("two-times", name, after.span.clone(), "`at` and `after` both say when");
            self.report(diagnostic.help("keep one of them"));
        }
        if raw.at.is_none() && raw.after.is_none() && raw.team.is_none() && raw.person.is_none() {
            let diagnostic = Diagnostic::error("empty-step", name, span.clone(), "this step says nothing");
            self.report(
                diagnostic.help("{ at = { column = \"resolved_at\", format = \"%+\" }, team = \"resolver_team\" }"),
            );
        }
        let when = match (&raw.at, &raw.after) {
            (Some(at), _) => Some(self.time_column(name, &at.value, zones).map(When::At)),
            (None, Some(after)) => {
                let a_second = raw.unit.map_or(1, |it| it.0);
                Some(Some(When::After { column: after.value.clone(), a_second }))
            }
            (None, None) => None,
        };
        let column = |it: &Option<At<String>>| it.as_ref().map(|it| it.value.clone());
        Some(Moment {
            when: optional(when)?,
            team: column(&raw.team),
            person: column(&raw.person),
            between: column(&raw.between),
        })
    }

    fn time_column(&mut self, name: &str, raw: &raw::TimeTable, zones: &mut Zones<'_>) -> Option<TimeColumn> {
        let format = &raw.format;
        let error = |error: &StampError, span| Diagnostic::error("bad-format", name, span, error.to_string());
        let stamp = Stamp::bears_offset(&format.value).and_then(|offset| {
            let own = raw.zone.as_ref().map(|it| &it.value);
            // What the file says of all times does not concern those that bear their offset.
            let zone = own.or(zones.default.filter(|_| !offset)).cloned();
            zones.used.extend(zone.clone());
            Stamp::new(&format.value, zone)
        });
        match stamp {
            Ok(stamp) => return Some(TimeColumn { column: raw.column.value.clone(), stamp }),
            Err(it @ StampError::NoZone) => self.report(
                Diagnostic { code: "time-without-zone", ..error(&it, format.span.clone()) }
                    .help("zone = \"Europe/Dublin\" beside it, or once at the top of the file for all times")
                    .help("or `--times-in ZONE` when loading"),
            ),
            Err(it @ StampError::TwoZones) => {
                let span = raw.zone.as_ref().map_or(format.span.clone(), |it| it.span.clone());
                self.report(Diagnostic { code: "two-zones", ..error(&it, span) }.help("leave `zone` out"));
            }
            Err(it @ StampError::ZoneName) => self.report(
                error(&it, format.span.clone()).help("an offset is `%z`; if all times are of one zone, write its letters and give the `zone`"),
            ),
            Err(it) => self.report(
                error(&it, format.span.clone())
                    .help("such as \"%d/%m/%Y %H:%M\", \"%Y-%m-%dT%H:%M:%S%z\", \"%+\" for RFC 3339, \"%s\" for seconds since 1970"),
            ),
        }
        None
    }

    fn step(&mut self, name: &str, raw: &At<raw::StepTable>) -> Option<StepColumn> {
        let At { value: raw, span } = raw;
        let kinds: [(StepKind, &Option<OneOrMany<TagValue>>); 6] = [
            (StepKind::Paged, &raw.paged),
            (StepKind::Acknowledged, &raw.acknowledged),
            (StepKind::Reassigned, &raw.reassigned),
            (StepKind::Added, &raw.added),
            (StepKind::Escalated, &raw.escalated),
            (StepKind::Resolved, &raw.resolved),
        ];
        let mut values: Vec<(String, StepKind)> = Vec::new();
        for (kind, words) in kinds {
            for TagValue(word) in words.iter().flat_map(|it| &it.0) {
                if let Some((_, before)) = values.iter().find(|(it, _)| it == word) {
                    let message = format!("`{word}` means `{}` and `{}`", before.word(), kind.word());
                    let diagnostic = Diagnostic::error("two-meanings", name, span.clone(), message);
                    self.report(diagnostic.help("a value says one thing: keep it where the episode goes on from it"));
                    continue;
                }
                values.push((word.clone(), kind));
            }
        }
        if values.is_empty() {
            let diagnostic =
                Diagnostic::error("empty-step", name, span.clone(), "no value of this column means anything");
            self.report(diagnostic.help("step = { column = \"state\", resolved = [\"Resolved\", \"Closed\"] }"));
        }
        Some(StepColumn { column: raw.column.value.clone(), values })
    }

    fn separator(&mut self, name: &str, raw: Option<&At<String>>) -> Option<u8> {
        let Some(raw) = raw else { return Some(b',') };
        match raw.value.as_bytes() {
            [byte @ (b',' | b';' | b'|')] => Some(*byte),
            b"tab" => Some(b'\t'),
            _ => {
                let message = format!("`{}` does not separate cells", raw.value);
                let diagnostic = Diagnostic::error("bad-word", name, raw.span.clone(), message);
                self.report(diagnostic.help("one of \",\" \";\" \"|\" \"tab\""));
                None
            }
        }
    }
}

/// Nothing stays nothing; what is wrong is wrong.
#[allow(clippy::option_option, reason = "the outer says whether it is written, the inner whether it is right")]
fn optional<T>(it: Option<Option<T>>) -> Option<Option<T>> {
    match it {
        None => Some(None),
        Some(None) => None,
        Some(it) => Some(it),
    }
}
