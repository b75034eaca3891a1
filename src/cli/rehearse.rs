//! `dogwatch rehearse`

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::cli::end::End;
use crate::cli::{ExitStatus, Failure, Format, Loaded, Result, Session, whole};
use crate::org::Org;
use crate::rehearsal::server::{self, Listening};
use crate::rehearsal::{Account, Clock, FailAt, Faults, NewUser, Rehearsal, Seed, Switches};
use crate::time::Zone;

/// A PagerDuty on this machine to practise on: quirks, limits, and failures by seed
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Begins with the users and services of rotations/, or with what --state holds. Ctrl-C saves what
has become of it to --state. With the general option --now the clock stands there until it is
moved; otherwise it runs. A clock that stands has no rate limit, which it could never lift,
unless one is given.

Examples:
  dogwatch rehearse                               prints where it is, and what to type next
  dogwatch rehearse --state practice.json --port 8080
  dogwatch rehearse --faults 7                    lost answers, throttling, errors, late readers
  dogwatch rehearse --fail-at 12:after:down       the 12th request is done, then nothing answers
  dogwatch --now 2017-08-01 rehearse --runs       a clock that starts there
  curl -X POST -d '{\"by\": \"36h\"}' URL/_rehearsal/clock/advance

docs/rehearse.md says what else can be asked of it, and what it knows of PagerDuty.")]
pub struct Rehearse {
    /// Where the account is kept; what is there is gone on with
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Begin with the account in this file, which is left as it is
    #[arg(long, value_name = "FILE")]
    seed_account: Option<PathBuf>,
    /// Where to listen, on the loopback; 0 is any port that is free
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
    /// Let the clock run although --now says where it starts
    #[arg(long)]
    runs: bool,
    /// Let things go wrong, always the same for one seed
    #[arg(long, value_name = "SEED")]
    faults: Option<u64>,
    /// How often one of them does, of a hundred requests: throttled, throttled-bare, error, gateway, lock, conflict, cut-before, cut-after
    #[arg(long, value_name = "KIND=PERCENT", requires = "faults")]
    rate: Vec<String>,
    /// For how long readers may miss what was created
    #[arg(long, value_name = "SECONDS")]
    lag: Option<u32>,
    /// Cut the connection at a request: N, N:before or N:after it is done; with `:down` nothing is answered from then on
    #[arg(long, value_name = "N[:before|after][:down]")]
    fail_at: Vec<FailAt>,
    /// In which order GET /schedules/ID has the layers
    #[arg(long, value_name = "ORDER")]
    layer_order: Option<Order>,
    /// Turn another switch; docs/rehearse.md lists them
    #[arg(long, value_name = "NAME=VALUE")]
    switch: Vec<String>,
    /// Append each request to this file, a line of JSON each, without keys
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Order {
    Reversed,
    AsWritten,
}

impl Rehearse {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        session.format(&[Format::Text])?;
        let faults = self.faults()?;
        let machine = (session.clock)();
        let asked = session.global.now.is_some();
        let (begin, from) = self.begin(session)?;
        // A time without an offset is on the clock of those who are practised on.
        let reader = session.reader(begin.zone())?;
        let clock = match asked && !self.runs {
            true => Clock::standing(reader.now),
            false => Clock::running(reader.now, machine),
        };
        let switches = self.switches(clock)?;
        let account = match begin {
            Begin::Account(account) => *account,
            Begin::Seed(seed) => Account::seeded(seed, clock.now(machine)),
        };
        let rehearsal = Rehearsal::new(account, switches, faults, clock);
        let listening = self.log.as_deref().map(append).transpose()?;
        if let Some(path) = &self.state {
            // What cannot be saved is better known before hours of practice than after.
            save(path, &rehearsal.account().to_json())?;
        }

        let mut end = End::awaited()?;
        let server = server::spawn(rehearsal, session.clock, self.port, listening).map_err(|error| {
            Failure::new(format!("could not listen on port {}: {error}", self.port)).hint("`--port 0` takes a free one")
        })?;
        let url = server.url();
        session.printer.answer(&format!(
            "A rehearsal of PagerDuty at {url}\n{from}; nothing leaves this machine. Ctrl-C ends it.\n\n  \
             export PAGERDUTY_TOKEN=rehearsal\n  \
             dogwatch plan --base-url {url}\n  \
             curl {url}/                     who is on call there\n"
        ));
        if !session.printer.finish() {
            return Ok(ExitStatus::Failed);
        }
        end.wait()?;
        let rehearsal = server.stop()?;
        if let Some(path) = &self.state {
            save(path, &rehearsal.account().to_json())?;
            session.printer.talk(&format!("saved to {}\n", path.display()));
        }
        Ok(ExitStatus::Clean)
    }

