//! From rows to an organisation: names become ids, civil times instants.

mod escalation;
mod mapping;
mod people;
mod rotation;
mod settings;

pub use mapping::mapping;
pub(crate) use people::is_email;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use chrono::{NaiveDate, NaiveTime};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::decode::{At, Decode, MOST_SUGGESTIONS, Reader, When};
use crate::config::files::{is_calendar, is_toml};
use crate::config::ics::{Event, IcsError};
use crate::config::raw;
use crate::config::{Diagnostic, Files};
use crate::org::{Org, PersonId, RotationId, Source};
use crate::time::{Hours, Instant, Span, Window, Zone};

/// Stems that are not rotations.
const RESERVED: [&str; 4] = ["org", "people", "services", "escalation"];

/// What all files say together; nothing, if any of them is in error.
///
/// The second part holds every mistake in all files, in the order of the files.
pub fn read(files: &Files) -> (Option<Org>, Vec<Diagnostic>) {
    let mut context = Context::new(files);
    let org = context.organisation();
    let mut diagnostics = context.diagnostics;
    diagnostics.sort_by_key(|it| (it.file.clone(), it.span.as_ref().map(|span| (span.start, span.end))));
    diagnostics.dedup();
    let failed = diagnostics.iter().any(|it| it.severity == crate::config::Severity::Error);
    (org.filter(|_| !failed), diagnostics)
}

/// What is known across files while they are resolved.
struct Context<'a> {
    files: &'a Files,
    diagnostics: Vec<Diagnostic>,
    zones: BTreeMap<String, Zone>,
    people: Names<PersonId>,
    rotations: Names<RotationId>,
    /// Rotations whose secondary seat is missing for sure.
    without_secondary: BTreeSet<RotationId>,
    holidays: BTreeMap<String, Arc<[NaiveDate]>>,
    /// Holiday calendars that are named, well-formed or not.
    calendars: Vec<String>,
    /// Calendars of time off that were read, by name: a whole team may keep one. Each on the clock that it was read on, if
    /// that matters.
    time_off: BTreeMap<String, Vec<(Option<Zone>, TimeOffRead)>>,
    /// Whether other calendars do not exist, rather than standing in a file that could not be read.
    calendars_complete: bool,
    /// People's ids by their names, addresses and aliases, in small letters.
    called: BTreeMap<String, String>,
    /// The organisation's zone, or UTC while that is unknown.
    zone: Zone,
}

type TimeOffRead = Result<Arc<[Event]>, IcsError>;

/// Names that rows may refer to.
struct Names<T> {
    ids: BTreeMap<String, T>,
    /// Whether what is not among them does not exist, rather than standing in a file that could not be read.
    complete: bool,
}

/// A file that is read.
struct File<'a> {
    name: &'a str,
    source_name: Arc<str>,
    files: &'a Files,
}

impl File<'_> {
    fn source(&self, span: &Range<usize>) -> Source {
        let line = self.files.line(self.name, span.start);
        Source { file: Arc::clone(&self.source_name), line: u32::try_from(line).unwrap_or(u32::MAX) }
    }

    fn error(&self, code: &'static str, span: &Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, self.name, span.clone(), message)
    }
}

