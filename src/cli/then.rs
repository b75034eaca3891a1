//! Who was on call then: by the rendered schedules that were pulled, else by the files as they were in git on that day,
//! else by the files as they stand.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::calendar;
use crate::cli::{Failure, Result};
use crate::config::{self, Files};
use crate::history::Witness;
use crate::org::{Org, Person, RotationId, Seat, SeatId, harmless};
use crate::store::Episodes;
use crate::time::{Instant, Span};

/// How many commits are looked through.
const MOST_COMMITS: &str = "--max-count=20000";
/// How many revisions are read as files.
const MOST_REVISIONS: usize = 400;
/// How many files a revision may have.
const MOST_FILES: usize = 1_000;
/// How large they may be together.
const MOST_BYTES: u64 = 64 << 20;

/// Knows who was on call.
pub(super) struct OnCall<'a> {
    org: &'a Org,
    folder: &'a Path,
    store: Option<(Episodes, Vec<Span>)>,
    /// Looked for when they are first needed: a large repository takes its time.
    revisions: Option<std::result::Result<Revisions, String>>,
    /// By rotation: its schedule in the store.
    schedules: BTreeMap<String, Option<String>>,
    /// By revision and rotation: who held it when, as far as it was looked up.
    known: BTreeMap<(Option<usize>, RotationId), Looked>,
}

/// Shifts by their start, and who had each.
type Looked = BTreeMap<Instant, (Span, Option<String>)>;

impl<'a> OnCall<'a> {
    pub(super) fn new(org: &'a Org, folder: &'a Path, store: Option<Episodes>) -> Result<OnCall<'a>> {
        let store = match store {
            Some(episodes) => {
                let spans = episodes.rendered().map_err(Failure::new)?;
                Some((episodes, spans))
            }
            None => None,
        };
        Ok(OnCall { org, folder, store, revisions: None, schedules: BTreeMap::new(), known: BTreeMap::new() })
    }

    /// Who held a rotation's primary seat; `None` if it is no rotation, nothing if no one person did.
    pub(super) fn holder(&mut self, team: &str, at: Instant) -> Option<Option<(String, Witness)>> {
        let rotation = self.org.rotation_named(team)?.key.clone();
        if let Some(found) = self.rendered(&rotation, at) {
            return Some(found.map(|it| (it, Witness::Rendered)));
        }
        let day = self.org.zone.start_of_day(self.org.zone.day(at));
        let revisions = self.revisions.get_or_insert_with(|| Revisions::of(self.folder));
        let place = revisions.as_mut().ok().and_then(|it| it.before(day));
        let witness = if place.is_some() { Witness::Revision } else { Witness::Files };
        Some(self.of_files(place, &rotation, at).map(|it| (it, witness)))
    }

    /// Why no revision was looked at.
    pub(super) fn no_revisions(&self) -> Option<String> {
        match self.revisions.as_ref()? {
            Ok(it) if it.unread > 0 => Some(format!("{} of its revisions could not be read", it.unread)),
            Ok(_) => None,
            Err(why) => Some(why.clone()),
        }
    }

    fn rendered(&mut self, rotation: &str, at: Instant) -> Option<Option<String>> {
        let (episodes, spans) = self.store.as_ref()?;
        if !spans.iter().any(|it| it.contains(at)) {
            return None;
        }
        let schedule = self
            .schedules
            .entry(rotation.to_owned())
            .or_insert_with(|| episodes.schedule_of(rotation).ok().flatten())
            .clone()?;
        Some(match episodes.held_by(&schedule, at).as_slice() {
            [one] => Some(self.org.people.iter().find(|it| is(it, one)).map_or(harmless(one), |it| it.key.clone())),
            _ => None,
        })
    }

    fn of_files(&mut self, revision: Option<usize>, rotation: &str, at: Instant) -> Option<String> {
        let org = match (revision, &self.revisions) {
            (Some(revision), Some(Ok(revisions))) => revisions.org(revision)?,
            _ => self.org,
        };
        let rotation = org.rotation_named(rotation)?;
        let known = self.known.entry((revision, rotation.id)).or_default();
        if let Some((_, (span, who))) = known.range(..=at).next_back()
            && span.contains(at)
        {
            return who.clone();
        }
        let seat = SeatId { rotation: rotation.id, seat: Seat::Primary };
        // A rule that reaches its bound says nothing.
        let shifts = calendar::holding(org, seat, at).unwrap_or_default();
        let span = shifts.iter().map(|it| it.span).reduce(|one, other| one.intersection(other).unwrap_or(one))?;
        let who = match shifts.as_slice() {
            [one] => one.holder.person().map(|it| org.person(it).key.clone()),
            _ => None,
        };
        known.insert(span.start(), (span, who.clone()));
        who
    }
}

