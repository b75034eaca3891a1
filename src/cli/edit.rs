//! `dogwatch edit`

use std::path::PathBuf;

use chrono::{Days, NaiveDate, NaiveDateTime};
use clap::Subcommand;

use crate::check::{self, Finding};
use crate::cli::{ExitStatus, Failure, Format, Loaded, Result, Session, export, whole};
use crate::config::{self, Severity};
use crate::edit::{self, At, End, Ending, Moment, Place, Refusal, Rewritten, Which, Wish};
use crate::export::text;
use crate::org::{Holder, Org, PersonId, RotationId, Seat, SeatId, nearest};
use crate::time::{Instant, Span, Zone, is_known, parse_days, parse_instant};

/// Changes people's own files: who joins, leaves, swaps, stands in, learns; what ends
///
/// The past stays true: a layer that has begun is ended at a handoff, and the next one goes on with the order. Comments
/// and layout are kept. What is printed is who gains and who loses which hours, who must be told, and what `check`
/// finds that it did not find before.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Times are read as the rotation's file reads them, on its clock; with an offset or a Z, they are instants.
Exit status: 0 done; 1 done, and `check` finds something new; 2 refused, and nothing is written.
Formats: text, json, markdown (for pull requests).

Try:
  dogwatch edit join gita search --after theo --dry-run
  dogwatch edit leave hugo storage-ops --at 2027-01-04
  dogwatch edit swap bo ines calls
  dogwatch edit override kofi storage-ops --for hugo --from 2027-01-08T18:00 --until 2027-01-09T10:00 --reason 'a concert'
  dogwatch edit shadow pia data --with wei --from 2027-02-01 --through 2027-02-26
  dogwatch edit end @hugo --at 2027-03-01")]
