//! PagerDuty's condition language, read back into what our routes compare.
//!
//! What `pagerduty::router` writes comes back as it was. Of what others write, comparisons with texts are taken over;
//! numbers in order, counts and clocks are not, and are an error.

use crate::org::Pattern;

/// How deep parentheses may lie within each other.
const MOST_DEPTH: usize = 64;
/// Alternatives of one condition.
const MOST_ROWS: usize = 64;

/// What must hold: of each path one of its patterns; and of none of the others any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Both {
    /// In order.
    pub when: Vec<(String, Vec<String>)>,
    /// In order; neighbours differ in their path.
    pub unless: Vec<(String, Vec<String>)>,
}

/// Conditions, of which any must hold, as alternatives; as few as will do.
///
/// # Errors
///
/// What cannot be said, as part of a sentence.
pub fn read<'a>(conditions: impl IntoIterator<Item = &'a str>) -> Result<Vec<Both>, String> {
    let mut all = Vec::new();
    for text in conditions {
        let mut reader = Reader { text, rest: text, depth: 0 };
        let expression = reader.either()?;
        reader.blanks();
        if !reader.rest.is_empty() {
            return Err(reader.odd());
        }
        all.extend(alternatives(&expression, false)?);
        if all.len() > MOST_ROWS {
            return Err("has too many alternatives".to_owned());
        }
    }
    Ok(joined(all))
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Expression {
    Any(Vec<Expression>),
    All(Vec<Expression>),
    Not(Box<Expression>),
    Term { path: String, pattern: String },
}

use Expression::{All, Any, Not, Term};

struct Reader<'a> {
    text: &'a str,
    rest: &'a str,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn odd(&self) -> String {
        let at = self.text.len() - self.rest.len();
        let near: String = self.rest.chars().take(24).collect();
        format!("says `{near}` at byte {at}, which routes cannot")
    }

    fn blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Steps over a sign.
    fn sign(&mut self, sign: &str) -> bool {
        self.blanks();
        let found = self.rest.strip_prefix(sign);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    /// Steps over a word, if it ends there.
    fn word(&mut self, word: &str) -> bool {
        self.blanks();
        let ends = |rest: &str| !rest.starts_with(|it: char| it.is_alphanumeric() || it == '_' || it == '.');
        let found = self.rest.strip_prefix(word).filter(|it| ends(it));
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn either(&mut self) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err("has parentheses too deep within each other".to_owned());
        }
        let mut all = vec![self.both()?];
        while self.word("or") {
            all.push(self.both()?);
        }
        self.depth -= 1;
        Ok(any(all))
    }

    fn both(&mut self) -> Result<Expression, String> {
        let mut all = vec![self.negated()?];
        while self.word("and") {
            all.push(self.negated()?);
        }
        if all.len() > 1 {
            // `exists and not == ''` is one pattern: something is there.
            let there: Vec<String> = all.iter().filter_map(|it| is_there(it).map(str::to_owned)).collect();
            all.retain(|it| match it {
                Not(inner) => !matches!(&**inner, Term { path, pattern } if pattern.is_empty() && there.contains(path)),
                _ => true,
            });
        }
        Ok(if all.len() == 1 { all.remove(0) } else { All(all) })
    }

    fn negated(&mut self) -> Result<Expression, String> {
        let mut turned = false;
        while self.word("not") {
            turned = !turned;
        }
        self.blanks();
        let is_group = self.rest.starts_with('(');
        let inner = self.comparison()?;
        Ok(match (turned, is_group) {
            (false, _) => inner,
            // What is said of a whole stays said of it: `unless = { a = "?*" }` is no `when`.
            (true, true) => Not(Box::new(inner)),
            (true, false) => not(inner),
        })
    }

    fn comparison(&mut self) -> Result<Expression, String> {
        if self.sign("(") {
            let inner = self.either()?;
            return if self.sign(")") { Ok(inner) } else { Err(self.odd()) };
        }
        let path = self.path()?;
        let term = |pattern: String| Term { path: path.clone(), pattern };
        if self.word("exists") {
            return Ok(term("?*".to_owned()));
        }
        if self.sign("==") {
            return Ok(term(exact(&self.value()?)));
        }
        if self.sign("!=") {
            return Ok(not(term(exact(&self.value()?))));
        }
        if !self.word("matches") {
            return Err(self.odd());
        }
        let (mut exactly, mut part, mut regex) = (false, false, false);
        loop {
            match () {
                () if self.word("exactly") => exactly = true,
                () if self.word("part") => part = true,
                () if self.word("regex") => regex = true,
                () => break,
            }
        }
        let text = self.value()?;
        let pattern = match (part, regex) {
            (_, true) => expression(&text, exactly)?,
            (true, false) if exactly && !text.contains(['*', '?', '/']) => format!("*{text}*"),
            (true, false) => {
                format!("/{}.*{}.*/", if exactly { "(?s)" } else { "(?is)" }, regex::escape(&text))
            }
            (false, false) if exactly || text.to_lowercase() == text.to_uppercase() => exact(&text),
            (false, false) => format!("/(?i){}/", regex::escape(&text)),
        };
        match Pattern::parse(&pattern) {
            Ok(_) => Ok(term(pattern)),
            Err(error) => Err(error.to_string()),
        }
    }

    /// `event.custom_details['my key']`, as it stands.
    fn path(&mut self) -> Result<String, String> {
        self.blanks();
        let mut quoted = false;
        let mut end = self.rest.len();
        for (at, it) in self.rest.char_indices() {
            match it {
                '\'' => quoted = !quoted,
                _ if quoted => {}
                it if it.is_ascii_alphanumeric() || "_.[]".contains(it) => {}
                _ => {
                    end = at;
                    break;
                }
            }
        }
        let (path, rest) = self.rest.split_at(end);
        let known = path.starts_with("event.") || path.starts_with("event[") || path.starts_with("raw_event.");
        if !known {
            return Err(self.odd());
        }
        self.rest = rest;
        Ok(path.to_owned())
    }

    /// A text between quotes; or a number or a word, as it reads.
    fn value(&mut self) -> Result<String, String> {
        self.blanks();
        let Some(inner) = self.rest.strip_prefix('\'') else {
            let end = self.rest.find(|it: char| !(it.is_alphanumeric() || "._-+".contains(it)));
            let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
            let plain = word.parse::<f64>().is_ok() || ["true", "false", "nil"].contains(&word);
            if !plain {
                return Err(self.odd());
            }
            self.rest = rest;
            return Ok(if word == "nil" { String::new() } else { word.to_owned() });
        };
        let mut out = String::new();
        let mut letters = inner.char_indices();
        while let Some((at, it)) = letters.next() {
            match it {
                '\'' => {
                    self.rest = &inner[at + 1..];
                    return Ok(out);
                }
                '\\' => match letters.next() {
                    Some((_, next @ ('\'' | '\\'))) => out.push(next),
                    Some((_, next)) => out.extend(['\\', next]),
                    None => break,
                },
                it => out.push(it),
            }
        }
        Err("has a text without an end".to_owned())
    }
}

