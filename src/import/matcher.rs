//! Alertmanager's matchers, as its parsers read them: `team="x"`, `{env=~"a|b", cluster!=""}`.
//!
//! There are two: the classic one (`pkg/labels`), lenient with quotes and backslashes, and the one for UTF-8 names
//! (`matcher/parse`, since 0.27), which is strict. By default Alertmanager asks both: the new one counts, unless it fails
//! or the two disagree; then the classic one does.

use crate::org::Pattern;

/// How a label's value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`
    Matches,
    /// `!~`
    NotMatches,
}

/// A comparison that an alert must pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matcher {
    /// The label.
    pub name: String,
    /// How.
    pub operator: Operator,
    /// With what.
    pub value: String,
}

/// What one text of matchers says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// In the order of the text.
    pub matchers: Vec<Matcher>,
    /// Which parser's word it is.
    pub reading: Reading,
}

/// Which parser's word counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// They agree, or only the new one can read it.
    Plain,
    /// Only the classic one can read it.
    ClassicOnly,
    /// They read it differently: the classic one counts.
    Disputed,
}

/// Reads the matchers of a text as Alertmanager does by default.
///
/// # Errors
///
/// Why neither parser can read it, in the words of the classic one.
pub fn parse(text: &str) -> Result<Read, String> {
    let (strict, classic) = (strict(text), classic(text));
    Ok(match (strict, classic) {
        (Err(_), Err(reason)) => return Err(reason),
        (Err(_), Ok(matchers)) => Read { matchers, reading: Reading::ClassicOnly },
        (Ok(strict), Ok(classic)) if strict != classic => Read { matchers: classic, reading: Reading::Disputed },
        (Ok(matchers), _) => Read { matchers, reading: Reading::Plain },
    })
}

/// A matcher, if its regular expression is one.
fn matcher(name: &str, operator: Operator, value: String) -> Result<Matcher, String> {
    let value = match operator {
        Operator::Equal | Operator::NotEqual => value,
        Operator::Matches | Operator::NotMatches => regex(value, |all| format!("(?s:.*)(?:{all})(?s:.*)"))?,
    };
    Ok(Matcher { name: name.to_owned(), operator, value })
}

/// A regular expression as ours reads it. `a)|(b` is none by itself, but Alertmanager puts it between `^(?:` and `)$`,
/// and then it is; `whole` says what becomes of that.
pub fn regex(value: String, whole: impl Fn(&str) -> String) -> Result<String, String> {
    let sound = |it: &str| Pattern::parse(&format!("/{it}/")).map(drop).map_err(|error| error.to_string());
    match sound(&value) {
        Ok(()) => Ok(value),
        Err(reason) => {
            let all = whole(&format!("^(?:{value})$"));
            sound(&all).map(|()| all).map_err(|_| reason)
        }
    }
}

/// The classic parser: commas outside of quotes part matchers, braces around them may be missing.
pub fn classic(text: &str) -> Result<Vec<Matcher>, String> {
    let text = text.strip_prefix('{').unwrap_or(text);
    let text = text.strip_suffix('}').unwrap_or(text);
    let (mut quoted, mut escaped) = (false, false);
    let mut tokens: Vec<&str> = Vec::new();
    let mut begun = 0;
    for (at, it) in text.char_indices() {
        match it {
            ',' if !quoted => {
                tokens.push(&text[begun..at]);
                begun = at + 1;
                // As there: a backslash before a comma that parts does not end.
                continue;
            }
            '"' if escaped => escaped = false,
            '"' => quoted = !quoted,
            '\\' => escaped = !escaped,
            // A comma between quotes leaves a backslash as it is.
            ',' => {}
            _ => escaped = false,
        }
    }
    let last = text[begun..].trim();
    if !last.is_empty() {
        tokens.push(last);
    }
    tokens.into_iter().map(classic_matcher).collect()
}

