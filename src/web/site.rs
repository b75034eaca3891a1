//! What is answered from: an organisation as its files said, and what is wrong with the files as they are now.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::config::{Diagnostic, Files};
use crate::org::Org;
use crate::people::Handled;
use crate::time::{Instant, Zone};
use crate::web::Response;
use crate::web::secret::{FeedKey, Generations, fingerprint};

/// The most answers that are remembered, and the most bytes of them.
const MOST_ANSWERS: usize = 2_048;
const MOST_BYTES: usize = 32 << 20;
/// A target that is longer is not remembered.
const LONGEST_TARGET: usize = 1_024;

/// An organisation, and all that was read with it. Never changes.
#[derive(Debug)]
pub struct State {
    /// What the files mean.
    pub org: Org,
    /// The files.
    pub files: Files,
    /// What is doubtful in them.
    pub warnings: Vec<Diagnostic>,
    /// What past episodes say, if there is a history.
    pub fit: Option<Past>,
    /// When it was read.
    pub since: Instant,
    /// A digest of the files: equal for equal files, on every replica.
    pub revision: String,
}

/// What past episodes say, ready to be shown.
#[derive(Debug, Clone)]
pub struct Past {
    /// The report's markup.
    pub report: String,
    /// The sentence on top of it.
    pub title: String,
    /// What people had handled when it was read.
    pub handled: Handled,
}

/// The files as they are now mean nothing; answers come from what they said last.
#[derive(Debug, Clone)]
pub struct Trouble {
    /// Since when.
    pub since: Instant,
    /// How many mistakes there are; none, if what is wrong is that the files cannot be read.
    pub mistakes: usize,
    /// Each with its place and its cure, as text.
    pub report: String,
}

impl Trouble {
    /// `2 mistakes`, or that there is nothing to count.
    pub fn count(&self) -> String {
        match self.mistakes {
            0 => "unreadable".to_owned(),
            1 => "1 mistake".to_owned(),
            more => format!("{more} mistakes"),
        }
    }

    /// The same as a sentence of the files.
    pub fn sentence(&self) -> String {
        match self.mistakes {
            0 => "The files could not be read".to_owned(),
            _ => format!("The files have {}", self.count()),
        }
    }
}

/// What does not change as long as a server runs.
#[derive(Debug, Clone)]
pub struct Options {
    /// On whose clock times are, if a reader does not say.
    pub zone: Option<Zone>,
    /// From what the secret part of feeds is made; absent, feeds have none.
    pub feed_key: Option<FeedKey>,
    /// Where people reach the server, as feeds are to be subscribed to.
    pub url: Option<String>,
}

/// What one answer is made from, whole: it is replaced, never changed.
#[derive(Debug)]
pub struct Site {
    /// What holds.
    pub state: Arc<State>,
    /// How often each feed's link was revoked: a mistake elsewhere holds back no revocation.
    pub generations: Arc<Generations>,
    /// What is wrong with the files as they are now.
    pub trouble: Option<Trouble>,
    /// As the server was started.
    pub options: Arc<Options>,
    memory: Mutex<Memory>,
    slow: Mutex<BTreeMap<String, Arc<Response>>>,
}

#[derive(Debug, Default)]
struct Memory {
    /// Of which moment the answers are.
    at: Option<Instant>,
    bytes: usize,
    answers: BTreeMap<String, Arc<Response>>,
}

impl State {
    /// The digest of some files.
    pub fn revision_of(files: &Files) -> String {
        let texts = files.names().flat_map(|name| {
            // A file that is no text is something else than one that is empty.
            [name.as_bytes(), files.text(name).map_or(b"\xff".as_slice(), str::as_bytes)]
        });
        fingerprint(texts)
    }
}

impl Site {
    /// A site that remembers nothing yet.
    pub fn new(state: Arc<State>, trouble: Option<Trouble>, options: Arc<Options>) -> Site {
        let generations = Arc::default();
        Site { state, generations, trouble, options, memory: Mutex::default(), slow: Mutex::default() }
    }

    /// The same, some of whose links are revoked.
    pub fn revoking(self, generations: Arc<Generations>) -> Site {
        Site { generations, ..self }
    }

    /// On whose clock times are, if a reader does not say.
    pub fn zone(&self) -> &Zone {
        self.options.zone.as_ref().unwrap_or(&self.state.org.zone)
    }

    /// An answer of this very moment, if it was given before.
    pub(super) fn recalled(&self, key: &str, at: Instant) -> Option<Arc<Response>> {
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.at != Some(at) {
            return None;
        }
        memory.answers.get(key).cloned()
    }

    /// Keeps an answer for as long as the clock shows the same moment.
    pub(super) fn remember(&self, key: String, at: Instant, answer: &Arc<Response>) {
        // The body, and at most as much again for it in gzip.
        let size = key.len() + 2 * answer.body.len() + 512;
        if key.len() > LONGEST_TARGET || size > MOST_BYTES / 4 {
            return;
        }
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let full = memory.bytes + size > MOST_BYTES || memory.answers.len() >= MOST_ANSWERS;
        if memory.at != Some(at) || full {
            *memory = Memory { at: Some(at), ..Memory::default() };
        }
        if memory.answers.insert(key, Arc::clone(answer)).is_none() {
            memory.bytes += size;
        }
    }

    /// An answer that takes long: worked out once for all who ask, and kept until the files change or others of its
    /// kind have taken its place.
    pub(super) fn slow<E>(&self, key: &str, work: impl FnOnce() -> Result<Response, E>) -> Result<Arc<Response>, E> {
        const MOST: usize = 8;
        // Whoever asks for the same meanwhile waits, rather than working it out as well.
        let mut slow = self.slow.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = slow.get(key) {
            return Ok(Arc::clone(known));
        }
        let answer = Arc::new(work()?);
        while slow.len() >= MOST {
            slow.pop_first();
        }
        slow.insert(key.to_owned(), Arc::clone(&answer));
        Ok(answer)
    }
}