fn is_there(it: &Expression) -> Option<&str> {
    match it {
        Term { path, pattern } if pattern == "?*" => Some(path),
        _ => None,
    }
}

/// That something is not there is that it is empty.
fn not(it: Expression) -> Expression {
    match it {
        Term { path, pattern } if pattern == "?*" => Term { path, pattern: String::new() },
        Not(inner) => *inner,
        it => Not(Box::new(it)),
    }
}

fn any(mut all: Vec<Expression>) -> Expression {
    // `not exists or …`: a pattern that matches what is not there says so already.
    if let [Term { path, pattern }, Term { path: other, pattern: rest }] = &all[..]
        && path == other
        && pattern.is_empty()
        && Pattern::parse(rest).is_ok_and(|it| it.matches(""))
    {
        all.remove(0);
    }
    let flat = |it| match it {
        Any(inner) => inner,
        it => vec![it],
    };
    if all.len() == 1 { all.remove(0) } else { Any(all.into_iter().flat_map(flat).collect()) }
}

/// The one value, whatever it holds.
fn exact(text: &str) -> String {
    if text.contains(['*', '?']) || text.starts_with('/') {
        format!("/{}/", regex::escape(text))
    } else {
        text.to_owned()
    }
}

/// A regular expression of PagerDuty's: anywhere, and case does not count, unless it says otherwise.
fn expression(text: &str, exactly: bool) -> Result<String, String> {
    if let Some(inner) = text.strip_prefix("(?-ims)^(?:").and_then(|it| it.strip_suffix(")$")) {
        return Ok(glob(inner).unwrap_or_else(|| format!("/{inner}/")));
    }
    let flags = if exactly { "sm" } else { "ism" };
    let pattern = format!("/(?s:.*)(?{flags}:{text})(?s:.*)/");
    Pattern::parse(&pattern).map(|_| pattern).map_err(|error| error.to_string())
}

