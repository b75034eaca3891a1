//! What routes compare tags with.

use std::collections::BTreeMap;
use std::fmt;

use regex::Regex;

use crate::org::go_regex;

/// What an alert carries: tag to value. A missing tag is the empty string.
pub type Tags = BTreeMap<String, String>;

/// A word, a glob or a regular expression that a tag's value is held against.
///
/// ```
/// use dogwatch::org::Pattern;
///
/// let matches = |pattern: &str, value: &str| Pattern::parse(pattern).unwrap().matches(value);
/// assert!(matches("mysql-*", "mysql-main"));
/// assert!(matches("*", ""), "a missing tag is the empty string, and `*` matches it");
/// assert!(!matches("?*", ""), "`?*` asks for a tag that is there");
/// assert!(!matches("/sre-.*/", "my-sre-team"), "regular expressions match the whole value");
/// ```
#[derive(Debug, Clone)]
pub struct Pattern {
    text: String,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Word,
    Glob,
    Regex(Regex),
}

/// What a pattern is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape<'a> {
    /// Matches itself only.
    Word(&'a str),
    /// With `*` and `?`.
    Glob(&'a str),
    /// As the regex crate reads it, anchored at both ends.
    Regex(&'a str),
}

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// A slash at the start only.
    #[error("a regular expression stands between slashes: `/{inner}/`")]
    Unclosed {
        /// What follows the slash.
        inner: String,
    },
    /// It does not parse.
    #[error("not a regular expression: {reason}")]
    Regex {
        /// On one line.
        reason: String,
    },
    /// It would take more memory than a route is worth.
    #[error("this regular expression is too large")]
    TooLarge,
}

impl Pattern {
    /// Reads a pattern: a regular expression between slashes, a glob if it holds `*` or `?`, else a word.
    ///
    /// # Errors
    ///
    /// [`PatternError`] if what stands between slashes is no regular expression.
    pub fn parse(text: &str) -> Result<Pattern, PatternError> {
        let kind = match text.strip_prefix('/') {
            Some(rest) => match rest.strip_suffix('/') {
                Some(inner) => Kind::Regex(anchored(inner)?),
                None => return Err(PatternError::Unclosed { inner: rest.to_owned() }),
            },
            None if text.contains(['*', '?']) => Kind::Glob,
            None => Kind::Word,
        };
        Ok(Pattern { text: text.to_owned(), kind })
    }

    /// Whether a tag's value matches, all of it.
    pub fn matches(&self, value: &str) -> bool {
        match &self.kind {
            Kind::Word => self.text == value,
            Kind::Glob => glob(&self.text, value),
            Kind::Regex(regex) => regex.is_match(value),
        }
    }

    /// The only value that it matches, if there is but one.
    pub fn word(&self) -> Option<&str> {
        matches!(self.kind, Kind::Word).then_some(self.text.as_str())
    }

    /// What it is made of, for those who look for it faster than by trying.
    pub fn shape(&self) -> Shape<'_> {
        match &self.kind {
            Kind::Word => Shape::Word(&self.text),
            Kind::Glob => Shape::Glob(&self.text),
            Kind::Regex(regex) => Shape::Regex(regex.as_str()),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// `*` is any run of characters, `?` any one. At most pattern × value, without recursion and without copies.
fn glob(pattern: &str, value: &str) -> bool {
    let character = |at: usize| value[at..].chars().next().map_or(1, char::len_utf8);
    let (text, pattern) = (value.as_bytes(), pattern.as_bytes());
    let (mut p, mut v) = (0, 0);
    let mut retry = None;
    while v < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p, v));
                p += 1;
            }
            Some(b'?') if value.is_char_boundary(v) => {
                p += 1;
                v += character(v);
            }
            Some(it) if *it == text[v] => {
                p += 1;
                v += 1;
            }
            _ => match retry {
                Some((star, from)) => {
                    let from = from + character(from);
                    retry = Some((star, from));
                    p = star + 1;
                    v = from;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|it| *it == b'*')
}

fn anchored(inner: &str) -> Result<Regex, PatternError> {
    let failed = |error: regex::Error| match error {
        regex::Error::CompiledTooBig(_) => PatternError::TooLarge,
        error => {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default();
            PatternError::Regex { reason: last.trim_start_matches("error: ").trim().to_owned() }
        }
    };
    let translated = go_regex::translate(inner).map_err(|reason| PatternError::Regex { reason })?;
    regex::RegexBuilder::new(&format!("^(?:{translated})$")).size_limit(1 << 20).build().map_err(failed)
}

/// A tag, and the patterns of which any must match its value.
#[derive(Debug, Clone)]
pub struct Condition {
    /// The tag.
    pub tag: String,
    /// Never empty.
    pub any: Vec<Pattern>,
}

impl Condition {
    /// Whether it holds for an alert.
    pub fn holds(&self, tags: &Tags) -> bool {
        let value = tags.get(&self.tag).map_or("", String::as_str);
        self.any.iter().any(|it| it.matches(value))
    }
}

impl Condition {
    /// Whether it is one pattern, and that is written so.
    fn is(&self, text: &str) -> bool {
        matches!(self.any.as_slice(), [pattern] if pattern.text == text)
    }

    /// That it does not hold, in words.
    pub fn negated(&self) -> String {
        match self {
            _ if self.is(PRESENT) => format!("no {}", self.tag),
            _ if self.is("") => format!("any {}", self.tag),
            _ => format!("not {self}"),
        }
    }
}

/// Matches whatever is there.
const PRESENT: &str = "?*";

impl fmt::Display for Condition {
    /// `service=mysql-*`, `env=dev|test`; `no team` for a tag that must be missing, `any team` for one that must not.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is("") {
            return write!(f, "no {}", self.tag);
        }
        if self.is(PRESENT) {
            return write!(f, "any {}", self.tag);
        }
        let patterns: Vec<&str> = self.any.iter().map(|it| it.text.as_str()).collect();
        write!(f, "{}={}", self.tag, patterns.join("|"))
    }
}