pub struct Edit {
    #[command(subcommand)]
    verb: Verb,
    /// Show what would change, and write nothing
    #[arg(short = 'n', long, global = true)]
    dry_run: bool,
    /// How far beyond the change calendars are compared and checked: days or weeks
    #[arg(long, value_name = "DAYS", default_value = "90d", global = true)]
    horizon: String,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Somebody takes turns
    ///
    /// Unless said otherwise they come last in line: until everybody else has had a turn, nothing changes for anybody.
    #[command(after_help = "\
Try:
  dogwatch edit join gita search                       last in line, from the next handoff on
  dogwatch edit join gita search --after theo --at 2027-01-04
  dogwatch edit join gita storage-ops.secondary --first
  dogwatch edit join gita app-ops --layer 3            where a seat has several layers")]
    Join {
        /// Who, by their key in people.toml
        person: String,
        /// Where: a rotation, or a seat with layers of its own such as storage-ops.secondary
        rotation: String,
        /// Right after somebody
        #[arg(long, value_name = "PERSON", conflicts_with = "first")]
        after: Option<String>,
        /// First in line: everybody else comes a turn later
        #[arg(long)]
        first: bool,
        #[command(flatten)]
        when: Handoff,
    },
    /// Somebody takes no more turns
    ///
    /// Whoever comes after them moves up; overrides and shadows stay. `end @PERSON` takes somebody out of everything.
    #[command(after_help = "\
Try:
  dogwatch edit leave hugo storage-ops                 in both seats, each at its next handoff
  dogwatch edit leave hugo storage-ops --at now        in the middle of a turn: the next one takes what is left
  dogwatch edit leave hugo storage-ops --at after-cycle")]
    Leave {
        /// Who
        person: String,
        /// Where: a rotation, or one seat of it
        rotation: String,
        #[command(flatten)]
        when: Handoff,
    },
    /// Two people exchange turns; everybody else's stay
    #[command(after_help = "\
Try:
  dogwatch edit swap bo ines calls                     each one's next turn
  dogwatch edit swap bo ines calls --turn 2026-12-24 --other-turn 2027-01-04
  dogwatch edit swap bo ines calls --turn 2026-12-24..2026-12-26 --other-turn 2027-01-01")]
    Swap {
        /// One
        person: String,
        /// The other
        other: String,
        /// Where: a rotation, or one seat of it
        rotation: String,
        /// Which turn of the one: a day on which it begins or holds, a time, or FROM..UNTIL; absent, the next one
        #[arg(long, value_name = "DAY | TIME | FROM..UNTIL")]
        turn: Option<String>,
        /// Which turn of the other
        #[arg(long, value_name = "DAY | TIME | FROM..UNTIL")]
        other_turn: Option<String>,
        /// Why, for the file
        #[arg(long)]
        reason: Option<String>,
    },
    /// Somebody stands in
    #[command(after_help = "\
Try:
  dogwatch edit override kofi storage-ops --for hugo --from 2027-01-08T18:00 --until 2027-01-09T10:00
  dogwatch edit override @nobody internal-tools --from 2027-01-02 --through 2027-01-03 --reason 'machine room moves'")]
    Override {
        /// Who stands in; @nobody leaves the seat vacant
        person: String,
        /// Where: a rotation, or one seat of it
        rotation: String,
        /// Only where this person would hold it; absent, whoever and whatever
        #[arg(long = "for", value_name = "PERSON")]
        instead_of: Option<String>,
        #[command(flatten)]
        dates: Dates,
        /// Change the past as well: what the file said was wrong
        #[arg(long)]
        correction: bool,
    },
    /// Somebody learns, and is never paged
    #[command(after_help = "\
Try:
  dogwatch edit shadow pia data --from 2027-02-01 --through 2027-02-26
  dogwatch edit shadow pia data --with wei --from 2027-02-01 --until 2027-02-08T09:00")]
    Shadow {
        /// Who learns
        person: String,
        /// Where
        rotation: String,
        /// From whom; absent, from whoever is primary
        #[arg(long, value_name = "PERSON")]
        with: Option<String>,
        #[command(flatten)]
        dates: Dates,
    },
    /// Ends a rotation, a layer, an override, a shadow, or somebody's time with us
    ///
    /// What has begun ends at the handoff; what has not begun goes. Of a rotation all layers end, and what was to
    /// come of its overrides and shadows goes. A person leaves every rotation, override and shadow; they stay in people.toml,
    /// for the past names them.
    #[command(after_help = "\
Try:
  dogwatch edit end @hugo --at 2027-03-01              leaves everywhere, at each first handoff from then on
  dogwatch edit end visibility --at 2027-03-01         the whole rotation
  dogwatch edit end app-ops --layer 2                  one of its layers
  dogwatch edit end storage-ops:78                     the row on line 78, as `show` and `now` name it")]
    End {
        /// A rotation, ROTATION:LINE, or @PERSON
        what: String,
        #[command(flatten)]
        when: When,
        /// Only this layer of a rotation or seat, counted from 1 as in the file
        #[arg(long, value_name = "N")]
        layer: Option<usize>,
    },
}

#[derive(Debug, clap::Args)]
struct When {
    /// When: now, next-handoff, after-cycle, a handoff day, or a time. next-handoff if it is not said
    #[arg(long, value_name = "WHEN")]
    at: Option<String>,
}

#[derive(Debug, clap::Args)]
struct Handoff {
    #[command(flatten)]
    when: When,
    /// Which layer of the seat, counted from 1 as in the file; may be said several times
    #[arg(long, value_name = "N")]
    layer: Vec<usize>,
}

#[derive(Debug, clap::Args)]
struct Dates {
    /// The first moment; a date is its midnight on the rotation's clock; `now` is now
    #[arg(long, value_name = "TIME")]
    from: String,
    /// The first moment after
    #[arg(long, value_name = "TIME", conflicts_with = "through", required_unless_present = "through")]
    until: Option<String>,
    /// The last day
    #[arg(long, value_name = "DAY")]
    through: Option<String>,
    /// Why, for the file
    #[arg(long)]
    reason: Option<String>,
}