    fn faults(&self) -> Result<Faults> {
        let mut faults = self.faults.map_or_else(Faults::default, Faults::by_seed);
        faults.fail_at.clone_from(&self.fail_at);
        faults.lag_seconds = self.lag.unwrap_or(faults.lag_seconds);
        for text in &self.rate {
            let failure = || {
                Failure::new(format!("no such rate: `{text}`"))
                    .hint("KIND=PERCENT, such as lock=20; `--help` has the kinds")
            };
            let (kind, percent) = text.split_once('=').ok_or_else(failure)?;
            let percent: u32 = percent.parse().ok().filter(|it| *it <= 100).ok_or_else(failure)?;
            let rates = &mut faults.rates;
            let place = match kind {
                "throttled" => &mut rates.throttled,
                "throttled-bare" => &mut rates.throttled_bare,
                "error" => &mut rates.error,
                "gateway" => &mut rates.gateway,
                "lock" => &mut rates.lock,
                "conflict" => &mut rates.conflict,
                "cut-before" => &mut rates.cut_before,
                "cut-after" => &mut rates.cut_after,
                _ => return Err(failure()),
            };
            *place = percent;
        }
        Ok(faults)
    }

    fn switches(&self, clock: Clock) -> Result<Switches> {
        let mut switches = Switches::default();
        if !clock.runs() {
            // Who waits for it would wait for ever.
            switches.rate_limit = None;
            // The same for readers who are late.
            let lag = self.lag.map_or(self.faults.is_some(), |it| it > 0);
            switches.tick = u32::from(lag);
        }
        let order = self.layer_order.map(|it| match it {
            Order::Reversed => "layer-order=reversed",
            Order::AsWritten => "layer-order=as-written",
        });
        for text in order.into_iter().chain(self.switch.iter().map(String::as_str)) {
            switches =
                switches.typed(text).map_err(|it| Failure::new(it).hint("docs/rehearse.md lists the switches"))?;
        }
        Ok(switches)
    }

    /// What the account begins with, and where that comes from, in words.
    fn begin(&self, session: &mut Session) -> Result<(Begin, String)> {
        let kept = self.state.as_ref().filter(|it| it.exists());
        if let Some(path) = kept.or(self.seed_account.as_ref()) {
            let text = whole::read(path)
                .map_err(|error| Failure::new(format!("could not read `{}`: {error}", path.display())))?;
            let account = Account::from_json(&text).map_err(|error| {
                Failure::new(format!("`{}`: {error}", path.display()))
                    .hint("without the file, a rehearsal begins with the users and services of rotations/")
            })?;
            return Ok((Begin::Account(Box::new(account)), format!("The account of {}", path.display())));
        }
        let folder = session.folder();
        let Loaded { org, .. } = session.load()?;
        let seed = seed(&org);
        for person in org.people.iter().filter(|it| it.email.is_none()) {
            let text =
                format!("{} has no email in people.toml, by which PagerDuty knows people: left out\n", person.key);
            session.printer.talk(&text);
        }
        if seed.users.is_empty() {
            return Err(Failure::new("nobody in people.toml has an email, and PagerDuty knows people by nothing else")
                .hint("give each an `email`"));
        }
        let counted = |count: usize, what: &str| match count {
            1 => format!("1 {what}"),
            _ => format!("{count} {what}s"),
        };
        let (users, services) = (counted(seed.users.len(), "user"), counted(seed.services.len(), "service"));
        let from = format!("{users} and {services} of {}", folder.display());
        Ok((Begin::Seed(seed), from))
    }
}

/// What an account begins with.
enum Begin {
    Account(Box<Account>),
    Seed(Seed),
}

impl Begin {
    fn zone(&self) -> &Zone {
        match self {
            Begin::Account(account) => account.zone(),
            Begin::Seed(seed) => &seed.zone,
        }
    }
}

fn seed(org: &Org) -> Seed {
    let user = |it: &crate::org::Person| {
        Some(NewUser {
            name: it.name.clone(),
            email: it.email.clone()?,
            phone: it.phone.clone(),
            zone: it.zone.clone(),
        })
    };
    let mut services: Vec<String> = org.services.iter().filter_map(|it| it.pagerduty.clone()).collect();
    services.sort();
    services.dedup();
    Seed {
        zone: org.zone.clone(),
        users: org.people.iter().filter_map(user).collect(),
        services,
        orchestration: org.pagerduty.as_ref().and_then(|it| it.orchestration.clone()),
    }
}

fn append(path: &Path) -> Result<Listening> {
    let failure = |error| Failure::new(format!("could not write `{}`: {error}", path.display()));
    let mut file: File = OpenOptions::new().create(true).append(true).open(path).map_err(failure)?;
    Ok(Box::new(move |record| {
        if let Ok(line) = serde_json::to_string(record) {
            // A log that cannot be written changes nothing about the answer.
            let _ = writeln!(file, "{line}");
        }
    }))
}

fn save(path: &Path, text: &str) -> Result<()> {
    whole::write(path, text).map_err(|error| Failure::new(format!("could not save `{}`: {error}", path.display())))
}
