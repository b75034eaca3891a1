//! Go's regular expressions, said in the words of the regex crate.
//!
//! Alertmanager's patterns are Go's (`regexp/syntax`, with Perl's flags). Most read alike in both; what does not is
//! spelt out here, so that a pattern means what it means there or is refused:
//!
//! - `\d \w \s \b` and their opposites are ASCII;
//! - `\Q…\E` quotes, octal escapes count, and `\<` is a plain `<`;
//! - a brace that is no repetition is a brace, and `{,5}` is none;
//! - a class knows no nesting and no set operations;
//! - groups know the flags `i m s U` only.

use std::fmt::Write as _;

/// The most that Go repeats.
const MOST_REPEATS: u32 = 1000;

/// The same expression for the regex crate, or why Go would not take it.
pub(super) fn translate(expression: &str) -> Result<String, String> {
    let mut reader = Reader { rest: expression, out: String::with_capacity(expression.len() + 16), open: 0 };
    while let Some(it) = reader.rest.chars().next() {
        match it {
            '\\' => reader.escape()?,
            '[' => reader.class()?,
            '(' => reader.group()?,
            '{' => reader.brace()?,
            ')' => {
                // It would close the group that anchors the whole.
                reader.open = reader.open.checked_sub(1).ok_or("unopened group")?;
                reader.copy(it);
            }
            _ => reader.copy(it),
        }
    }
    Ok(reader.out)
}

struct Reader<'a> {
    rest: &'a str,
    out: String,
    /// Groups that are not yet closed.
    open: usize,
}

impl<'a> Reader<'a> {
    fn copy(&mut self, it: char) {
        self.out.push(it);
        self.rest = &self.rest[it.len_utf8()..];
    }

    /// Takes the next character, if there is one.
    fn next(&mut self) -> Option<char> {
        let it = self.rest.chars().next()?;
        self.rest = &self.rest[it.len_utf8()..];
        Some(it)
    }

    /// Takes so many characters, all of them ASCII.
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    /// One character that means itself, wherever it stands.
    fn literal(&mut self, it: char) {
        if it.is_alphanumeric() {
            self.out.push(it);
        } else {
            let _ = write!(self.out, "\\x{{{:X}}}", u32::from(it));
        }
    }

    /// An escape outside of classes.
    fn escape(&mut self) -> Result<(), String> {
        let plain = match self.rest.chars().nth(1) {
            Some('A') => "\\A",
            Some('z') => "\\z",
            Some('b') => "(?-u:\\b)",
            Some('B') => "(?-u:\\B)",
            Some('Q') => {
                self.rest = &self.rest[2..];
                let (quoted, rest) = self.rest.split_once("\\E").ok_or("`\\Q` without its `\\E`")?;
                for it in quoted.chars() {
                    self.literal(it);
                }
                self.rest = rest;
                return Ok(());
            }
            _ => {
                if !self.class_escape()? {
                    let it = self.character()?;
                    self.literal(it);
                }
                return Ok(());
            }
        };
        self.take(2);
        self.out.push_str(plain);
        Ok(())
    }

    /// An escape that stands for a class, inside of brackets or not; `false` if it stands for a character.
    fn class_escape(&mut self) -> Result<bool, String> {
        let class = match self.rest.chars().nth(1) {
            Some('d') => "[0-9]",
            Some('w') => "[0-9A-Za-z_]",
            Some('s') => "[\\t\\n\\f\\r\\x20]",
            Some('D') => "[^0-9]",
            Some('W') => "[^0-9A-Za-z_]",
            Some('S') => "[^\\t\\n\\f\\r\\x20]",
            Some(letter @ ('p' | 'P')) => {
                self.property(letter)?;
                return Ok(true);
            }
            _ => return Ok(false),
        };
        self.take(2);
        self.out.push_str(class);
        Ok(true)
    }