impl Edit {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let format = session.format(&[Format::Text, Format::Json, Format::Markdown])?;
        let days = parse_days(&self.horizon).ok_or_else(|| {
            Failure::new(format!("not a number of days: `{}`", self.horizon)).hint("from 1d to 3660d, or weeks: 12w")
        })?;
        let files = session.files()?;
        let Loaded { org, reader } = session.load_from(&files)?;
        let wish = self.verb.wish(&org, reader.now)?;
        let edited = edit::edit(&files, &org, &wish, reader.now, &reader.zone).map_err(refused)?;
        let span = horizon(reader.now, &edited, days, &reader.zone)?;
        let difference = edit::difference(&org, &edited.org, span)?;
        let ahead = Span::new(reader.now, span.end()).unwrap_or(span);
        let before = check::findings(&org, ahead, &reader.zone)?;
        let after = check::findings(&edited.org, ahead, &reader.zone)?;
        let answer = export::EditOf {
            before: &org,
            edit: &edited,
            difference: &difference,
            found: fresh(&after, &before),
            mended: fresh(&before, &after),
            names: edited.files.iter().map(|it| files.source_name(&it.name)).collect(),
            dry_run: self.dry_run,
        };
        let shown = match format {
            Format::Json => export::json::print(&export::json::edit(&answer, &reader)),
            Format::Markdown => export::markdown::edit(&answer, &reader),
            _ => text::edit(&answer, &reader),
        };
        let attention = !answer.found.is_empty() || edited.warnings.iter().any(|it| it.severity == Severity::Warning);
        if !edited.warnings.is_empty() {
            let mut changed = files.clone();
            edited.files.iter().for_each(|it| changed.insert(&it.name, it.after.clone()));
            let color = session.printer.colors_talk();
            session.printer.talk(&config::render(&edited.warnings, &changed, color));
        }
        if !self.dry_run {
            write(session, &edited.files)?;
        }
        session.printer.answer(&shown);
        Ok(if attention { ExitStatus::Attention } else { ExitStatus::Clean })
    }
}

/// Writes every file that changes, if none has changed meanwhile.
fn write(session: &mut Session, files: &[Rewritten]) -> Result<()> {
    let folder = session.folder();
    let paths: Vec<PathBuf> = files.iter().map(|it| folder.join(&it.name)).collect();
    for (path, file) in paths.iter().zip(files) {
        let there = std::fs::read_to_string(path)
            .map_err(|error| Failure::new(format!("could not read `{}`: {error}", path.display())))?;
        if there != file.before {
            return Err(Failure::new(format!("`{}` was changed by somebody meanwhile", path.display()))
                .hint("nothing was written: ask again"));
        }
        whole::may_write(path).map_err(|error| whole::not_written(path, &error).hint("nothing was written"))?;
    }
    let mut written: Vec<String> = Vec::new();
    for (path, file) in paths.iter().zip(files) {
        whole::write(path, &file.after).map_err(|error| {
            let failure = whole::not_written(path, &error);
            match written.as_slice() {
                [] => failure.hint("nothing was written"),
                before => failure.hint(format!("these were written before: {}", before.join(", "))),
            }
        })?;
        session.printer.talk(&format!("wrote {}\n", path.display()));
        written.push(path.display().to_string());
    }
    Ok(())
}

/// From what may change first to so many days after what may change last.
fn horizon(now: Instant, edit: &edit::Edit, days: u64, zone: &Zone) -> Result<Span> {
    let last = edit.until.max(edit.from).max(now);
    let end = zone.civil(last).checked_add_days(Days::new(days)).map_or(Instant::MAX, |it| zone.resolve(it));
    Span::new(now.min(edit.from), end).ok_or_else(|| Failure::new("there is no time left after that instant"))
}

/// What is found, and was not found before, or not then.
fn fresh(found: &[Finding], before: &[Finding]) -> Vec<Finding> {
    let is_new = |it: &&Finding| {
        let alike = |old: &&Finding| old.rule == it.rule && old.seats == it.seats && old.people == it.people;
        if it.spans.is_empty() {
            return !before.iter().any(|old| old.rule == it.rule && old.message == it.message);
        }
        let known = before.iter().filter(alike).flat_map(|it| it.spans.iter().copied()).collect();
        !crate::time::subtract(&it.spans, &crate::time::union(known)).is_empty()
    };
    found.iter().filter(is_new).cloned().collect()
}

fn refused(refusal: Refusal) -> Failure {
    Failure { message: Some(refusal.message), hints: refusal.hints }
}

