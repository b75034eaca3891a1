//! Files that nobody meant: cut short, spoilt, or made of noise. Nothing may panic, nothing may take long.
//!
//! What is made comes from a seed, and a failure says which: `run(seed..seed + 1)` shows it again. For a longer run,
//!
//! ```text
//! DOGWATCH_FUZZ_SECONDS=600 DOGWATCH_FUZZ_SEED=1 cargo test --release robust -- --nocapture
//! ```
//!
//! `fuzz/` has the same for cargo-fuzz, which looks for files that take new ways through the program.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant as Clock};

use dogwatch::config::Files;
use dogwatch::time::{Instant, Zone};
use proptest::prelude::*;

#[path = "robust/exercise.rs"]
mod exercise;
#[path = "robust/mutate.rs"]
mod mutate;

use crate::sections::sections;
use exercise::{exercise, exercise_text};
use mutate::{Folder, Random, boundary, noise, phrase, spoilt};

/// How long one look at files may take before it counts as one that never ends.
const LONGEST: Duration = Duration::from_secs(60);

/// When questions are asked: an ordinary day, hours that are skipped or shown twice, and both ends of what is known.
const INSTANTS: [i64; 7] =
    [1_772_550_000, 1_772_953_200, 1_793_510_000, 1_777_000_000, 0, 7_258_118_399, 7_258_118_400 - 86_400 * 30];

const ZONES: [&str; 8] = [
    "America/New_York",
    "Europe/Dublin",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Africa/Cairo",
    "America/Santiago",
    "Pacific/Apia",
    "Asia/Kolkata",
];

/// The folders that are spoilt: the examples, the reference organisation, and every mistake we know.
fn folders() -> Vec<Folder> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![load(&root.join("rotations"))];
    let mut examples: Vec<PathBuf> =
        fs::read_dir(root.join("examples")).unwrap().map(|it| it.unwrap().path()).collect();
    examples.sort();
    folders.extend(examples.iter().map(|it| it.join("rotations")).filter(|it| it.is_dir()).map(|it| load(&it)));
    let cases = root.join("tests/cases/diagnostics");
    let case = |path: &Path| -> Folder {
        let text = fs::read_to_string(path).unwrap();
        let files = sections(&text).into_iter().filter(|it| it.name != "expected" && it.how.as_deref() != Some("gone"));
        files.map(|it| (it.name, it.text)).collect()
    };
    let base = case(&cases.join("base.txt"));
    let mut paths: Vec<PathBuf> = fs::read_dir(cases).unwrap().map(|it| it.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let mut folder = base.clone();
        folder.extend(case(&path));
        folders.push(folder);
    }
    folders
}

fn load(folder: &Path) -> Folder {
    fn collect(folder: &Path, prefix: &str, files: &mut Folder) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
            if path.is_dir() {
                collect(&path, &format!("{name}/"), files);
            } else if name.ends_with(".toml") || name.ends_with(".ics") {
                files.insert(name, fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut files = BTreeMap::new();
    collect(folder, "", &mut files);
    files
}

/// One look at something that a seed has made; gives whether it is files that mean something.
fn look(seed: u64, folders: &[Folder], zones: &[Zone]) -> bool {
    let mut random = Random::new(seed);
    let at = Instant::from_unix(*random.pick(&INSTANTS));
    match random.below(4) {
        0 => {
            let text = if random.below(2) == 0 { noise(&mut random) } else { phrase(&mut random) };
            exercise_text(&text, random.pick(zones), at);
            false
        }
        _ => {
            let files: Files = spoilt(&mut random, folders).into_iter().collect();
            exercise(&files, at)
        }
    }
}

/// What happens while seeds are looked at.
enum News {
    Begins(u64),
    Ends(bool),
    Panics(u64, String),
}

/// What was looked at.
#[derive(Debug, Default)]
struct Looks {
    all: u64,
    /// Those at files that mean something.
    sound: u64,
}

/// Looks at all seeds, or at as many as `time` allows.
///
/// # Panics
///
/// With the seed, at the first one that panics or takes too long.
fn run(seeds: Range<u64>, time: Duration) -> Looks {
    let (send, news) = channel();
    let worker = thread::Builder::new().stack_size(2 << 20).spawn(move || {
        let (folders, started) = (folders(), Clock::now());
        let zones: Vec<Zone> = ZONES.iter().map(|it| Zone::named(it).unwrap()).collect();
        for seed in seeds {
            if started.elapsed() > time || send.send(News::Begins(seed)).is_err() {
                break;
            }
            let news = match catch_unwind(AssertUnwindSafe(|| look(seed, &folders, &zones))) {
                Ok(sound) => News::Ends(sound),
                Err(panic) => {
                    let said = panic.downcast_ref::<String>().cloned();
                    let said = said.or_else(|| panic.downcast_ref::<&str>().map(|it| (*it).to_owned()));
                    News::Panics(seed, said.unwrap_or_default())
                }
            };
            if send.send(news).is_err() {
                break;
            }
        }
    });
    let looks = watch(&news);
    worker.unwrap().join().unwrap();
    looks
}

fn watch(news: &Receiver<News>) -> Looks {
    // What overflows the stack ends the process; the last seed is found here.
    let note = Path::new(env!("CARGO_TARGET_TMPDIR")).join("robust-seed");
    let (mut looks, mut last) = (Looks::default(), 0);
    loop {
        match news.recv_timeout(LONGEST) {
            Ok(News::Begins(seed)) => {
                last = seed;
                fs::write(&note, seed.to_string()).unwrap();
            }
            Ok(News::Ends(sound)) => {
                looks.all += 1;
                looks.sound += u64::from(sound);
            }
            Ok(News::Panics(seed, said)) => panic!("seed {seed} panics: {said}"),
            Err(RecvTimeoutError::Timeout) => panic!("seed {last} takes longer than {LONGEST:?}"),
            Err(RecvTimeoutError::Disconnected) => return looks,
        }
    }
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
#[expect(clippy::print_stderr, reason = "a longer run says how much it looked at")]
fn spoilt_files_never_panic() {
    let seed = variable("DOGWATCH_FUZZ_SEED").unwrap_or(1) << 32;
    match variable("DOGWATCH_FUZZ_SECONDS") {
        None => {
            run(seed..seed + 300, Duration::MAX);
        }
        Some(seconds) => {
            let Looks { all, sound } = run(seed..u64::MAX, Duration::from_secs(seconds));
            eprintln!("{all} looks in {seconds} s, {sound} of them at files that mean something");
        }
    }
}

#[test]
fn files_that_end_anywhere_never_panic() {
    let folders = folders();
    let base = folders.iter().find(|it| it.contains_key("storage-ops.toml") && it.len() == 6).unwrap();
    let at = Instant::from_unix(INSTANTS[0]);
    for (folder, step) in [(base, 5), (&folders[0], 1499)] {
        for (name, text) in folder {
            for end in (0..text.len()).step_by(step) {
                let mut cut = folder.clone();
                cut.insert(name.clone(), text[..boundary(text, end)].to_owned());
                exercise(&cut.into_iter().collect(), at);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>(), zone in 0..ZONES.len(), at in 0..7_258_118_400_i64) {
        exercise_text(&text, &Zone::named(ZONES[zone]).unwrap(), Instant::from_unix(at));
    }

    #[test]
    fn any_phrase_is_read_or_refused(seed in any::<u64>(), zone in 0..ZONES.len(), at in 0..7_258_118_400_i64) {
        let text = phrase(&mut Random::new(seed));
        exercise_text(&text, &Zone::named(ZONES[zone]).unwrap(), Instant::from_unix(at));
    }
}
