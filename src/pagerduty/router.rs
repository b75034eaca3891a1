//! Routes in PagerDuty's condition language.

use crate::org::{Condition, Matcher, Pattern};

/// Bytes of one condition.
const LONGEST_CONDITION: usize = 2048;
/// Bytes of one literal.
const LONGEST_LITERAL: usize = 1024;
/// Terms of one condition.
const MOST_TERMS: usize = 64;
/// Conditions of one row.
const MOST_CONDITIONS: usize = 64;

/// A row of a router.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// For people.
    pub label: String,
    /// Any of them. Never empty.
    pub conditions: Vec<String>,
    /// The key of the policy whose service it leads to.
    pub policy: String,
}

/// The conditions of which any must hold for all matchers to hold; none if they ask for nothing. `paths` says where
/// PagerDuty keeps a tag.
///
/// ```
/// use dogwatch::org::{Condition, Matcher, Pattern};
/// use dogwatch::pagerduty::router::conditions;
///
/// let any = ["db-*", "o'hara"].map(|it| Pattern::parse(it).unwrap()).to_vec();
/// let matcher = Matcher { when: vec![Condition { tag: "service".into(), any }], unless: vec![] };
/// let paths = [("service".to_owned(), "event.source".to_owned())];
/// assert_eq!(
///     conditions(&[&matcher], &paths).unwrap(),
///     [r"(event.source matches regex '(?-ims)^(?:db-[\\s\\S]*)$' or event.source == 'o\'hara')"]
/// );
/// ```
///
/// # Errors
///
/// Why it cannot be said, as part of a sentence.
pub fn conditions(matchers: &[&Matcher], paths: &[(String, String)]) -> Result<Vec<String>, String> {
    // Each factor is a choice of terms; all factors hold.
    let mut factors: Vec<Vec<String>> = Vec::new();
    for matcher in matchers {
        for condition in &matcher.when {
            if let Some(choice) = choice(condition, paths)? {
                factors.push(choice);
            }
        }
    }
    for matcher in matchers {
        for condition in &matcher.unless {
            match choice(condition, paths)? {
                None => return Err(format!("excludes every {}", condition.tag)),
                Some(choice) => factors.extend(choice.into_iter().map(|term| vec![format!("not ({term})")])),
            }
        }
    }
    if factors.is_empty() {
        return Ok(Vec::new());
    }
    let mut rows = vec![factors];
    // What is too long is split at its longest choice; a router takes any of a row's conditions.
    while let Some(index) = rows.iter().position(|it| !fits(it)) {
        let factors = rows.swap_remove(index);
        let longest = factors
            .iter()
            .enumerate()
            .max_by_key(|(_, it)| (it.len().min(2), it.iter().map(String::len).sum::<usize>()));
        let Some((place, choice)) = longest.filter(|(_, it)| it.len() > 1) else {
            return Err("is longer than PagerDuty's conditions may be".to_owned());
        };
        // In an order of its own, so that what is joined again is split again in the same way.
        let mut choice = choice.clone();
        choice.sort();
        for half in choice.chunks(choice.len().div_ceil(2)) {
            let mut factors = factors.clone();
            factors[place] = half.to_vec();
            rows.push(factors);
        }
        if rows.len() > MOST_CONDITIONS {
            return Err("needs more conditions than a row should have".to_owned());
        }
    }
    let mut conditions: Vec<String> = rows.iter().map(|it| written(it)).collect();
    conditions.sort();
    Ok(conditions)
}

fn written(factors: &[Vec<String>]) -> String {
    let factor = |terms: &Vec<String>| match terms.as_slice() {
        [only] => only.clone(),
        terms => format!("({})", terms.join(" or ")),
    };
    factors.iter().map(factor).collect::<Vec<_>>().join(" and ")
}

fn fits(factors: &[Vec<String>]) -> bool {
    let text = written(factors);
    text.len() <= LONGEST_CONDITION && text.matches(" or ").count() + text.matches(" and ").count() < MOST_TERMS
}

/// The terms of which any must hold; `None` if one always does.
fn choice(condition: &Condition, paths: &[(String, String)]) -> Result<Option<Vec<String>>, String> {
    let Some((_, path)) = paths.iter().find(|(tag, _)| *tag == condition.tag) else {
        return Err(format!("asks for `{}`, for which `[pagerduty] tags` names no field", condition.tag));
    };
    let mut terms = Vec::new();
    for pattern in &condition.any {
        match term(pattern, path)? {
            None => return Ok(None),
            Some(term) => terms.push(term),
        }
    }
    Ok(Some(terms))
}

fn term(pattern: &Pattern, path: &str) -> Result<Option<String>, String> {
    let text = pattern.to_string();
    let absent = pattern.matches("");
    let term = match pattern.word() {
        Some("") => format!("{path} == ''"),
        Some(word) => format!("{path} == {}", literal(word)?),
        None if text == "*" => return Ok(None),
        None if text == "?*" => format!("({path} exists and not {path} == '')"),
        None => {
            let inner = match text.strip_prefix('/').and_then(|it| it.strip_suffix('/')) {
                Some(regex) => regex.to_owned(),
                None => glob(&text),
            };
            format!("{path} matches regex {}", literal(&format!("(?-ims)^(?:{inner})$"))?)
        }
    };
    Ok(Some(if absent { format!("(not {path} exists or {term})") } else { term }))
}

/// A glob as a regular expression.
fn glob(text: &str) -> String {
    let mut out = String::new();
    for it in text.chars() {
        match it {
            '*' => out.push_str(r"[\s\S]*"),
            '?' => out.push_str(r"[\s\S]"),
            it if it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | ' ') || !it.is_ascii() => out.push(it),
            it => out.extend(['\\', it]),
        }
    }
    out
}

/// A text between single quotes, in which only those and backslashes are escaped.
fn literal(text: &str) -> Result<String, String> {
    if text.len() > LONGEST_LITERAL {
        return Err("holds a word longer than PagerDuty's may be".to_owned());
    }
    let escaped = text.replace('\\', r"\\").replace('\'', r"\'");
    Ok(format!("'{escaped}'"))
}