/// The glob that a regular expression of ours was.
fn glob(inner: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = inner;
    let mut wild = false;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix(r"[\s\S]*") {
            out.push('*');
            (rest, wild) = (after, true);
            continue;
        }
        if let Some(after) = rest.strip_prefix(r"[\s\S]") {
            out.push('?');
            (rest, wild) = (after, true);
            continue;
        }
        let mut letters = rest.chars();
        let it = match letters.next()? {
            '\\' => letters.next().filter(|it| it.is_ascii_punctuation() && !matches!(it, '*' | '?'))?,
            it if it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | ' ') || !it.is_ascii() => it,
            _ => return None,
        };
        out.push(it);
        rest = letters.as_str();
    }
    (wild && !out.starts_with('/')).then_some(out)
}

/// An expression as alternatives.
fn alternatives(it: &Expression, turned: bool) -> Result<Vec<Both>, String> {
    let each = |all: &[Expression]| all.iter().map(|it| alternatives(it, turned)).collect::<Result<Vec<_>, _>>();
    Ok(match (it, turned) {
        (Not(inner), _) => alternatives(inner, !turned)?,
        (Term { path, pattern }, false) => {
            vec![Both { when: vec![(path.clone(), vec![pattern.clone()])], ..Both::default() }]
        }
        (Term { path, pattern }, true) => {
            vec![Both { unless: vec![(path.clone(), vec![pattern.clone()])], ..Both::default() }]
        }
        (Any(all), false) | (All(all), true) => {
            let each = each(all)?;
            joined(each.into_iter().flatten().collect())
        }
        (All(all), false) | (Any(all), true) => {
            let mut out = vec![Both::default()];
            for choice in each(all)? {
                if out.len() * choice.len() > MOST_ROWS {
                    return Err("has too many alternatives".to_owned());
                }
                out = out.iter().flat_map(|one| choice.iter().map(|other| both(one, other))).collect();
            }
            out
        }
    })
}

fn both(one: &Both, other: &Both) -> Both {
    let mut out = one.clone();
    out.when.extend(other.when.iter().cloned());
    for (path, any) in &other.unless {
        match out.unless.last_mut() {
            Some(last) if last.0 == *path => last.1.extend(any.iter().cloned()),
            _ => out.unless.push((path.clone(), any.clone())),
        }
    }
    out
}

