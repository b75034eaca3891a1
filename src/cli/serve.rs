//! `dogwatch serve`

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use clap::ValueEnum;
use secrecy::ExposeSecret;
use tracing::level_filters::LevelFilter;

use crate::cli::end::End;
use crate::cli::pagerduty::Hidden;
use crate::cli::past::{Experience, WORKERS};
use crate::cli::{ExitStatus, Failure, Format, Result, Session, mistakes};
use crate::config::{self, Diagnostic, Files, Severity};
use crate::export::{self, FitOf};
use crate::history::Loaded;
use crate::history::fit::{Settings as FitSettings, fit};
use crate::org::Org;
use crate::people::Handled;
use crate::time::{Instant, Zone, parse_duration};
use crate::web::server::{self, Clock, Handle, Limits, Listen, Network, Settings};
use crate::web::{Access, FeedKey, Generations, LEAST_LETTERS, Options, Past, Site, State, Token, Trouble, Weak};

/// The web view, calendar feeds, and the same answers for programs over HTTP
///
/// Reads the files and writes nothing. Takes changed files over by itself; files with mistakes leave the last good state
/// in place, and every page says so.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
By itself it answers this machine only. Beyond that it wants a token, or a proxy that says who asks:
  dogwatch serve                                         http://127.0.0.1:8080
  dogwatch serve --listen 0.0.0.0:8080 --token-file /etc/dogwatch/token
  dogwatch serve --listen 10.0.0.5:8080 --trusted-header x-forwarded-user --trusted-proxy 10.0.0.2

Calendars to subscribe to, with secret links that can be revoked:
  openssl rand -hex 32 > feed.key
  dogwatch serve --feed-key feed.key --feed-revoked feeds.revoked --url https://oncall.example.com

With past episodes there is a page of what they say:
  dogwatch serve --history incidents.csv --mapping servicenow-updates --times-in Europe/Dublin

