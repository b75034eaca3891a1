//! Episodes as lines of JSON: our own form, with a schema in `schemas/`.

use std::borrow::Cow;

use serde::Deserialize;

use crate::config::StepKind;
use crate::history::chunks::{Chunk, lines};
use crate::history::losses::{Loss, Shown, excerpt};
use crate::history::names::Names;
use crate::history::rows::{Read, check_name, seconds};
use crate::history::store::{NOBODY, Numbers, pair_bytes};
use crate::org::harmless;
use crate::time::Stamp;

/// One past escalation, a line of a file of JSON lines.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EpisodeLine<'a> {
    /// Its id, which no other episode has.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// When it opened, in RFC 3339: "2026-03-03T15:00:00Z".
    #[serde(borrow)]
    pub opened: Cow<'a, str>,
    /// What its alert carried.
    #[serde(default)]
    pub tags: std::collections::BTreeMap<String, String>,
    /// What happened, in order.
    #[serde(borrow, default)]
    pub steps: Vec<StepLine<'a>>,
}

/// Something that happened in an episode.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StepLine<'a> {
    /// When, in RFC 3339.
    #[serde(borrow)]
    pub at: Cow<'a, str>,
    /// What.
    pub kind: KindWord,
    /// The rotation or team.
    #[serde(borrow, default)]
    pub team: Option<Cow<'a, str>>,
    /// The person: a key or the e-mail address of people.toml, or any name.
    #[serde(borrow, default)]
    pub person: Option<Cow<'a, str>>,
}

/// What a step is.
#[derive(Debug, Clone, Copy, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum KindWord {
    /// Somebody is called in.
    Paged,
    /// Somebody has taken it.
    Acknowledged,
    /// It goes to somebody else.
    Reassigned,
    /// Somebody joins.
    Added,
    /// Nobody answered, and somebody else is paged.
    Escalated,
    /// It is over.
    Resolved,
}

impl From<KindWord> for StepKind {
    fn from(word: KindWord) -> StepKind {
        match word {
            KindWord::Paged => StepKind::Paged,
            KindWord::Acknowledged => StepKind::Acknowledged,
            KindWord::Reassigned => StepKind::Reassigned,
            KindWord::Added => StepKind::Added,
            KindWord::Escalated => StepKind::Escalated,
            KindWord::Resolved => StepKind::Resolved,
        }
    }
}

/// All episodes of a chunk.
pub(super) fn read(chunk: &Chunk, file: &str, stamp: &Stamp, numbers: &mut Numbers) -> Read {
    let mut read = Read::default();
    let mut at = 0;
    while at < chunk.bytes.len() {
        let rest = &chunk.bytes[at..];
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let line = rest[..end].trim_ascii();
        if !line.is_empty() {
            read.rows += 1;
            if let Err((loss, text)) = episode(line, stamp, numbers, &mut read) {
                let before = &chunk.bytes[..at];
                read.losses.add(loss, || Shown { file: file.to_owned(), line: chunk.line + lines(before), text });
            }
        }
        at += end + 1;
    }
    read.batch.shrink();
    read
}

type Bad = (Loss, String);

fn episode(line: &[u8], stamp: &Stamp, numbers: &mut Numbers, read: &mut Read) -> Result<(), Bad> {
    let episode: EpisodeLine<'_> =
        serde_json::from_slice(line).map_err(|error| (Loss::Json, harmless(&error.to_string())))?;
    let time = |text: &str| {
        let at = stamp.read(text.as_bytes()).and_then(seconds);
        at.ok_or_else(|| (Loss::Time, excerpt(text.as_bytes())))
    };
    let opened = time(&episode.opened)?;
    let id = episode.id.trim();
    if id.is_empty() {
        return Err((Loss::NoId, String::new()));
    }
    check_name(id.as_bytes()).map_err(|loss| (loss, excerpt(id.as_bytes())))?;
    let mut set = Vec::new();
    for (key, value) in &episode.tags {
        if !value.is_empty() {
            let pair = (number(&mut numbers.tag_keys, key)?, number(&mut numbers.tag_values, value)?);
            set.extend_from_slice(&pair_bytes(pair));
        }
    }
    let mut steps = Vec::with_capacity(episode.steps.len());
    for step in &episode.steps {
        let name = |names: &mut Names, it: &Option<Cow<'_, str>>| {
            it.as_ref().filter(|it| !it.is_empty()).map_or(Ok(NOBODY), |it| number(names, it))
        };
        let team = name(&mut numbers.teams, &step.team)?;
        let person = name(&mut numbers.people, &step.person)?;
        steps.push((time(&step.at)?, numbers.actor(step.kind.into(), team, person)));
    }
    let too_many = || (Loss::TooMany, String::new());
    let id = numbers.id(id.as_bytes()).ok_or_else(too_many)?;
    let tags = numbers.tag_sets.intern(&set).ok_or_else(too_many)?;
    let begun = read.batch.begin(id, opened, tags);
    for (at, actor) in steps {
        read.batch.step(opened, at, actor);
    }
    read.batch.end(begun);
    Ok(())
}

fn number(names: &mut Names, text: &str) -> Result<u32, Bad> {
    match names.intern_if(text.as_bytes().into(), check_name) {
        Ok(Some(number)) => Ok(number),
        Ok(None) => Err((Loss::TooMany, String::new())),
        Err(loss) => Err((loss, excerpt(text.as_bytes()))),
    }
}