/// Alternatives that differ in one choice only are one.
fn joined(mut all: Vec<Both>) -> Vec<Both> {
    let choice = |one: &Both, other: &Both| {
        if one.unless != other.unless || one.when.len() != other.when.len() {
            return None;
        }
        let mut different = (0..one.when.len()).filter(|it| one.when[*it] != other.when[*it]);
        let place = different.next()?;
        (different.next().is_none() && one.when[place].0 == other.when[place].0).then_some(place)
    };
    let mut one = 0;
    while one < all.len() {
        let found = (one + 1..all.len()).find_map(|it| Some((it, choice(&all[one], &all[it])?)));
        match found {
            Some((other, place)) => {
                let more = all.remove(other).when.swap_remove(place).1;
                let there = &mut all[one].when[place].1;
                for it in more {
                    if !there.contains(&it) {
                        there.push(it);
                    }
                }
                one = 0;
            }
            None => one += 1,
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::org::{Condition, Matcher};
    use crate::pagerduty::router;

    fn said(text: &str) -> String {
        let tables = |all: &[(String, Vec<String>)]| {
            all.iter().map(|(path, any)| format!("{path}={}", any.join("|"))).collect::<Vec<_>>().join(" ")
        };
        match read([text]) {
            Err(error) => error,
            Ok(all) => all
                .iter()
                .map(|it| format!("{} unless {}", tables(&it.when), tables(&it.unless)))
                .collect::<Vec<_>>()
                .join("; "),
        }
    }

    #[test]
    fn what_pagerduty_documents_is_read() {
        let table = [
            ("event.custom_details.team matches 'payments'", "event.custom_details.team=/(?i)payments/ unless "),
            ("event.custom_details.team matches exactly 'a*'", r"event.custom_details.team=/a\*/ unless "),
            (
                "event.source matches regex 'db[0-9]+-server'",
                "event.source=/(?s:.*)(?ism:db[0-9]+-server)(?s:.*)/ unless ",
            ),
            (
                "event.summary matches part 'prod' and (event.location == 'US' or event.location == 'Canada')",
                "event.summary=/(?is).*prod.*/ event.location=US|Canada unless ",
            ),
            (
                "event.custom_details['service.name'] exists and not event.severity matches 'info'",
                "event.custom_details['service.name']=?* unless event.severity=/(?i)info/",
            ),
            ("not (event.class == 'a' or event.class == 'b')", " unless event.class=a|b"),
            ("event.class == 'a' or event.group == 'b'", "event.class=a unless ; event.group=b unless "),
            ("event.class == 'it\\'s \\\\' and event.group != nil", r"event.class=it's \ unless event.group="),
            ("event.custom_details.code == 500", "event.custom_details.code=500 unless "),
            (
                "now in Mon,Tue 09:00:00 to 17:00:00 Etc/UTC",
                "says `now in Mon,Tue 09:00:00 ` at byte 0, which routes cannot",
            ),
            ("event.custom_details.x > 3", "says `> 3` at byte 23, which routes cannot"),
            ("event.x == 'a", "has a text without an end"),
        ];
        for (text, expected) in table {
            assert_eq!(said(text), expected, "{text}");
        }
    }

    #[test]
    fn what_a_router_of_ours_says_comes_back() {
        let patterns = ["web-*", "?*", "", "o'hara", r"/db\d+|x/", "*z", "a.b", r"/\*/", "é?", "/a?/"];
        let paths: Vec<(String, String)> =
            ["a", "b"].map(|it| (it.to_owned(), format!("event.custom_details.{it}"))).to_vec();
        let condition = |tag: &str, any: &[&str]| Condition {
            tag: tag.to_owned(),
            any: any.iter().map(|it| Pattern::parse(it).unwrap()).collect(),
        };
        let many: Vec<String> = (0..300).map(|it| format!("service-{it:03}-*")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        for (one, other) in
            [(&patterns[..], &patterns[3..4]), (&patterns[1..2], &patterns[..3]), (&many, &patterns[..1])]
        {
            let matcher = Matcher { when: vec![condition("a", one)], unless: vec![condition("b", other)] };
            let written = router::conditions(&[&matcher], &paths).unwrap();
            let read = read(written.iter().map(String::as_str)).unwrap();
            let [only] = &read[..] else { panic!("{read:?}") };
            let back = |all: &[(String, Vec<String>)]| {
                let one = |(path, any): &(String, Vec<String>)| {
                    let tag = path.rsplit('.').next().unwrap();
                    condition(tag, &any.iter().map(String::as_str).collect::<Vec<_>>())
                };
                all.iter().map(one).collect::<Vec<_>>()
            };
            let again = Matcher { when: back(&only.when), unless: back(&only.unless) };
            assert_eq!(router::conditions(&[&again], &paths).unwrap(), written);
        }
    }
}