docs/serve.md says more: pages, the interface for programs, feeds, running it.")]
pub struct Serve {
    /// Where to listen: a port of the loopback, or an address and a port; port 0 is any that is free
    #[arg(long, value_name = "ADDRESS", default_value = "8080")]
    listen: Listen,
    /// A file that holds the token which clients must know; absent, the variable DOGWATCH_TOKEN, else none
    #[arg(long, value_name = "FILE", help_heading = "Access")]
    token_file: Option<PathBuf>,
    /// Never typed: read from the environment.
    #[arg(long, env = "DOGWATCH_TOKEN", hide = true, hide_env_values = true)]
    token_of_environment: Option<Hidden>,
    /// A header in which a proxy says who asks
    #[arg(long, value_name = "NAME", requires = "trusted_proxy", help_heading = "Access")]
    trusted_header: Option<String>,
    /// The proxy's address, or addresses that begin alike: 10.0.0.0/8; may be repeated
    #[arg(long, value_name = "ADDRESS", requires = "trusted_header", help_heading = "Access")]
    trusted_proxy: Vec<Network>,
    /// Another name under which the loopback is asked for; may be repeated
    #[arg(long, value_name = "NAME", help_heading = "Access")]
    host: Vec<String>,
    /// A file that holds the key from which secret links of feeds are made; absent, the variable DOGWATCH_FEED_KEY
    #[arg(long, value_name = "FILE", help_heading = "Feeds")]
    feed_key: Option<PathBuf>,
    /// Never typed: read from the environment.
    #[arg(long, env = "DOGWATCH_FEED_KEY", hide = true, hide_env_values = true)]
    feed_key_of_environment: Option<Hidden>,
    /// A file of revoked links, read again when it changes: a line `@ana 1` gives Ana's feed another link
    #[arg(long, value_name = "FILE", help_heading = "Feeds")]
    feed_revoked: Option<PathBuf>,
    /// Where people reach the server, as links to feeds say it
    #[arg(long, value_name = "URL", help_heading = "Feeds")]
    url: Option<String>,
    /// The past, for the page `Fit`
    #[command(flatten, next_help_heading = "History")]
    experience: Experience,
    /// Name no person on the page `Fit`
    #[arg(long, help_heading = "History")]
    aggregate: bool,
    /// How often it is looked whether files have changed; they are taken over once they stay the same for as long
    #[arg(long, value_name = "DURATION", default_value = "2s", help_heading = "Running")]
    poll: String,
    /// Connections at once
    #[arg(long, value_name = "COUNT", default_value_t = 512, value_parser = clap::value_parser!(u32).range(1..=100_000), help_heading = "Running")]
    connections: u32,
    /// What is logged, to stderr; `debug` has a line an answer
    #[arg(long, value_name = "LEVEL", default_value = "info", help_heading = "Running")]
    log: Level,
    /// Log a line of JSON each
    #[arg(long, help_heading = "Running")]
    log_json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Level {
    Off,
    Error,
    Warn,
    Info,
    Debug,
}

/// More bytes than any secret has, and than any list of revoked links.
const LONGEST_SECRET: u64 = 10_000;
const LONGEST_REVOKED: u64 = 4 << 20;
/// How deep folders are looked into, as files are read.
const MOST_DEPTH: usize = 8;
/// After so many looks that found nothing, files are read whatever their times say.
const LOOKS_TO_READ: u32 = 30;
/// After so many looks that each found something else, files are read although they keep changing.
const LOOKS_TO_SETTLE: u32 = 5;
/// Open files that are no connections: what is read, where it listens, what it logs to.
const OTHER_FILES: usize = 32;
/// Headers that a request has whoever asks.
const SAY_NOTHING: [&str; 24] = [
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "authorization",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "forwarded",
    "host",
    "origin",
    "referer",
    "te",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
];

impl Serve {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        session.format(&[Format::Text])?;
        let access = self.access()?;
        let poll = parse_duration(&self.poll).ok().filter(|it| !it.is_zero()).ok_or_else(|| {
            Failure::new(format!("not a time between two looks: `{}`", self.poll)).hint("as in 2s or 1m")
        })?;
        let past = self.experience.read(None, session)?;
        if self.aggregate && past.is_none() {
            return Err(Failure::new("`--aggregate` is for the page of the past, and there is no history")
                .hint("`--history FILE` names one"));
        }
        let generations = revoked(self.feed_revoked.as_deref())
            .map_err(|it| Failure::new(it.report).hint("a line a feed, once: `@ana 1`, `search 2`, `everything 1`"))?;
        let options = Options { zone: self.zone(session)?, feed_key: self.feed_key()?, url: self.url()? };
        let mut watcher = Watcher {
            folder: session.folder(),
            revoked: self.feed_revoked.clone(),
            past,
            aggregate: self.aggregate,
            options: Arc::new(options),
            seen: BTreeMap::new(),
            settling: None,
            unsettled: 0,
            quiet: 0,
        };
        // What it looks like before it is read: what changes while it is read is seen at the next look.
        watcher.seen = watcher.look();
        let files = session.files()?;
        let (org, diagnostics) = config::read(&files);
        if !diagnostics.is_empty() {
            let color = session.printer.colors_talk();
            session.printer.talk(&config::render(&diagnostics, &files, color));
        }
        let Some(org) = org else {
            let errors = errors(&diagnostics);
            session.printer.error(&format!("{errors} {} in {}", mistakes(errors), session.folder().display()));
            return Err(Failure::told());
        };
        let clock = clock(session, self.options_zone(&watcher, &org))?;
        self.log();
        let now = clock();
        let site = watcher.site(watcher.state(org, files, diagnostics, now), Arc::new(generations), None);
        let settings = Settings {
            listen: self.listen,
            access,
            proxies: self.trusted_proxy.clone(),
            limits: Limits { connections: self.connections(), ..Limits::default() },
        };
        let mut end = End::awaited()?;
        let server = server::spawn(site, settings, Arc::clone(&clock)).map_err(|error| self.deaf(&error))?;
        let url = server.url();
        session.printer.answer(&format!("{} at {url}/\n", session.folder().display()));
        if !session.printer.finish() {
            return Ok(ExitStatus::Failed);
        }
        tracing::info!(%url, revision = server.site().state.revision, "serving");
        warn_of_strangers(&server.site());
        let (stop, stopped) = channel();
        let server = Arc::new(server);
        let watched = Arc::clone(&server);
        std::thread::Builder::new()
            .name("watch".to_owned())
            .spawn(move || watcher.watch(&watched, &clock, poll, &stopped))?;
        end.wait()?;
        tracing::info!("stopping");
        drop(stop);
        // Who watches is not waited for: a file may be long in coming.
        if !end.finish(move || server.stop())? {
            tracing::warn!("stopped at once, as it was asked twice");
        }
        Ok(ExitStatus::Clean)
    }