/// What an alert must and must not carry.
#[derive(Debug, Clone, Default)]
pub struct Matcher {
    /// All hold.
    pub when: Vec<Condition>,
    /// None holds.
    pub unless: Vec<Condition>,
}

impl Matcher {
    /// Whether an alert is such a one.
    pub fn holds(&self, tags: &Tags) -> bool {
        self.when.iter().all(|it| it.holds(tags)) && !self.unless.iter().any(|it| it.holds(tags))
    }

    /// Whether it asks for nothing.
    pub fn is_empty(&self) -> bool {
        self.when.is_empty() && self.unless.is_empty()
    }
}

impl fmt::Display for Matcher {
    /// `service=web-*, not env=dev`; `everything` if it asks for nothing.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("everything");
        }
        let when = self.when.iter().map(ToString::to_string);
        let unless = self.unless.iter().map(Condition::negated);
        f.write_str(&when.chain(unless).collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, matching: &[&str], others: &[&str]) {
        let pattern = Pattern::parse(pattern).unwrap();
        for value in matching {
            assert!(pattern.matches(value), "{pattern} should match {value:?}");
        }
        for value in others {
            assert!(!pattern.matches(value), "{pattern} should not match {value:?}");
        }
    }

    #[test]
    fn globs_match_whole_values() {
        check("vitess-*", &["vitess-", "vitess-main"], &["vitess", "my-vitess-main", ""]);
        check("*-db-*", &["a-db-b", "-db--db-"], &["db", "a-db"]);
        check("db?", &["db1", "dbé"], &["db", "db12"]);
        check("?*", &["x", "xy"], &[""]);
        check("*", &["", "x"], &[]);
        check("a*b*c", &["abc", "aXbXbc"], &["abcX", "ac"]);
        check("*é?", &["éa", "ééü", "aéé"], &["é", "éab", "a\u{303}e"]);
        check("?*é", &["ü\u{a9}é", "éé"], &["é", "éè"]);
    }

    #[test]
    fn regexes_are_anchored_and_their_classes_are_ascii() {
        check("/sre-.*/", &["sre-", "sre-x"], &["a-sre-x"]);
        check("/a|b/", &["a", "b"], &["ab", "xa"]);
        check(r"/\d+/", &["12"], &["١٢", ""]);
        check(r"/\w+/", &["ab_1"], &["é"]);
        check(r"/[\w.]+/", &["a.b"], &["é", "a b"]);
        check(r"/x\b.*/", &["x-", "xé"], &["xy"]);
        check("/.*/", &["", "é", "a b"], &["a\nb"]);
    }

    #[test]
    fn brackets_within_a_class_are_brackets() {
        check(r"/[[a]+/", &["[", "a[a"], &["b"]);
        check(r"/[[:alpha:]-]+/", &["ab-"], &["1"]);
        check(r"/[]a]+/", &["]", "a]"], &["b"]);
        check(r"/[^]a]+/", &["b"], &["]", "a"]);
        check(r"/[a&&b]+/", &["&", "a", "b"], &["c"]);
        check(r"/[a~~b]+/", &["~"], &["c"]);
    }

    #[test]
    fn quotes_and_escapes_are_gos() {
        check(r"/\Qa.b\E+/", &["a.b", "a.bbb"], &["axb", "a.ba.b"]);
        check(r"/\Q\E/", &[""], &["Q"]);
        check(r"/a\<b\_\-/", &["a<b_-"], &["ab_-"]);
        check(r"/\101\x42\x{43}\07?/", &["ABC", "ABC\u{7}"], &["101BC"]);
        check(r"/a\b{start}/", &["a{start}"], &["a"]);
        check(r"/\pL\p{^Greek}\P{Lu}/", &["äab"], &["äαb", "äaB"]);
        check(r"/a\zb*/", &["a"], &["ab"]);
    }

    #[test]
    fn a_brace_that_repeats_nothing_is_a_brace() {
        check(r"/a{2,3}/", &["aa", "aaa"], &["a", "a{2,3}"]);
        check(r"/a{,3}/", &["a{,3}"], &["aa", ""]);
        check(r"/a{02}/", &["a{02}"], &["aa"]);
        check(r"/a{ 2 }{/", &["a{ 2 }{"], &["aa{"]);
        check(r"/{{.+}}/", &["{{x}}"], &["x"]);
    }

    #[test]
    fn groups_know_gos_flags() {
        check(r"/(?i)sre-(?-i:x)/", &["SRE-x"], &["SRE-X"]);
        check(r"/(?P<1st>a)(?<second>b)(?)/", &["ab"], &["a"]);
        check(r"/(?s)a.b|(?m)c$\nd/", &["a\nb", "c\nd"], &["a\n\nb"]);
        check(r"/(?i:k)\w/", &["\u{212a}k"], &["\u{212a}\u{212a}"]);
        check(r"/(?i)\w/", &["\u{212a}", "\u{17f}"], &["é"]);
    }

    #[test]
    fn what_go_refuses_is_refused() {
        let told =
            |pattern: &str| Pattern::parse(pattern).unwrap_err().to_string().replace("not a regular expression: ", "");
        assert_eq!(told(r"/(?x)a b/"), "no such group: `(?x`");
        assert_eq!(told(r"/\Qa/"), r"`\Q` without its `\E`");
        assert_eq!(told(r"/\Z/"), r"`\Z` means nothing here");
        assert_eq!(told(r"/(a)\1/"), r"`\1` means nothing here");
        assert_eq!(told(r"/[\b]/"), r"`\b` means nothing here");
        assert_eq!(told(r"/a{1001}/"), "more than 1000 repetitions: `{1001}`");
        assert_eq!(told(r"/[[:letters:]]/"), "no such class of characters: `[:letters:]`");
        assert_eq!(told(r"/[z-a]/"), "a range that runs backwards: `z-a`");
        assert_eq!(told(r"/\x{D800}/"), "there is no character `D800`");
        assert_eq!(told(r"/\p{sc=Greek}/"), r"no such class of characters: `\p{sc=Greek}`");
        assert_eq!(told(r"/a)|(b/"), "unopened group");
        assert_eq!(told(r"/[a/"), "a class without its `]`");
    }

    #[test]
    fn what_is_no_regex_says_why() {
        assert_eq!(Pattern::parse("/a(/").unwrap_err().to_string(), "not a regular expression: unclosed group");
        assert_eq!(Pattern::parse("/a").unwrap_err().to_string(), "a regular expression stands between slashes: `/a/`");
    }
}
