//! A stream into objects, with the lines on which they stand.

use std::io::{self, Read};

use crate::alerts::Alert;
use crate::alerts::decode::decode;

/// An object may be so long.
const MOST_BYTES: usize = 64 << 20;
/// Tables and lists may be nested so deep.
const MOST_DEPTH: usize = 120;
/// So much is read at a time.
const CHUNK: usize = 1 << 16;

/// The alerts of a stream, in order.
///
/// Objects follow each other with whatever blanks, or stand in lists; each may take many lines. Where something is no
/// JSON, it goes on at the next line: of a file of one object a line, one bad line costs one alert.
#[derive(Debug)]
pub struct Alerts<R> {
    input: R,
    /// What was read, and is not looked at yet from `place` on.
    ahead: Vec<u8>,
    place: usize,
    started: bool,
    /// Of the byte at `place`, from 1.
    line: u64,
    in_list: bool,
    /// The bytes of the object that is being read.
    object: Vec<u8>,
    /// The alerts of the last object, and on which lines it stands.
    ready: std::vec::IntoIter<Result<Alert, String>>,
    lines: (u64, u64),
    /// The last object was no JSON: what follows may be the rest of it.
    after_broken: bool,
    held: Option<Piece>,
}

/// What could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The first of its lines, from 1.
    pub first: u64,
    /// The last of its lines.
    pub last: u64,
    /// What is wrong with it.
    pub why: String,
}

/// One thing after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// An alert.
    Alert(Alert),
    /// Lines that were skipped.
    Unread(Unread),
}

/// How an object ended.
enum End {
    Whole,
    /// Why it is no JSON.
    Broken(&'static str),
    /// It is whole, and too long to be kept.
    Long,
}

/// What may come next within an object.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    ValueOrEnd,
    Name,
    NameOrEnd,
    Colon,
    CommaOrEnd,
}

impl Expect {
    fn missing(self) -> &'static str {
        match self {
            Expect::Value | Expect::ValueOrEnd => "not JSON: a value is missing",
            Expect::Name | Expect::NameOrEnd => "not JSON: a name between quotes is missing",
            Expect::Colon => "not JSON: a `:` is missing",
            Expect::CommaOrEnd => "not JSON: a `,` or a closing bracket is missing",
        }
    }
}

const NO_ALERT: &str = "no alert: one begins with `{`";
const CUT_SHORT: &str = "not JSON: it ends before it is complete";
const OPEN_TEXT: &str = "not JSON: a text is not closed on its line";

impl<R: Read> Alerts<R> {
    /// The alerts of what is read from `input`.
    pub fn new(input: R) -> Alerts<R> {
        Alerts {
            input,
            ahead: Vec::new(),
            place: 0,
            started: false,
            line: 1,
            in_list: false,
            object: Vec::new(),
            ready: Vec::new().into_iter(),
            lines: (1, 1),
            after_broken: false,
            held: None,
        }
    }

    /// The next alert, or lines that could not be read; nothing at the end.
    ///
    /// # Errors
    ///
    /// Where reading fails, or the stream is not text at all.
    #[expect(clippy::should_implement_trait, reason = "it may fail")]
    pub fn next(&mut self) -> io::Result<Option<Piece>> {
        if let Some(piece) = self.held.take() {
            return Ok(Some(piece));
        }
        let Some(piece) = self.piece()? else { return Ok(None) };
        let Piece::Unread(mut unread) = piece else { return Ok(Some(piece)) };
        // What follows what is no JSON belongs to it, as long as it is nothing by itself.
        while self.after_broken {
            match self.piece()? {
                Some(Piece::Unread(more)) if more.why == NO_ALERT => unread.last = more.last,
                other => {
                    self.held = other;
                    break;
                }
            }
        }
        Ok(Some(Piece::Unread(unread)))
    }