    /// As many as were asked for, if the process may have as many open.
    fn connections(&self) -> usize {
        let asked = self.connections as usize;
        let Some(files) = most_open_files() else { return asked };
        let possible = files.saturating_sub(OTHER_FILES).max(1);
        if possible < asked {
            tracing::warn!(
                asked,
                files,
                "{possible} connections at once: the process may open no more files (`ulimit -n`, LimitNOFILE)"
            );
        }
        asked.min(possible)
    }

    /// Why it cannot listen.
    fn deaf(&self, error: &io::Error) -> Failure {
        let failure = Failure::new(format!("could not listen at {}: {error}", self.listen));
        match error.kind() {
            io::ErrorKind::AddrInUse => failure.hint("something else does: `--listen 0` takes a free port"),
            io::ErrorKind::AddrNotAvailable => {
                failure.hint("it is no address of this machine: 0.0.0.0 stands for all that are")
            }
            io::ErrorKind::PermissionDenied => failure.hint("ports below 1024 are often not for everybody: 8080 is"),
            _ => failure,
        }
    }

    fn options_zone(&self, watcher: &Watcher, org: &Org) -> Zone {
        watcher.options.zone.clone().unwrap_or_else(|| org.zone.clone())
    }

    fn zone(&self, session: &Session) -> Result<Option<Zone>> {
        let asked = session.global.zone.as_ref().is_some_and(|it| !it.is_empty());
        if asked { session.reader(&Zone::utc()).map(|it| Some(it.zone)) } else { Ok(None) }
    }

    fn url(&self) -> Result<Option<String>> {
        let Some(url) = &self.url else { return Ok(None) };
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let named = rest.is_some_and(|it| !it.is_empty() && !it.starts_with('/'));
        if !named || !url.bytes().all(|it| it.is_ascii_graphic() && !b"?#".contains(&it)) {
            return Err(Failure::new(format!("not an address: `{url}`")).hint("as in https://oncall.example.com"));
        }
        Ok(Some(url.trim_end_matches('/').to_owned()))
    }

    fn access(&self) -> Result<Access> {
        if let Some(header) = &self.trusted_header {
            let name = header.to_ascii_lowercase();
            if name.is_empty() || !name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-' || it == b'_') {
                return Err(Failure::new(format!("not the name of a header: `{header}`")).hint("x-forwarded-user"));
            }
            if SAY_NOTHING.contains(&name.as_str()) {
                return Err(Failure::new(format!("the header `{header}` does not say who asks"))
                    .hint("one that the proxy sets once somebody has signed in: x-forwarded-user"));
            }
            let of_environment = self.token_of_environment.as_ref().is_some_and(|it| !it.0.expose_secret().is_empty());
            if self.token_file.is_some() || of_environment {
                return Err(Failure::new("a token and a trusted proxy at once")
                    .hint("the proxy decides who may ask: leave the token to it, and DOGWATCH_TOKEN unset"));
            }
            return Ok(Access::Proxy { header: name });
        }
        if let Some(token) = secret(self.token_file.as_deref(), self.token_of_environment.as_ref(), "token")? {
            return Ok(Access::Token(Token::new(&token).map_err(|error| weak("token", error))?));
        }
        if let Some(name) = self.host.iter().find(|it| !is_host(it)) {
            return Err(Failure::new(format!("not the name of a host: `{name}`"))
                .hint("the name alone, as in `--host oncall.example.com`: no scheme, no port, no dot at its end"));
        }
        if self.listen.is_loopback() {
            return Ok(Access::Loopback { hosts: self.host.clone() });
        }
        Err(Failure::new("whoever reaches that address could read everybody's phone numbers")
            .hint("`--token-file FILE`, and who asks must know what is in it: openssl rand -hex 32 > FILE")
            .hint("or `--trusted-header NAME --trusted-proxy ADDRESS`, if a proxy says who asks")
            .hint("or listen on the loopback, which is what happens without `--listen`"))
    }

    fn feed_key(&self) -> Result<Option<FeedKey>> {
        let key = secret(self.feed_key.as_deref(), self.feed_key_of_environment.as_ref(), "feed key")?;
        key.map(|it| FeedKey::new(&it).map_err(|error| weak("feed key", error))).transpose()
    }

    fn log(&self) {
        let level = match self.log {
            Level::Off => LevelFilter::OFF,
            Level::Error => LevelFilter::ERROR,
            Level::Warn => LevelFilter::WARN,
            Level::Info => LevelFilter::INFO,
            Level::Debug => LevelFilter::DEBUG,
        };
        let log = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).with_ansi(false);
        // Whoever embeds the command line may have a log of their own.
        let _ = if self.log_json { log.json().flatten_event(true).try_init() } else { log.try_init() };
    }
}