/// The commits that changed the files, and what the files were.
struct Revisions {
    folder: PathBuf,
    /// When, and which; in order.
    commits: Vec<(Instant, String)>,
    /// Of those that were looked at, what they say.
    read: BTreeMap<usize, Option<Box<Org>>>,
    unread: usize,
}

impl Revisions {
    /// Those of the repository that a folder of files lies in; or why there are none.
    fn of(folder: &Path) -> std::result::Result<Revisions, String> {
        let listed = git(folder, &["log", MOST_COMMITS, "--format=%ct %H", "--", "."], "")?;
        let mut commits: Vec<(Instant, String)> = String::from_utf8_lossy(&listed)
            .lines()
            .filter_map(|line| {
                let (at, commit) = line.split_once(' ')?;
                Some((Instant::new(at.parse().ok()?)?, commit.to_owned()))
            })
            .collect();
        // Of several at one instant, git names the latest first.
        commits.reverse();
        commits.sort_by_key(|(at, _)| *at);
        match commits.is_empty() {
            true => Err("no commit holds the files".to_owned()),
            false => Ok(Revisions { folder: folder.to_owned(), commits, read: BTreeMap::new(), unread: 0 }),
        }
    }

    /// The last one before an instant, if it can be read.
    fn before(&mut self, at: Instant) -> Option<usize> {
        let place = self.commits.partition_point(|(it, _)| *it < at).checked_sub(1)?;
        if !self.read.contains_key(&place) {
            let org = (self.read.len() < MOST_REVISIONS).then(|| self.load(place)).flatten();
            self.unread += usize::from(org.is_none());
            self.read.insert(place, org.map(Box::new));
        }
        self.org(place).map(|_| place)
    }

    fn org(&self, place: usize) -> Option<&Org> {
        self.read.get(&place)?.as_deref()
    }

    fn load(&self, place: usize) -> Option<Org> {
        let commit = &self.commits[place].1;
        let names = git(&self.folder, &["ls-tree", "-r", "--name-only", "-z", commit, "--", "."], "").ok()?;
        let names = String::from_utf8(names).ok()?;
        let wanted = |it: &&str| [".toml", ".ics"].iter().any(|end| it.ends_with(end)) && !it.contains('\n');
        let names: Vec<&str> = names.split('\0').filter(wanted).collect();
        if names.len() > MOST_FILES {
            return None;
        }
        let asked: String = names.iter().map(|it| format!("{commit}:./{it}\n")).collect();
        let answer = git(&self.folder, &["cat-file", "--batch"], &asked).ok()?;
        let mut rest = answer.as_slice();
        let mut files = Vec::new();
        for name in names {
            let end = memchr::memchr(b'\n', rest)?;
            let head = std::str::from_utf8(&rest[..end]).ok()?;
            let size: usize = head.rsplit(' ').next()?.parse().ok()?;
            let content = rest.get(end + 1..end + 1 + size)?;
            files.push((name, String::from_utf8(content.to_vec()).ok()?));
            rest = rest.get(end + size + 2..)?;
        }
        let files: Files = files.into_iter().collect();
        config::read(&files).0
    }
}

/// What git says in a folder; else why it says nothing.
fn git(folder: &Path, arguments: &[&str], asked: &str) -> std::result::Result<Vec<u8>, String> {
    let mut child = Command::new("git")
        // Nothing of the repository's own is run.
        .args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "--no-pager", "-C"])
        .arg(folder)
        .args(arguments)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("git could not be asked ({error})"))?;
    let mut input = child.stdin.take().ok_or("git could not be asked")?;
    let asked = asked.to_owned();
    // It may answer before it has heard everything.
    let asking = std::thread::spawn(move || input.write_all(asked.as_bytes()));
    let mut answer = Vec::new();
    let output = child.stdout.take().ok_or("git could not be asked")?;
    let read = output.take(MOST_BYTES).read_to_end(&mut answer);
    if answer.len() as u64 == MOST_BYTES {
        // It will not be listened to any more.
        let _ = child.kill();
    }
    let _ = asking.join();
    let status = child.wait().map_err(|error| error.to_string())?;
    match (read, status.success()) {
        (Ok(_), true) => Ok(answer),
        _ => Err("the files are in no repository".to_owned()),
    }
}

/// Whether PagerDuty means this person.
fn is(person: &Person, address: &str) -> bool {
    person.email.as_ref().is_some_and(|it| it.eq_ignore_ascii_case(address)) || person.name == address
}