    fn piece(&mut self) -> io::Result<Option<Piece>> {
        loop {
            if let Some(alert) = self.ready.next() {
                let (first, last) = self.lines;
                return Ok(Some(match alert {
                    Ok(alert) => Piece::Alert(alert),
                    Err(why) => Piece::Unread(Unread { first, last, why }),
                }));
            }
            let unread = |first, last, why: &str| Ok(Some(Piece::Unread(Unread { first, last, why: why.to_owned() })));
            let first = self.line;
            match self.peek()? {
                None if self.in_list => {
                    self.in_list = false;
                    if self.after_broken {
                        // What was skipped may have closed it.
                        return Ok(None);
                    }
                    return unread(first, first, "not JSON: the list is not closed");
                }
                None => return Ok(None),
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.advance(1),
                Some(b',') if self.in_list => self.advance(1),
                Some(b'[') if !self.in_list => {
                    self.in_list = true;
                    self.advance(1);
                }
                Some(b']') if self.in_list => {
                    self.in_list = false;
                    self.advance(1);
                }
                Some(b'{') => match self.value()? {
                    End::Whole => {
                        self.after_broken = false;
                        self.lines = (first, self.line);
                        match decode(&self.object) {
                            Ok(alerts) => self.ready = alerts.into_iter(),
                            Err(why) => return unread(first, self.line, &why),
                        }
                    }
                    End::Long => {
                        self.after_broken = false;
                        return unread(first, self.line, "longer than 64 MiB");
                    }
                    End::Broken(why) => {
                        self.after_broken = true;
                        self.go_back(first)?;
                        return unread(first, first, why);
                    }
                },
                // A value like any other: what stands beside it in the list may be alerts.
                Some(byte) if self.in_list && (byte == b'"' || byte == b'[' || is_plain(byte)) => {
                    let end = self.value()?;
                    let last = self.line;
                    if let End::Broken(why) = end {
                        self.after_broken = true;
                        self.go_back(first)?;
                        return unread(first, first, why);
                    }
                    if !self.ends_here()? {
                        self.skip_line()?;
                    }
                    return unread(first, last, NO_ALERT);
                }
                Some(_) => {
                    self.skip_line()?;
                    return unread(first, first, NO_ALERT);
                }
            }
        }
    }

    /// Whether nothing more stands on the line than what ends a value of a list.
    fn ends_here(&mut self) -> io::Result<bool> {
        while matches!(self.peek()?, Some(b' ' | b'\t' | b'\r')) {
            self.advance(1);
        }
        Ok(matches!(self.peek()?, None | Some(b',' | b']' | b'\n')))
    }