/// What stands for now: the machine's, or where `--now` has it stand.
fn clock(session: &Session, zone: Zone) -> Result<Clock> {
    match &session.global.now {
        None => Ok(Arc::new(session.clock)),
        Some(_) => {
            let now = session.reader(&zone)?.now;
            Ok(Arc::new(move || now))
        }
    }
}

fn errors(diagnostics: &[Diagnostic]) -> usize {
    diagnostics.iter().filter(|it| it.severity == Severity::Error).count()
}

fn weak(what: &str, error: Weak) -> Failure {
    let failure = Failure::new(format!("the {what} is none: {error}"));
    failure.hint(format!("at least {LEAST_LETTERS} letters that nobody guesses: openssl rand -hex 32"))
}

/// A secret, from its file, else from the environment.
fn secret(file: Option<&Path>, environment: Option<&Hidden>, what: &str) -> Result<Option<String>> {
    let Some(path) = file else {
        // A variable that is set to nothing is not set.
        return Ok(environment.map(|it| it.0.expose_secret().to_owned()).filter(|it| !it.is_empty()));
    };
    let failed = |error: &dyn std::fmt::Display| {
        Failure::new(format!("could not read the {what} in `{}`: {error}", path.display()))
    };
    let text = plain_text(path, LONGEST_SECRET).map_err(|error| failed(&error))?;
    if text.trim().is_empty() {
        return Err(failed(&"it is empty"));
    }
    Ok(Some(text))
}

/// What is in a file of a few lines.
fn plain_text(path: &Path, most: u64) -> io::Result<String> {
    let wrong = |text: &str| Err(io::Error::new(io::ErrorKind::InvalidData, text));
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        // Reading a pipe would wait for somebody to write into it.
        return wrong("it is no ordinary file");
    }
    if metadata.len() > most {
        return wrong("it is too long");
    }
    fs::read_to_string(path)
}

/// How many files the process may have open, where the machine says it.
fn most_open_files() -> Option<usize> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    limits.lines().find_map(|it| it.strip_prefix("Max open files"))?.split_whitespace().next()?.parse().ok()
}

fn is_host(name: &str) -> bool {
    let plain = |it: u8| it.is_ascii_alphanumeric() || b"-_.".contains(&it);
    !name.is_empty() && !name.ends_with('.') && name.bytes().all(plain)
}

/// Why what is new cannot be taken over.
struct Wrong {
    /// How many mistakes; none, if it could not be read.
    mistakes: usize,
    report: String,
}

/// How often links were revoked.
fn revoked(path: Option<&Path>) -> std::result::Result<Generations, Wrong> {
    let Some(path) = path else { return Ok(Generations::default()) };
    let wrong = |mistakes, error: &dyn std::fmt::Display| {
        let report = format!("revoked links in `{}`: {error}", path.display());
        Wrong { mistakes, report }
    };
    let text = plain_text(path, LONGEST_REVOKED).map_err(|error| wrong(0, &error))?;
    Generations::parse(&text).map_err(|error| wrong(1, &error))
}

/// A line that revokes nothing may be a slip: somebody believes that a link is dead.
fn warn_of_strangers(site: &Site) {
    for (name, near) in site.generations.strangers(&site.state.org) {
        let near = near.join(", ");
        tracing::warn!(name, near, "this line of revoked links names no feed, and revokes nothing");
    }
}

/// What a file looks like from outside: its size, and when and what it was made from.
type Looks = BTreeMap<PathBuf, String>;