impl Verb {
    fn wish(&self, org: &Org, now: Instant) -> Result<Wish> {
        Ok(match self {
            Verb::Join { person: name, rotation, after, first, when } => Wish::Join {
                person: person(org, name)?,
                seat: seat(org, rotation)?,
                layers: when.layers()?,
                place: match after {
                    Some(after) => Place::After(person(org, after)?),
                    None if *first => Place::First,
                    None => Place::Last,
                },
                at: when.when.at()?,
            },
            Verb::Leave { person: name, rotation, when } => {
                let seat = seat(org, rotation)?;
                Wish::Leave {
                    person: person(org, name)?,
                    rotation: seat.rotation,
                    seat: rotation.contains('.').then_some(seat.seat),
                    layers: when.layers()?,
                    at: when.when.at()?,
                }
            }
            Verb::Swap { person: one, other, rotation, turn, other_turn, reason } => Wish::Swap {
                one: (person(org, one)?, which(turn.as_deref(), now)?),
                other: (person(org, other)?, which(other_turn.as_deref(), now)?),
                seat: seat(org, rotation)?,
                reason: reason.clone(),
            },
            Verb::Override { person: name, rotation, instead_of, dates, correction } => Wish::Override {
                holder: match name.as_str() {
                    "@nobody" => Holder::Nobody,
                    name => Holder::Person(person(org, name)?),
                },
                instead_of: instead_of.as_ref().map(|it| person(org, it)).transpose()?,
                seat: seat(org, rotation)?,
                from: moment(&dates.from, now)?,
                end: dates.end(now)?,
                reason: dates.reason.clone(),
                correction: *correction,
            },
            Verb::Shadow { person: name, rotation, with, dates } => Wish::Shadow {
                person: person(org, name)?,
                with: with.as_ref().map(|it| person(org, it)).transpose()?,
                rotation: self::rotation(org, rotation)?,
                from: moment(&dates.from, now)?,
                end: dates.end(now)?,
                reason: dates.reason.clone(),
            },
            Verb::End { what, when, layer } => {
                let layer = layer.map(from_nought).transpose()?;
                Wish::End { what: ending(org, what, layer)?, at: when.at()? }
            }
        })
    }
}

impl When {
    fn at(&self) -> Result<At> {
        Ok(match self.at.as_deref() {
            None | Some("next-handoff") => At::NextHandoff,
            Some("now") => At::Now,
            Some("after-cycle") => At::AfterCycle,
            Some(text) => match typed(text)? {
                Moment::Day(day) => At::Day(day),
                Moment::Local(civil) => At::Local(civil),
                Moment::Instant(at) => At::Instant(at),
            },
        })
    }
}

impl Handoff {
    fn layers(&self) -> Result<Vec<usize>> {
        self.layer.iter().copied().map(from_nought).collect()
    }
}

/// The place of a layer that was counted from 1.
fn from_nought(number: usize) -> Result<usize> {
    number.checked_sub(1).ok_or_else(|| Failure::new("layers are counted from 1").hint("`--layer 1` is the first"))
}

impl Dates {
    fn end(&self, now: Instant) -> Result<End> {
        if let Some(text) = &self.through {
            return match typed(text)? {
                Moment::Day(day) => Ok(End::Through(day)),
                _ => Err(Failure::new("`--through` is a day, the last one").hint("`--until` takes a time")),
            };
        }
        let text =
            self.until.as_deref().ok_or_else(|| Failure::new("it needs an end").hint("`--until` or `--through`"))?;
        Ok(End::Until(moment(text, now)?))
    }
}

fn which(text: Option<&str>, now: Instant) -> Result<Which> {
    let Some(text) = text else { return Ok(Which::Next) };
    if let Some((from, until)) = text.split_once("..") {
        return Ok(Which::Between(moment(from, now)?, moment(until, now)?));
    }
    Ok(match moment(text, now)? {
        Moment::Day(day) => Which::Day(day),
        moment => Which::At(moment),
    })
}

fn moment(text: &str, now: Instant) -> Result<Moment> {
    if text == "now" { Ok(Moment::Instant(now)) } else { typed(text) }
}