fn classic_matcher(text: &str) -> Result<Matcher, String> {
    let blank = |it: char| matches!(it, '\t' | '\n' | '\x0C' | '\r' | ' ');
    let wrong = || format!("`{text}` is no matcher");
    let rest = text.trim_start_matches(blank);
    let end = rest.find(|it: char| !it.is_ascii_alphanumeric() && it != '_' && it != ':').unwrap_or(rest.len());
    let (name, rest) = rest.split_at(end);
    if text.trim().is_empty() {
        return Err("a comma without a matcher before it".to_owned());
    }
    if name.is_empty() || name.starts_with(|it: char| it.is_ascii_digit()) {
        return Err(wrong());
    }
    let rest = rest.trim_start_matches(blank);
    let operators =
        [("=~", Operator::Matches), ("=", Operator::Equal), ("!=", Operator::NotEqual), ("!~", Operator::NotMatches)];
    let found = operators.iter().find_map(|(sign, operator)| Some((*operator, rest.strip_prefix(sign)?)));
    let (operator, rest) = found.ok_or_else(wrong)?;
    let raw = rest.trim_matches(blank);
    let (mut raw, mut open) = match raw.strip_prefix('"') {
        Some(inner) => (inner.char_indices(), true),
        None => (raw.char_indices(), false),
    };
    let whole = raw.as_str();
    let stray = || format!("`{text}` has a quote within its value");
    let mut value = String::with_capacity(whole.len());
    while let Some((at, it)) = raw.next() {
        let last = at + 1 == whole.len();
        match it {
            // A backslash that escapes nothing is a backslash.
            '\\' if !last => match raw.next().map(|(_, it)| it) {
                Some('n') => value.push('\n'),
                Some(it @ ('"' | '\\')) => value.push(it),
                Some(it) => value.extend(['\\', it]),
                None => value.push('\\'),
            },
            '"' if open && last => open = false,
            '"' => return Err(stray()),
            _ => value.push(it),
        }
    }
    if open {
        return Err(format!("`{text}` has a quote that is not closed"));
    }
    matcher(name, operator, value)
}

/// A token of the strict parser.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token<'a> {
    Open,
    Close,
    Comma,
    Operator(Operator),
    Quoted(&'a str),
    Unquoted(&'a str),
}

/// The strict parser: names and values are bare words without reserved characters, or Go strings between quotes.
pub fn strict(text: &str) -> Result<Vec<Matcher>, String> {
    let mut tokens = tokens(text)?.into_iter().peekable();
    let mut matchers = Vec::new();
    let braces = tokens.next_if_eq(&Token::Open).is_some();
    let ends = |it: &Option<&Token<'_>>| matches!(it, None | Some(Token::Close));
    while !ends(&tokens.peek()) {
        let name = word(tokens.next(), "the name of a label")?;
        let Some(Token::Operator(operator)) = tokens.next() else {
            return Err(format!("`{name}` is followed by no `=`, `!=`, `=~` or `!~`"));
        };
        let value = word(tokens.next(), "a value")?;
        matchers.push(matcher(&name, operator, value)?);
        if tokens.next_if_eq(&Token::Comma).is_none() && !ends(&tokens.peek()) {
            return Err(format!("after `{name}` comes neither a comma nor the end"));
        }
    }
    match (braces, tokens.next().is_some(), tokens.next()) {
        (true, true, None) | (false, false, None) => Ok(matchers),
        _ => Err("the braces do not match".to_owned()),
    }
}

fn word(token: Option<Token<'_>>, wanted: &str) -> Result<String, String> {
    match token {
        Some(Token::Unquoted(text)) => Ok(text.to_owned()),
        Some(Token::Quoted(text)) => unquote(text).ok_or_else(|| format!("`{text}` is no text of Go's")),
        _ => Err(format!("{wanted} is missing")),
    }
}

fn tokens(text: &str) -> Result<Vec<Token<'_>>, String> {
    let reserved = |it: char| it.is_whitespace() || "{}!=~,\\\"'`".contains(it);
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(it) = rest.chars().next() {
        let signs = [
            ("{", Token::Open),
            ("}", Token::Close),
            (",", Token::Comma),
            ("=~", Token::Operator(Operator::Matches)),
            ("=", Token::Operator(Operator::Equal)),
            ("!=", Token::Operator(Operator::NotEqual)),
            ("!~", Token::Operator(Operator::NotMatches)),
        ];
        if let Some((sign, token)) = signs.into_iter().find(|(sign, _)| rest.starts_with(sign)) {
            tokens.push(token);
            rest = &rest[sign.len()..];
        } else if it == '"' {
            let end = closing_quote(rest).ok_or("a quote is not closed")?;
            tokens.push(Token::Quoted(&rest[1..end]));
            rest = &rest[end + 1..];
        } else if it.is_whitespace() {
            rest = &rest[it.len_utf8()..];
        } else if !reserved(it) {
            let end = rest.find(reserved).unwrap_or(rest.len());
            tokens.push(Token::Unquoted(&rest[..end]));
            rest = &rest[end..];
        } else {
            return Err(format!("`{it}` stands outside of quotes"));
        }
    }
    Ok(tokens)
}