    /// `\pN`, `\p{Greek}`, `\p{^Greek}`.
    fn property(&mut self, letter: char) -> Result<(), String> {
        self.take(2);
        let unknown = |name: &str| format!("no such class of characters: `\\{letter}{name}`");
        let (name, negated) = match self.rest.strip_prefix('{') {
            Some(inner) => {
                let (name, rest) = inner.split_once('}').ok_or_else(|| unknown("{"))?;
                self.rest = rest;
                (name.strip_prefix('^').unwrap_or(name), name.starts_with('^'))
            }
            None => {
                let it = self.rest.chars().next().ok_or_else(|| unknown(""))?;
                let (name, rest) = self.rest.split_at(it.len_utf8());
                self.rest = rest;
                (name, false)
            }
        };
        // Go knows categories by one or two letters and scripts by name; `Letter` and `sc=Greek` it does not know.
        let plain = !name.is_empty() && name.chars().all(|it| it.is_ascii_alphabetic() || it == '_');
        if !plain || !name.starts_with(|it: char| it.is_ascii_uppercase()) {
            return Err(unknown(&format!("{{{name}}}")));
        }
        let letter = if (letter == 'P') == negated { 'p' } else { 'P' };
        let _ = write!(self.out, "\\{letter}{{{name}}}");
        Ok(())
    }

    /// The character for which an escape stands.
    fn character(&mut self) -> Result<char, String> {
        self.next();
        let begun = self.rest;
        let it = self.next().ok_or("a backslash at the end")?;
        let octal = |text: &str| text.bytes().take_while(|it| (b'0'..=b'7').contains(it)).count().min(2);
        let invalid = || format!("`\\{it}` means nothing here");
        let code = match it {
            'a' => 0x07,
            'f' => 0x0C,
            'n' => 0x0A,
            'r' => 0x0D,
            't' => 0x09,
            'v' => 0x0B,
            '0'..='7' => {
                let more = octal(self.rest);
                // One digit alone would refer back to a group.
                if it != '0' && more == 0 {
                    return Err(invalid());
                }
                self.take(more);
                u32::from_str_radix(&begun[..=more], 8).map_err(|_| invalid())?
            }
            'x' => {
                let digits = match self.rest.strip_prefix('{') {
                    Some(inner) => {
                        let (digits, rest) = inner.split_once('}').ok_or_else(invalid)?;
                        self.rest = rest;
                        digits
                    }
                    None if self.rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2 => self.take(2),
                    None => return Err(invalid()),
                };
                if digits.is_empty() || !digits.bytes().all(|it| it.is_ascii_hexdigit()) {
                    return Err(invalid());
                }
                u32::from_str_radix(digits, 16).map_err(|_| invalid())?
            }
            _ if it.is_ascii() && !it.is_ascii_alphanumeric() => u32::from(it),
            _ => return Err(invalid()),
        };
        char::from_u32(code).ok_or_else(|| format!("there is no character `{code:X}`"))
    }