/// A date, a time on the clock of the place, or an instant.
fn typed(text: &str) -> Result<Moment> {
    let text = text.trim();
    let known = |day: NaiveDate| is_known(day).then_some(day);
    if let Some(day) = text.parse::<NaiveDate>().ok().and_then(known) {
        return Ok(Moment::Day(day));
    }
    let civil = text.replacen(' ', "T", 1);
    let local = [civil.clone(), format!("{civil}:00")].iter().find_map(|it| it.parse::<NaiveDateTime>().ok());
    if let Some(local) = local.filter(|it| is_known(it.date())) {
        return Ok(Moment::Local(local));
    }
    match parse_instant(text, &Zone::utc()) {
        Ok(at) => Ok(Moment::Instant(at)),
        Err(error) => {
            Err(Failure::new(error)
                .hint("2027-01-04; on the rotation's clock 2027-01-04T18:00; or 2027-01-04T18:00:00Z"))
        }
    }
}

fn ending(org: &Org, text: &str, layer: Option<usize>) -> Result<Ending> {
    let is_row = text.rsplit_once(':').is_some_and(|(_, line)| line.parse::<u32>().is_ok());
    if layer.is_some() && (is_row || text.starts_with('@')) {
        return Err(Failure::new(format!("`--layer` is one of a rotation's, and `{text}` is none"))
            .hint("leave `--layer` out, or name a rotation or a seat"));
    }
    if let Some(key) = text.strip_prefix('@') {
        return Ok(Ending::Person(person(org, key)?));
    }
    // As `show` names it, too: rotations/search.toml:12
    if let Some((name, line)) = text.rsplit_once(':')
        && let Ok(line) = line.parse::<u32>()
    {
        let (folder, name) = name.rsplit_once('/').unwrap_or(("rotations", name));
        match folder.rsplit('/').next() {
            Some("rotations") => {}
            Some("assigned") => {
                return Err(Failure::new(format!("`{text}` was written by a machine, and is not edited"))
                    .hint("`dogwatch cover --write` takes back what is no longer needed")
                    .hint("or strike the row out yourself"));
            }
            _ => return Err(Failure::new(format!("`{text}` is no row in rotations/")).hint("as in `search:12`")),
        }
        return Ok(Ending::Row(rotation(org, name.strip_suffix(".toml").unwrap_or(name))?, line));
    }
    match layer {
        None => Ok(Ending::Rotation(rotation(org, text)?)),
        Some(layer) => Ok(Ending::Layer(seat(org, text)?, layer)),
    }
}

fn rotation(org: &Org, name: &str) -> Result<RotationId> {
    if let Some(rotation) = org.rotation_named(name) {
        return Ok(rotation.id);
    }
    let failure = Failure::new(format!("no such rotation: `{name}`"));
    if org.seat_named(name).is_some() {
        return Err(failure.hint("a rotation is meant here, not one of its seats"));
    }
    Err(match nearest(name, org.rotations.iter().map(|it| it.key.as_str())).first() {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None if org.person_named(name).is_some() => {
            failure.hint("that is a person: first the person, then the rotation")
        }
        None => failure.hint("`dogwatch now` lists the rotations"),
    })
}

/// `search` is its first seat.
fn seat(org: &Org, name: &str) -> Result<SeatId> {
    if let Some(seat) = org.seat_named(name) {
        return Ok(seat);
    }
    match name.strip_suffix(".secondary") {
        Some(key) if org.rotation_named(key).is_some() => {
            Err(Failure::new(format!("{key} has no secondary seat")).hint("add `[secondary]` with `follow = 1` first"))
        }
        Some(key) => rotation(org, key).map(|rotation| SeatId { rotation, seat: Seat::Secondary }),
        None => rotation(org, name).map(|rotation| SeatId { rotation, seat: Seat::Primary }),
    }
}

fn person(org: &Org, name: &str) -> Result<PersonId> {
    let key = name.strip_prefix('@').unwrap_or(name);
    if let Some(person) = org.person_named(key) {
        return Ok(person.id);
    }
    let failure = Failure::new(format!("no such person: `{key}`"));
    let names = org.people.iter().flat_map(|it| [&it.key].into_iter().chain(&it.aliases));
    Err(match nearest(key, names.map(String::as_str)).first() {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint("write their table into people.toml first"),
    })
}