/// Where the quote closes that opens a text.
fn closing_quote(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, it) in text.char_indices().skip(1) {
        match it {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at),
            _ => {}
        }
    }
    None
}

/// What stands between the quotes of a Go string; `None` if it is none.
fn unquote(inner: &str) -> Option<String> {
    let mut bytes: Vec<u8> = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(it) = rest.chars().next() {
        rest = &rest[it.len_utf8()..];
        if it == '\n' {
            return None;
        }
        if it != '\\' {
            bytes.extend(it.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        let it = rest.chars().next()?;
        let digits = |rest: &str, from: usize, count: usize, radix: u32| -> Option<u32> {
            let digits = rest.get(from..from + count)?;
            digits.bytes().all(|it| char::from(it).is_digit(radix)).then_some(())?;
            u32::from_str_radix(digits, radix).ok()
        };
        let taken = match it {
            'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | '\\' | '"' => {
                let byte = match it {
                    'a' => 0x07,
                    'b' => 0x08,
                    'f' => 0x0C,
                    'n' => b'\n',
                    'r' => b'\r',
                    't' => b'\t',
                    'v' => 0x0B,
                    '\\' => b'\\',
                    _ => b'"',
                };
                bytes.push(byte);
                1
            }
            'x' => {
                bytes.push(u8::try_from(digits(rest, 1, 2, 16)?).ok()?);
                3
            }
            '0'..='7' => {
                bytes.push(u8::try_from(digits(rest, 0, 3, 8)?).ok()?);
                3
            }
            'u' | 'U' => {
                let count = if it == 'u' { 4 } else { 8 };
                let it = char::from_u32(digits(rest, 1, count, 16)?)?;
                bytes.extend(it.encode_utf8(&mut [0; 4]).as_bytes());
                count + 1
            }
            _ => return None,
        };
        rest = &rest[taken..];
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    //! Facts from Alertmanager's own tests, at 68fb2d57: `matcher/parse/parse_test.go`, `matcher/compat/parse_test.go`
    //! and `matcher/compliance/compliance_test.go`.

    use super::*;

    /// A matcher as it is written in expectations: name, sign and value, parted by blanks.
    fn shown(matchers: &[Matcher]) -> Vec<String> {
        let sign = |it| match it {
            Operator::Equal => "=",
            Operator::NotEqual => "!=",
            Operator::Matches => "=~",
            Operator::NotMatches => "!~",
        };
        matchers.iter().map(|it| format!("{} {} {}", it.name, sign(it.operator), it.value)).collect()
    }

    #[track_caller]
    fn strict_reads(text: &str, expected: &[&str]) {
        assert_eq!(shown(&strict(text).unwrap()), expected, "{text}");
    }

    #[track_caller]
    fn classic_reads(text: &str, expected: &[&str]) {
        assert_eq!(shown(&classic(text).unwrap()), expected, "{text}");
    }

    #[test]
    fn the_strict_parser_reads_words_and_go_strings() {
        strict_reads("", &[]);
        strict_reads("{}", &[]);
        for text in [
            "{foo=bar}",
            "{foo=bar,}",
            "foo=bar",
            "foo=bar,",
            r#"{"foo"="bar"}"#,
            r#"{"foo"="bar",}"#,
            r#""foo"="bar","#,
        ] {
            strict_reads(text, &["foo = bar"]);
        }
        strict_reads("foo!=bar", &["foo != bar"]);
        strict_reads("{foo=~[a-z]+}", &["foo =~ [a-z]+"]);
        strict_reads(r#"{"foo"!~"[a-z]+"}"#, &["foo !~ [a-z]+"]);
        strict_reads(r#"{"foo"=~"\\d+"}"#, &[r"foo =~ \d+"]);
        for text in ["{foo=🙂}", r#"{"foo"="🙂"}"#, r#"{"foo"="\xf0\x9f\x99\x82"}"#, r#"{"foo"="\U0001f642"}"#] {
            strict_reads(text, &["foo = 🙂"]);
        }
        strict_reads(r#"{"foo"="bar\n"}"#, &["foo = bar\n"]);
        strict_reads(r#"{"foo"="bar\t"}"#, &["foo = bar\t"]);
        strict_reads(r#"{"foo"="\"bar\""}"#, &["foo = \"bar\""]);
        strict_reads(r#"{"foo"="bar\\"}"#, &["foo = bar\\"]);
        strict_reads(r#"{foo=bar,bar!="baz"}"#, &["foo = bar", "bar != baz"]);
        strict_reads(r#"{"foo bar" = "\101\u00e9"}"#, &["foo bar = Aé"]);
    }

    #[test]
    fn what_the_strict_parser_refuses() {
        let refused = [
            ",",
            "{,}",
            "{",
            "}",
            "foo=bar}",
            "{foo=bar",
            r#"{foo=:"bar"}"#,
            r#"{foo="bar\w"}"#,
            r#"{"foo"=~"\d+"}"#,
            r"{foo=bar\n}",
            r#"{"foo"="\xf0\x9f"}"#,
            "foo",
            "foo!bar",
            "foo=",
            "=bar",
            "foo=bar baz=qux",
            "foo='bar'",
            "foo=`bar`",
            "foo=bar,,",
            r#"foo="bar"#,
            "{foo=bar}}",
            r#"foo="\ud800""#,
        ];
        for text in refused {
            assert!(strict(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_classic_parser_is_lenient() {
        classic_reads("{}", &[]);
        classic_reads("{foo='}", &["foo = '"]);
        classic_reads("{foo=`}", &["foo = `"]);
        classic_reads(r"{foo=\n}", &["foo = \n"]);
        classic_reads(r"{foo=bar\t}", &[r"foo = bar\t"]);
        classic_reads(r"{foo=bar\}", &[r"foo = bar\"]);
        classic_reads(r"{foo=bar\\}", &[r"foo = bar\"]);
        classic_reads(r#"{foo=bar\"}"#, &["foo = bar\""]);
        classic_reads(r#"{foo="bar"}"#, &["foo = bar"]);
        classic_reads(r#"{foo!~"bar.*"}"#, &["foo !~ bar.*"]);
        classic_reads(r#"{foo="bar,quux", job="job1"}"#, &["foo = bar,quux", "job = job1"]);
        classic_reads(r#"{foo = "bar", dings != "bums", }"#, &["foo = bar", "dings != bums"]);
        classic_reads("foo=bar,dings!=bums", &["foo = bar", "dings != bums"]);
        classic_reads(
            r#"{quote="She said: \"Hi, ladies! That's gender-neutral…\""}"#,
            &["quote = She said: \"Hi, ladies! That's gender-neutral…\""],
        );
        classic_reads("tricky=~~~", &["tricky =~ ~~"]);
        classic_reads(r#"trickier==\\=\=\""#, &[r#"trickier = =\=\=""#]);
        classic_reads(
            r#"contains_quote != "\"" , contains_comma !~ "foo,bar" , "#,
            &["contains_quote != \"", "contains_comma !~ foo,bar"],
        );
        classic_reads("{foo=bar}}", &["foo = bar}"]);
        classic_reads("foo=", &["foo = "]);
        for text in
            ["foo", "foo!bar", "0foo=bar", "foo🙂=bar", r#"foo="bar"#, r#"foo=b"ar"#, "foo=bar,,a=b", r#"foo=~"(""#]
        {
            assert!(classic(text).is_err(), "{text}");
        }
    }

    #[track_caller]
    fn read(text: &str) -> (Vec<String>, Reading) {
        let read = parse(text).unwrap();
        (shown(&read.matchers), read.reading)
    }

    #[test]
    fn both_are_asked_and_the_classic_one_decides_a_dispute() {
        let told = |it: &str| vec![it.to_owned()];
        assert_eq!(read("foo=bar"), (told("foo = bar"), Reading::Plain));
        assert_eq!(parse("foo!bar"), Err("`foo!bar` is no matcher".to_owned()));
        assert_eq!(read("foo🙂=bar"), (told("foo🙂 = bar"), Reading::Plain));
        assert_eq!(read(r"foo=!bar\n"), (told("foo = !bar\n"), Reading::ClassicOnly));
        let disputed = read(r#"foo="\xf0\x9f\x99\x82""#);
        assert_eq!(disputed, (told(r"foo = \xf0\x9f\x99\x82"), Reading::Disputed));
    }

    /// What stands between the brackets that Alertmanager puts around it, and is an expression only there.
    #[test]
    fn an_unbalanced_expression_is_what_alertmanager_makes_of_it() {
        assert_eq!(read(r#"foo=~"a)|(b""#).0, ["foo =~ (?s:.*)(?:^(?:a)|(b)$)(?s:.*)"]);
    }
}