/// Looks after the files, and gives the server what has become of them.
struct Watcher {
    folder: PathBuf,
    revoked: Option<PathBuf>,
    past: Option<Loaded>,
    aggregate: bool,
    options: Arc<Options>,
    /// As the files were when they were last read.
    seen: Looks,
    /// As they were at the last look, if that was otherwise.
    settling: Option<Looks>,
    /// Looks that each found something else.
    unsettled: u32,
    /// Looks since they were read.
    quiet: u32,
}

impl Watcher {
    fn watch(mut self, server: &Handle, clock: &Clock, poll: Duration, stopped: &Receiver<()>) {
        while stopped.recv_timeout(poll) == Err(RecvTimeoutError::Timeout) {
            let looks = self.look();
            self.quiet += 1;
            if looks == self.seen && self.quiet < LOOKS_TO_READ {
                (self.settling, self.unsettled) = (None, 0);
                continue;
            }
            // Somebody may be in the middle of writing: it is read once two looks in a row see the same. Who never stops
            // does not keep what else has changed from being read.
            if looks != self.seen && self.settling.as_ref() != Some(&looks) && self.unsettled < LOOKS_TO_SETTLE {
                self.unsettled += 1;
                if self.unsettled == LOOKS_TO_SETTLE {
                    let file = self.settling.as_ref().and_then(|it| differs(it, &looks));
                    tracing::warn!(file, "files keep changing: they are read as they are");
                }
                self.settling = Some(looks);
                continue;
            }
            self.reload(server, clock(), looks);
        }
    }

    fn reload(&mut self, server: &Handle, now: Instant, looks: Looks) {
        let old = server.site();
        let files = Files::load(&self.folder);
        let generations = revoked(self.revoked.as_deref());
        if self.look() != looks {
            // Changed while it was read: half of it may be old.
            self.settling = None;
            return;
        }
        (self.seen, self.settling, self.unsettled, self.quiet) = (looks, None, 0, 0);
        // What is right takes effect, whatever is wrong elsewhere: a revoked link above all.
        let mut wrong = Vec::new();
        let state = self.changed(files, &old, now).unwrap_or_else(|it| {
            wrong.push(it);
            Arc::clone(&old.state)
        });
        let generations = generations.map_or_else(
            |it| {
                wrong.push(it);
                Arc::clone(&old.generations)
            },
            |it| if it == *old.generations { Arc::clone(&old.generations) } else { Arc::new(it) },
        );
        let trouble = trouble(wrong, &old, now);
        if trouble.as_ref().is_some_and(|it| it.mistakes == 0) {
            // A machine that had no file to open may have one at the next look.
            self.quiet = LOOKS_TO_READ;
        }
        let site = self.site(state, generations, trouble);
        if told_of_change(&old, &site) {
            server.replace(site);
        }
    }

    /// What the files mean now; the same as before, if they say the same.
    fn changed(
        &self,
        files: std::result::Result<Files, config::LoadError>,
        old: &Site,
        now: Instant,
    ) -> std::result::Result<Arc<State>, Wrong> {
        let files = files.map_err(|error| Wrong { mistakes: 0, report: error.to_string() })?;
        if State::revision_of(&files) == old.state.revision {
            return Ok(Arc::clone(&old.state));
        }
        match config::read(&files) {
            (Some(org), diagnostics) => Ok(self.state(org, files, diagnostics, now)),
            (None, diagnostics) => {
                let report = config::render(&diagnostics, &files, false);
                Err(Wrong { mistakes: errors(&diagnostics), report })
            }
        }
    }

    fn state(&self, org: Org, files: Files, warnings: Vec<Diagnostic>, now: Instant) -> Arc<State> {
        let fit = self.past.as_ref().and_then(|it| self.fitted(it, &org, now));
        let revision = State::revision_of(&files);
        Arc::new(State { org, files, warnings, fit, since: now, revision })
    }

    fn site(&self, state: Arc<State>, generations: Arc<Generations>, trouble: Option<Trouble>) -> Site {
        Site::new(state, trouble, Arc::clone(&self.options)).revoking(generations)
    }