    /// `(`, with the flags or the name that may follow it.
    fn group(&mut self) -> Result<(), String> {
        let Some(inner) = self.rest.strip_prefix("(?") else {
            self.open += 1;
            self.copy('(');
            return Ok(());
        };
        if let Some(named) = inner.strip_prefix("P<").or_else(|| inner.strip_prefix('<')) {
            let (name, rest) = named.split_once('>').ok_or("a group's name without its `>`")?;
            if name.is_empty() || !name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_') {
                return Err(format!("no name for a group: `{name}`"));
            }
            self.rest = rest;
            // Nobody asks what a group held.
            self.open += 1;
            self.out.push_str("(?:");
            return Ok(());
        }
        let end = inner.find([':', ')']).ok_or("unclosed group")?;
        let flags = &inner[..end];
        let known = flags.chars().all(|it| "imsU-".contains(it));
        if !known || flags.matches('-').count() > 1 || flags.ends_with('-') {
            return Err(format!("no such group: `(?{flags}`"));
        }
        let closed = inner[end..].starts_with(')');
        self.rest = &inner[end + 1..];
        let mut once: Vec<char> = Vec::new();
        let (on, off) = flags.split_once('-').unwrap_or((flags, ""));
        for it in on.chars() {
            if !once.contains(&it) && !off.contains(it) {
                once.push(it);
            }
        }
        let mut off: Vec<char> = off.chars().collect();
        off.sort_unstable();
        off.dedup();
        let flags: String = once.into_iter().chain((!off.is_empty()).then_some('-')).chain(off).collect();
        match closed {
            true if flags.is_empty() => {}
            true => self.out.push_str(&format!("(?{flags})")),
            false => {
                self.open += 1;
                self.out.push_str(&format!("(?{flags}:"));
            }
        }
        Ok(())
    }

    /// `{`: a repetition if it reads as one, else a brace.
    fn brace(&mut self) -> Result<(), String> {
        let Some((text, least, most)) = repetition(self.rest) else {
            self.next();
            self.literal('{');
            return Ok(());
        };
        let too_often = |it: &str| it.parse::<u32>().ok().filter(|it| *it <= MOST_REPEATS).is_none();
        if too_often(least) || most.is_some_and(|it| !it.is_empty() && too_often(it)) {
            return Err(format!("more than {MOST_REPEATS} repetitions: `{text}`"));
        }
        self.out.push_str(text);
        self.rest = &self.rest[text.len()..];
        Ok(())
    }

    /// A class between brackets.
    fn class(&mut self) -> Result<(), String> {
        self.copy('[');
        if self.rest.starts_with('^') {
            self.copy('^');
        }
        let mut first = true;
        loop {
            let it = self.rest.chars().next().ok_or("a class without its `]`")?;
            // A bracket that closes nothing is a bracket.
            if it == ']' && !first {
                self.copy(']');
                return Ok(());
            }
            first = false;
            if let Some(named) = named_class(self.rest) {
                let known = named[2..named.len() - 2].trim_start_matches('^');
                if !NAMED.contains(&known) {
                    return Err(format!("no such class of characters: `{named}`"));
                }
                self.out.push_str(named);
                self.rest = &self.rest[named.len()..];
                continue;
            }
            if it == '\\' && self.class_escape()? {
                continue;
            }
            let low = self.class_character()?;
            self.literal(low);
            // A hyphen that ends the class is a hyphen.
            let range = self.rest.strip_prefix('-').is_some_and(|it| !it.is_empty() && !it.starts_with(']'));
            if range {
                self.copy('-');
                let high = self.class_character()?;
                if high < low {
                    return Err(format!("a range that runs backwards: `{low}-{high}`"));
                }
                self.literal(high);
            }
        }
    }

    fn class_character(&mut self) -> Result<char, String> {
        match self.rest.starts_with('\\') {
            true => self.character(),
            false => self.next().ok_or_else(|| "a class without its `]`".to_owned()),
        }
    }
}

/// The classes that have names of their own.
const NAMED: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "word",
    "xdigit",
];

/// `[:alpha:]`, with which a text begins.
fn named_class(text: &str) -> Option<&str> {
    let end = text.strip_prefix("[:")?.find(":]")?;
    Some(&text[..end + 4])
}

/// `{2}`, `{2,}` or `{2,5}` with which a text begins, and its two numbers.
fn repetition(text: &str) -> Option<(&str, &str, Option<&str>)> {
    let end = text.find('}')?;
    let inner = text.get(1..end)?;
    let (least, most) = match inner.split_once(',') {
        Some((least, most)) => (least, Some(most)),
        None => (inner, None),
    };
    let number = |it: &str| it.bytes().all(|it| it.is_ascii_digit()) && (it.len() < 2 || !it.starts_with('0'));
    let sound = !least.is_empty() && number(least) && most.is_none_or(number);
    sound.then_some((&text[..=end], least, most))
}