    /// Reads the value that begins here.
    fn value(&mut self) -> io::Result<End> {
        self.object.clear();
        let mut tables: Vec<bool> = Vec::new();
        let mut expect = Expect::Value;
        loop {
            let Some(byte) = self.peek()? else { return Ok(End::Broken(CUT_SHORT)) };
            let value = matches!(expect, Expect::Value | Expect::ValueOrEnd);
            let name = matches!(expect, Expect::Name | Expect::NameOrEnd);
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => {}
                b'"' if value || name => {
                    if let Some(why) = self.text()? {
                        return Ok(End::Broken(why));
                    }
                    if tables.is_empty() {
                        return Ok(End::Whole);
                    }
                    expect = if name { Expect::Colon } else { Expect::CommaOrEnd };
                    continue;
                }
                b':' if expect == Expect::Colon => expect = Expect::Value,
                b',' if expect == Expect::CommaOrEnd => {
                    expect = if tables.last() == Some(&true) { Expect::Name } else { Expect::Value };
                }
                b'{' | b'[' if value => {
                    if tables.len() == MOST_DEPTH {
                        return Ok(End::Broken("nested too deep"));
                    }
                    tables.push(byte == b'{');
                    expect = if byte == b'{' { Expect::NameOrEnd } else { Expect::ValueOrEnd };
                }
                b'}' | b']' if tables.last() == Some(&(byte == b'}')) && expect.may_end() => {
                    tables.pop();
                    expect = Expect::CommaOrEnd;
                    if tables.is_empty() {
                        self.keep(1);
                        return Ok(if self.object.len() > MOST_BYTES { End::Long } else { End::Whole });
                    }
                }
                it if value && is_plain(it) => {
                    while self.peek()?.is_some_and(is_plain) {
                        self.keep(1);
                    }
                    if tables.is_empty() {
                        return Ok(End::Whole);
                    }
                    expect = Expect::CommaOrEnd;
                    continue;
                }
                _ => return Ok(End::Broken(expect.missing())),
            }
            self.keep(1);
        }
    }

    /// Reads the text that begins here; says what is wrong with it.
    fn text(&mut self) -> io::Result<Option<&'static str>> {
        self.keep(1);
        loop {
            if self.peek()?.is_none() {
                return Ok(Some(CUT_SHORT));
            }
            let rest = &self.ahead[self.place..];
            let plain = rest.iter().position(|it| matches!(it, b'"' | b'\\' | 0..b' ')).unwrap_or(rest.len());
            self.keep(plain);
            match self.peek()? {
                None => return Ok(Some(CUT_SHORT)),
                Some(b'"') => {
                    self.keep(1);
                    return Ok(None);
                }
                Some(b'\\') => {
                    self.keep(1);
                    if self.peek()?.is_some_and(|it| it >= b' ') {
                        self.keep(1);
                    }
                }
                Some(0..b' ') => return Ok(Some(OPEN_TEXT)),
                Some(_) => {}
            }
        }
    }

    /// To the line after the one on which a broken object began.
    fn go_back(&mut self, first: u64) -> io::Result<()> {
        let long = self.object.len() > MOST_BYTES;
        let Some(end) = self.object.iter().position(|it| *it == b'\n').filter(|_| !long) else {
            return self.skip_line();
        };
        self.line = first + 1;
        let again = self.object.len() - end - 1;
        if again <= self.place {
            // All of it is still at hand.
            self.place -= again;
        } else {
            self.object.drain(..=end);
            self.object.extend_from_slice(&self.ahead[self.place..]);
            std::mem::swap(&mut self.object, &mut self.ahead);
            self.place = 0;
        }
        Ok(())
    }

    fn skip_line(&mut self) -> io::Result<()> {
        while let Some(byte) = self.peek()? {
            let rest = &self.ahead[self.place..];
            let end = rest.iter().position(|it| *it == b'\n').unwrap_or(rest.len());
            self.advance(end.max(1));
            if byte == b'\n' {
                break;
            }
        }
        Ok(())
    }

    /// Goes over bytes that belong to the object. What is too long is not kept, but for one byte that says so.
    fn keep(&mut self, count: usize) {
        let room = (MOST_BYTES + 1).saturating_sub(self.object.len());
        self.object.extend_from_slice(&self.ahead[self.place..self.place + count.min(room)]);
        self.advance(count);
    }

    fn advance(&mut self, count: usize) {
        let passed = &self.ahead[self.place..self.place + count];
        self.line += passed.iter().filter(|it| **it == b'\n').count() as u64;
        self.place += count;
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        if self.place == self.ahead.len() {
            self.ahead.clear();
            self.place = 0;
            self.input.by_ref().take(CHUNK as u64).read_to_end(&mut self.ahead)?;
            if !self.started {
                self.started = true;
                self.begin()?;
            }
        }
        Ok(self.ahead.get(self.place).copied())
    }

    fn begin(&mut self) -> io::Result<()> {
        let wrong = |text| Err(io::Error::new(io::ErrorKind::InvalidData, text));
        match self.ahead.as_slice() {
            [0x1f, 0x8b, ..] => wrong("it is compressed: `gzip -dc FILE | dogwatch route -`"),
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => wrong("it is UTF-16, and has to be UTF-8"),
            [0xef, 0xbb, 0xbf, ..] => {
                self.place = 3;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

impl Expect {
    fn may_end(self) -> bool {
        matches!(self, Expect::ValueOrEnd | Expect::NameOrEnd | Expect::CommaOrEnd)
    }
}

/// Numbers, `true`, `null`; whether it is one is seen later.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+-.".contains(&byte)
}