    /// What the past says to these rotations.
    fn fitted(&self, past: &Loaded, org: &Org, now: Instant) -> Option<Past> {
        let mut history = past.history.clone();
        history.known_to(org);
        let zone = self.options.zone.clone().unwrap_or_else(|| org.zone.clone());
        let settings = FitSettings {
            zone,
            org: Some(org),
            working_hours: org.working_hours.clone(),
            sleep: org.sleep.clone(),
            tag: None,
            workers: WORKERS,
        };
        let found = match fit(&history, &settings) {
            Ok(found) => found?,
            Err(error) => {
                tracing::error!(%error, "could not count over the history");
                return None;
            }
        };
        let of = FitOf {
            history: &history,
            org: Some(org),
            place: None,
            then: None,
            rows: past.rows,
            losses: &past.losses,
            aggregate: self.aggregate,
        };
        let (report, title) = export::html::fit_within(&found, &of);
        Some(Past { report, title, handled: Handled::of(&history, org, now) })
    }

    /// What all files look like. Where the folder is a link, its end counts: another folder is another state.
    fn look(&self) -> Looks {
        let mut looks = Looks::new();
        let folder = fs::canonicalize(&self.folder).unwrap_or_else(|_| self.folder.clone());
        look_into(&folder, 0, &mut looks);
        if let Some(path) = &self.revoked {
            looks.insert(path.clone(), looks_of(path));
        }
        looks
    }
}

/// All that is wrong as one trouble, since when there was any.
fn trouble(wrong: Vec<Wrong>, old: &Site, now: Instant) -> Option<Trouble> {
    let since = old.trouble.as_ref().map_or(now, |it| it.since);
    let mistakes = wrong.iter().map(|it| it.mistakes).sum();
    let reports: Vec<String> = wrong.into_iter().map(|it| it.report).collect();
    (!reports.is_empty()).then(|| Trouble { since, mistakes, report: reports.join("\n") })
}

/// Logs what has changed; whether anything has.
fn told_of_change(old: &Site, new: &Site) -> bool {
    let report = |it: &Site| it.trouble.as_ref().map(|it| it.report.clone());
    let state = !Arc::ptr_eq(&new.state, &old.state);
    let links = !Arc::ptr_eq(&new.generations, &old.generations);
    let trouble = report(new) != report(old);
    if state || (trouble && new.trouble.is_none()) {
        let rotations = new.state.org.rotations.len();
        tracing::info!(revision = new.state.revision, rotations, "took over changed files");
    }
    if links {
        tracing::info!("took over revoked links");
    }
    if state || links {
        warn_of_strangers(new);
    }
    if let Some(it) = new.trouble.as_ref().filter(|_| trouble) {
        tracing::error!(
            mistakes = it.mistakes,
            since = %new.state.since,
            stale_since = %it.since,
            report = it.report,
            "{}: answering from what they said before",
            it.sentence()
        );
    }
    state || links || trouble
}

/// The first file that looks otherwise.
fn differs(one: &Looks, other: &Looks) -> Option<String> {
    let file = other.iter().find(|(path, looks)| one.get(*path) != Some(*looks)).map(|(path, _)| path);
    let file = file.or_else(|| one.keys().find(|it| !other.contains_key(*it)));
    file.map(|it| it.display().to_string())
}

fn look_into(folder: &Path, depth: usize, looks: &mut Looks) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|it| it.path()) {
        let name = path.file_name().and_then(|it| it.to_str()).unwrap_or_default();
        if name.starts_with('.') {
            continue;
        }
        let link = fs::symlink_metadata(&path).is_ok_and(|it| it.is_symlink());
        if path.is_dir() {
            if depth < MOST_DEPTH && !link {
                look_into(&path, depth + 1, looks);
            }
        } else if config::is_toml(name) || config::is_calendar(name) {
            let looks_like = looks_of(&path);
            looks.insert(path, looks_like);
        }
    }
}

fn looks_of(path: &Path) -> String {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        fs::metadata(path).map_or_else(
            |_| String::new(),
            |it| {
                format!(
                    "{} {} {}.{} {}.{}",
                    it.ino(),
                    it.len(),
                    it.mtime(),
                    it.mtime_nsec(),
                    it.ctime(),
                    it.ctime_nsec()
                )
            },
        )
    }
    #[cfg(not(unix))]
    fs::metadata(path).map_or_else(|_| String::new(), |it| format!("{} {:?}", it.len(), it.modified()))
}