impl<'a> Context<'a> {
    fn new(files: &'a Files) -> Context<'a> {
        Context {
            files,
            diagnostics: Vec::new(),
            zones: BTreeMap::new(),
            people: Names { ids: BTreeMap::new(), complete: true },
            rotations: Names { ids: BTreeMap::new(), complete: true },
            without_secondary: BTreeSet::new(),
            holidays: BTreeMap::new(),
            calendars: Vec::new(),
            time_off: BTreeMap::new(),
            calendars_complete: true,
            called: BTreeMap::new(),
            zone: Zone::utc(),
        }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn file(&self, name: &'a str) -> File<'a> {
        File { name, source_name: self.files.source_name(name).into(), files: self.files }
    }

    /// With the nearest of some names as its cure, unless there are mistakes enough already.
    fn suggest<'n>(
        &self,
        diagnostic: Diagnostic,
        word: &str,
        names: impl IntoIterator<Item = &'n str>,
        what: &str,
    ) -> Diagnostic {
        match self.may_suggest() {
            true => diagnostic.nearest(word, names, what),
            false => diagnostic.help(format!("it is none of the {what}")),
        }
    }

    fn may_suggest(&self) -> bool {
        self.diagnostics.len() < MOST_SUGGESTIONS
    }

    /// Whether something is known to be wrong with a file.
    fn is_wrong(&self, file: &File<'_>) -> bool {
        self.diagnostics.iter().any(|it| it.file == file.name)
    }

    /// Parses one file; `None` if it is not TOML.
    fn parse(&mut self, name: &'a str) -> Option<Spanned<DeValue<'a>>> {
        let Some(text) = self.files.text(name) else {
            let reason = self.files.unreadable(name).unwrap_or("it is not there").to_owned();
            let message = format!("this file cannot be read: {reason}");
            let diagnostic = Diagnostic::error("unreadable", name, 0..0, message).whole_file();
            self.report(diagnostic.help(READABLE));
            return None;
        };
        let (table, errors) = DeTable::parse_recoverable(text);
        // Only the first: one mistake often makes several.
        if let Some(error) = errors.iter().min_by_key(|it| it.span().map(|it| it.start)) {
            self.report(syntax_error(name, text, error));
            return None;
        }
        let span = table.span();
        Some(Spanned::new(span, DeValue::Table(table.into_inner())))
    }

    fn decode<T: Decode>(&mut self, name: &'a str, value: Spanned<DeValue<'_>>) -> Option<T> {
        // A file as a whole begins where it begins: what it lacks is shown there.
        let value = Spanned::new(0..0, value.into_inner());
        let mut reader = Reader { file: name, diagnostics: Vec::new(), zones: &mut self.zones };
        let decoded = T::decode(&value, &mut reader);
        self.diagnostics.append(&mut reader.diagnostics);
        decoded
    }

    fn organisation(&mut self) -> Option<Org> {
        let (names, loud): (Vec<&'a str>, Vec<&'a str>) =
            self.files.names().filter(|it| is_toml(it)).partition(|it| it.ends_with(".toml"));
        let stem = |name: &'a str| name.strip_suffix(".toml").unwrap_or(name);
        for name in loud {
            let message = "this file is not read: its name must end in `.toml`, in small letters";
            let diagnostic = Diagnostic::error("stray-file", name, 0..0, message).whole_file();
            self.report(diagnostic.help(format!("name it `{}`", name.to_lowercase())));
        }
        let (top, nested): (Vec<&str>, Vec<&str>) = names.iter().partition(|it| !it.contains('/'));
        let mut rotation_files: Vec<&str> = top.into_iter().filter(|it| !RESERVED.contains(&stem(it))).collect();
        // By id: `web` comes before `web-edge`, though `web-edge.toml` comes before `web.toml`.
        rotation_files.sort_by_key(|it| stem(it));
        let has = |name: &str| names.contains(&name);
        if !has("org.toml") {
            let missing = Diagnostic::error("no-org", "org.toml", 0..0, "there is no `org.toml`").whole_file();
            self.report(missing.help("it names the organisation's time zone: zone = \"America/New_York\""));
            self.calendars_complete = false;
        }
        for name in &rotation_files {
            let id = RotationId(u32::try_from(self.rotations.ids.len()).unwrap_or(u32::MAX));
            self.rotations.ids.insert(stem(name).to_owned(), id);
            if stem(name) == "nobody" {
                let message = "no rotation can be called `nobody`";
                let diagnostic = Diagnostic::error("reserved-name", name, 0..0, message).whole_file();
                self.report(diagnostic.help("`@nobody` stands for a vacant seat"));
            } else if !is_id(stem(name)) {
                let message = format!("`{}` is no id for a rotation", stem(name));
                let diagnostic = Diagnostic::error("bad-id", name, 0..0, message).whole_file();
                let id = as_id(stem(name)).unwrap_or_else(|| "storage-ops".to_owned());
                self.report(diagnostic.help(format!("small letters, digits, `-` and `_`, such as {id}.toml")));
            }
        }

        let settings = if has("org.toml") { self.settings() } else { None };
        let people = if has("people.toml") { self.people() } else { Some(Vec::new()) };

        let mut raw_rotations: Vec<(&str, Option<raw::RotationFile>)> = Vec::new();
        for name in &rotation_files {
            let Some(parsed) = self.parse(name) else {
                raw_rotations.push((name, None));
                continue;
            };
            let without_secondary = parsed.get_ref().as_table().is_some_and(|it| !it.contains_key("secondary"));
            if let (true, Some(id)) = (without_secondary, self.rotations.ids.get(stem(name))) {
                self.without_secondary.insert(*id);
            }
            let raw = self.decode(name, parsed);
            raw_rotations.push((name, raw));
        }
        let mut assigned = BTreeMap::new();
        for name in nested {
            match name.strip_prefix("assigned/").map(stem).filter(|it| !it.contains('/')) {
                Some(rotation) if self.rotations.ids.contains_key(rotation) => {
                    let parsed = self.parse(name);
                    let rows: Option<raw::AssignedFile> = parsed.and_then(|it| self.decode(name, it));
                    assigned.insert(rotation, (self.file(name), rows));
                }
                Some(rotation) => {
                    let message = format!("there is no rotation `{rotation}` to which these rows belong");
                    let diagnostic = Diagnostic::error("stray-file", name, 0..0, message).whole_file();
                    let rotations = self.rotations.ids.keys().map(String::as_str);
                    let diagnostic = self.suggest(diagnostic, rotation, rotations, "rotations");
                    self.report(diagnostic);
                }
                None => {
                    let message = "no TOML file is read from this folder";
                    let diagnostic = Diagnostic::error("stray-file", name, 0..0, message).whole_file();
                    self.report(
                        diagnostic.help("rotations lie beside `org.toml`, machine-written rows in `assigned/`"),
                    );
                }
            }
        }

        let mut rotations = Vec::new();
        for (name, raw) in &raw_rotations {
            let Some(raw) = raw else { continue };
            let file = self.file(name);
            let rows = assigned.get(stem(name)).map(|(file, rows)| (file, rows.as_ref()));
            rotations.extend(self.rotation(&file, stem(name), raw, rows));
        }
        let complete = rotations.len() == rotation_files.len();
        let services = if has("services.toml") { self.services() } else { Some(Vec::new()) };
        let escalation = if has("escalation.toml") {
            self.escalation()
        } else {
            Some(crate::org::Escalation { repeat: None, routes: Vec::new(), edges: Vec::new(), tests: Vec::new() })
        };
        let settings = settings?;
        complete.then_some(())?;
        Some(Org {
            zone: settings.zone,
            people: people?,
            rotations,
            services: services?,
            escalation: escalation?,
            holidays: std::mem::take(&mut self.holidays),
            working_hours: settings.working_hours,
            sleep: settings.sleep,
            limits: settings.limits,
            weights: settings.weights,
            stages: settings.stages,
            pay: settings.pay,
            pagerduty: settings.pagerduty,
        })
    }

    /// The person of that name, or a mistake.
    fn person(&mut self, file: &File<'_>, name: &At<String>) -> Option<PersonId> {
        self.person_with(file, name, "")
    }

    /// The same where people are written with a sign before their name, or without.
    fn person_with(&mut self, file: &File<'_>, name: &At<String>, sign: &str) -> Option<PersonId> {
        let bare = name.value.strip_prefix('@').unwrap_or(&name.value);
        let written = format!("{sign}{bare}");
        if let Some(id) = self.people.ids.get(bare).filter(|_| written == name.value) {
            return Some(*id);
        }
        if name.value == "@nobody" {
            let diagnostic = file.error("misplaced-nobody", &name.span, "here stands a person, not `@nobody`");
            self.report(diagnostic.help("only `people` of a layer and `person` of an override can be vacant"));
            return None;
        }
        if !self.people.complete {
            return None;
        }
        if !self.files.names().any(|it| it == "people.toml") {
            // Told once, however many people are missing with it.
            let missing = Diagnostic::error("no-people-file", "people.toml", 0..0, "there is no `people.toml`");
            self.report(missing.whole_file().help("[ana]\nname = \"Ana Souza\"\nzone = \"America/Sao_Paulo\""));
            return None;
        }
        let diagnostic = file.error("unknown-person", &name.span, format!("no such person: `{}`", name.value));
        let diagnostic = match self.called.get(&bare.to_lowercase()) {
            _ if self.people.ids.contains_key(bare) => diagnostic.help(format!("people have no `@` here: `{bare}`")),
            Some(key) => diagnostic.help(format!("files name people by the header of their table: `{sign}{key}`")),
            None if self.people.ids.is_empty() => diagnostic.help("there is nobody in `people.toml` yet"),
            None if !self.may_suggest() => diagnostic.help("it is none of the people"),
            None => {
                let names: Vec<String> = self.people.ids.keys().map(|it| format!("{sign}{it}")).collect();
                self.suggest(diagnostic, &written, names.iter().map(String::as_str), "people")
            }
        };
        self.report(diagnostic);
        None
    }

    /// A list of windows as hours on the clock of a zone.
    fn hours(&mut self, file: &File<'_>, windows: &[At<Window>], zone: &Zone) -> Option<Hours> {
        let mut sound = true;
        for window in windows {
            let Window::Holidays { calendar, .. } = &window.value else { continue };
            match calendar {
                _ if !self.calendars_complete => sound = false,
                Some(name) if self.calendars.contains(name) => {}
                Some(name) => {
                    let diagnostic =
                        file.error("unknown-calendar", &window.span, format!("no such holiday calendar: `{name}`"));
                    let calendars = self.calendars.iter().map(String::as_str);
                    let diagnostic = self.suggest(diagnostic, name, calendars, "calendars in `org.toml`");
                    self.report(diagnostic);
                    sound = false;
                }
                None if self.calendars.len() == 1 => {}
                None => {
                    let message = match self.calendars.is_empty() {
                        true => "which holidays? `org.toml` names no calendar of them",
                        false => "which holidays? `org.toml` names several calendars of them",
                    };
                    let diagnostic = file.error("ambiguous-holidays", &window.span, message);
                    let readings: Vec<String> = self.calendars.iter().map(|it| format!("\"holidays {it}\"")).collect();
                    self.report(match readings.as_slice() {
                        [] => diagnostic.help("add `holidays = { us = [\"2026-12-25\"] }` to `org.toml`"),
                        _ => diagnostic.help(format!("say {}", readings.join(" or "))),
                    });
                    sound = false;
                }
            }
        }
        sound.then(|| self.sound_hours(windows.iter().map(|it| &it.value), zone))
    }

    fn sound_hours<'w>(&self, windows: impl Iterator<Item = &'w Window>, zone: &Zone) -> Hours {
        let windows: Vec<Window> = windows.cloned().collect();
        Hours::new(zone, &windows, |calendar| {
            let calendar = calendar.or(self.calendars.first().map(String::as_str));
            calendar.and_then(|it| self.holidays.get(it)).cloned().unwrap_or_default()
        })
    }

    /// A dated row as a span. A bare date is its midnight in `zone`.
    fn span(
        &mut self,
        file: &File<'_>,
        from: &At<When>,
        until: Option<&At<When>>,
        through: Option<&At<NaiveDate>>,
        zone: &Zone,
    ) -> Option<Span> {
        let start = instant(from.value, zone);
        let (end, end_span) = match (until, through) {
            (Some(until), None) => (instant(until.value, zone), &until.span),
            (None, Some(day)) => {
                let after = day.value.succ_opt().unwrap_or(day.value);
                (zone.start_of_day(after), &day.span)
            }
            (Some(_), Some(through)) => {
                let diagnostic = file.error("two-ends", &through.span, "this row has both `until` and `through`");
                self.report(diagnostic.help("`until` excludes its end, `through` includes its day: keep one"));
                return None;
            }
            (None, None) => {
                let diagnostic = file.error("no-end", &from.span, "this row has no end");
                self.report(
                    diagnostic
                        .help("add `until = …`, which excludes its end, or `through = …`, which includes its day"),
                );
                return None;
            }
        };
        let span = Span::new(start, end);
        if span.is_none() {
            let ends = match (until, through) {
                (Some(until), _) => Some(until.value.civil(zone)),
                (None, day) => day.and_then(|it| it.value.succ_opt()).map(|it| it.and_time(NaiveTime::MIN)),
            };
            let begins = Some(from.value.civil(zone));
            let (message, help) = if start == end && begins < ends {
                ("this row has no length: the clock jumps over it", "give it times that the clock shows")
            } else if start == end && until.is_some() {
                ("this row ends where it begins", "`until` excludes its end; a single day is `from = D, through = D`")
            } else {
                ("this row ends before it begins", "`from` comes first: look at the years and the months")
            };
            self.report(file.error("empty-span", end_span, message).help(help));
        }
        span
    }

    /// Says why a calendar cannot be used. `instead` is how its days are written without it.
    fn bad_calendar(&mut self, file: &File<'_>, path: &At<String>, error: &IcsError, instead: &str) {
        let diagnostic = file.error("bad-calendar", &path.span, format!("`{}`: {error}", path.value));
        self.report(match error {
            IcsError::Form { .. } => diagnostic
                .help("export it anew: an iCalendar file begins with `BEGIN:VCALENDAR` and ends with `END:VCALENDAR`"),
            IcsError::TooMuch { .. } => {
                diagnostic.help("give its rules an end (`UNTIL`), or take out what is long past")
            }
            IcsError::Event { .. } => {
                diagnostic.help(format!("mend that event, or take it out and write its days here: {instead}"))
            }
        });
    }

    /// The name and the text of a calendar whose path stands in `file`.
    fn calendar(&mut self, file: &File<'_>, path: &At<String>) -> Option<(String, &'a str)> {
        let folder = file.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut parts: Vec<&str> = folder.split('/').filter(|it| !it.is_empty()).collect();
        let mut inside = !path.value.starts_with('/');
        for part in path.value.split('/') {
            match part {
                "" | "." => {}
                ".." => inside &= parts.pop().is_some(),
                part => parts.push(part),
            }
        }
        let key = parts.join("/");
        if inside && let Some(text) = self.files.text(&key) {
            return Some((key, text));
        }
        if let (true, Some(reason)) = (inside, self.files.unreadable(&key)) {
            let message = format!("the calendar `{}` cannot be read: {reason}", path.value);
            self.report(file.error("unreadable", &path.span, message).help(READABLE));
            return None;
        }
        let diagnostic = file.error("no-calendar", &path.span, format!("there is no calendar `{}`", path.value));
        let calendars: Vec<&str> = self.files.names().filter(|it| is_calendar(it)).collect();
        let diagnostic = match inside {
            false => diagnostic.help("calendars lie in the same folder as the file that names them, or below"),
            true if calendars.is_empty() => diagnostic.help("paths are relative to this file and end in `.ics`"),
            true => self.suggest(diagnostic, &key, calendars, "calendars"),
        };
        self.report(diagnostic);
        None
    }
}

/// What a file must be to be read.
const READABLE: &str = "files are UTF-8 text of at most 64 MiB: save it anew as that";

/// The parser's words, with what it expected as the cure.
fn syntax_error(name: &str, text: &str, error: &toml::de::Error) -> Diagnostic {
    let span = error.span().unwrap_or(0..0);
    let (message, expected) = match error.message().split_once(", expected ") {
        Some((message, expected)) => (message, Some(format!("expected {expected}"))),
        None => (error.message(), None),
    };
    let message = message.replace('\n', ", ");
    let cure = match message.as_str() {
        _ if text.get(span.start..).is_some_and(|it| it.starts_with(':')) => {
            "in TOML `=` stands between a key and its value".to_owned()
        }
        "duplicate key" => "each key, and each table, stands once: put the two together".to_owned(),
        it if it.contains("escape") => "between single quotes a backslash is only a backslash: '/\\d+/'".to_owned(),
        _ => expected.unwrap_or_else(|| "mend it, and look again: what follows it was not read".to_owned()),
    };
    Diagnostic::error("toml", name, span, message).help(cure)
}

fn instant(when: When, zone: &Zone) -> Instant {
    match when {
        When::Day(day) => zone.start_of_day(day),
        When::Local(civil) => zone.resolve(civil),
        When::Instant(at) => at,
    }
}

/// Whether a text can be the id of a person or a rotation.
fn is_id(text: &str) -> bool {
    let plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit();
    text.starts_with(plain) && text.chars().all(|it| plain(it) || it == '-' || it == '_')
}

/// The id that somebody may have meant by a name.
fn as_id(name: &str) -> Option<String> {
    let id = name.trim().to_lowercase().replace([' ', '.'], "-");
    (is_id(&id) && id != name).then_some(id)
}
