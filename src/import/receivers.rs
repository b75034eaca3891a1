//! Which receiver of the source becomes which rotation.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::config::Diagnostic;
use crate::import::brief;
use crate::org::{Pattern, nearest};

/// Rules from receivers to targets; the first that matches counts.
#[derive(Debug, Clone)]
pub struct ReceiverMap {
    file: String,
    rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
struct Rule {
    pattern: Pattern,
    text: String,
    target: String,
    span: Range<usize>,
}

/// Where a receiver's alerts go here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Somebody is paged: `storage-ops`, `storage-ops.secondary` or `@vera`.
    Page(String),
    /// A channel is informed.
    Notify(String),
}

impl ReceiverMap {
    /// No rules: every receiver only informs.
    pub fn empty() -> ReceiverMap {
        ReceiverMap { file: String::new(), rules: Vec::new() }
    }

    /// Reads rules: `receiver = "rotation"`, where the receiver may be a glob or a regular expression between slashes,
    /// and a `*` in the target stands for what the one `*` of a glob stood for.
    ///
    /// # Errors
    ///
    /// Every mistake in the file.
    pub fn parse(file: &str, text: &str) -> Result<ReceiverMap, Vec<Diagnostic>> {
        let table = match DeTable::parse(text) {
            Ok(table) => table,
            Err(error) => {
                let message = format!("this is not TOML: {}", error.message().lines().next().unwrap_or_default());
                let diagnostic = Diagnostic::error("bad-toml", file, error.span().unwrap_or(0..0), message);
                return Err(vec![diagnostic.help("each line is a rule: receiver = \"rotation\"")]);
            }
        };
        let mut rules = Vec::new();
        let mut mistakes = Vec::new();
        for (key, value) in table.get_ref() {
            let mut wrong = |span: Range<usize>, message: String, cure: &str| {
                mistakes.push(Diagnostic::error("bad-map", file, span, message).help(cure));
            };
            let DeValue::String(target) = value.get_ref() else {
                let cure = "\"storage-ops\", \"storage-ops.secondary\", \"@vera\" or \"notify:NAME\"";
                wrong(value.span(), "a receiver becomes one target, between quotes".to_owned(), cure);
                continue;
            };
            let name: &str = key.get_ref();
            let pattern = match Pattern::parse(name) {
                Ok(pattern) => pattern,
                Err(error) => {
                    wrong(
                        key.span(),
                        error.to_string(),
                        "a receiver's name, a glob, or a regular expression between slashes",
                    );
                    continue;
                }
            };
            let stars = |text: &str| text.matches('*').count();
            if target.contains('*')
                && (stars(target) != 1 || stars(name) != 1 || name.contains('?') || name.starts_with('/'))
            {
                let message = format!("which part of the receiver does `{target}` take?");
                wrong(value.span(), message, "one `*` in the target stands for the one `*` of the receiver");
                continue;
            }
            if target_of(target).is_none() {
                let cure = "\"storage-ops\", \"storage-ops.secondary\", \"@vera\" or \"notify:NAME\"";
                wrong(value.span(), format!("`{target}` is no target"), cure);
                continue;
            }
            let text = name.to_owned();
            rules.push(Rule { pattern, text, target: target.clone().into_owned(), span: key.span() });
        }
        rules.sort_by_key(|it| it.span.start);
        mistakes.sort_by_key(|it| it.span.as_ref().map(|it| it.start));
        if mistakes.is_empty() { Ok(ReceiverMap { file: file.to_owned(), rules }) } else { Err(mistakes) }
    }

    /// Where a receiver leads, if a rule says so.
    pub fn target(&self, receiver: &str) -> Option<Target> {
        let rule = self.rules.iter().find(|it| it.pattern.matches(receiver))?;
        let taken = rule
            .text
            .split_once('*')
            .filter(|_| rule.target.contains('*'))
            .map(|(before, after)| receiver.get(before.len()..receiver.len() - after.len()).unwrap_or_default());
        target_of(&rule.target.replace('*', taken.unwrap_or("*")))
    }

    /// Warnings about rules that no receiver meets first.
    pub fn idle<'a>(&self, receivers: impl Iterator<Item = &'a str> + Clone) -> Vec<Diagnostic> {
        let first = |name: &str| self.rules.iter().position(|it| it.pattern.matches(name));
        let met: BTreeSet<usize> = receivers.clone().filter_map(first).collect();
        let idle = self.rules.iter().enumerate().filter(|(index, _)| !met.contains(index));
        idle.map(|(_, rule)| {
            let name = &rule.text;
            let (message, cure) = if receivers.clone().any(|it| rule.pattern.matches(it)) {
                let message = format!("a rule above takes every receiver of `{name}`");
                (message, "move this rule up: the first that matches counts".to_owned())
            } else {
                let near = nearest(name, receivers.clone());
                let cure = near.first().map(|it| format!("did you mean `{}`?", brief(it)));
                (format!("no receiver is called `{name}`"), cure.unwrap_or_else(|| "take the rule out".to_owned()))
            };
            Diagnostic::error("idle-rule", &self.file, rule.span.clone(), message).warning().help(cure)
        })
        .collect()
    }
}

fn target_of(text: &str) -> Option<Target> {
    if let Some(channel) = text.strip_prefix("notify:") {
        return (!channel.trim().is_empty()).then(|| Target::Notify(channel.to_owned()));
    }
    let name = text.strip_prefix('@').unwrap_or(text);
    let plain = !name.is_empty() && name.chars().all(|it| it.is_alphanumeric() || "-_.*".contains(it));
    (plain && name != "nobody").then(|| Target::Page(text.to_owned()))
}
