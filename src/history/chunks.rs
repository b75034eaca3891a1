//! A file in pieces that end where a record ends, unpacked on the way, however hostile it is.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use flate2::bufread::GzDecoder;

/// How much is read at once.
const PIECE: usize = 1 << 18;
/// How long one record may be. A quote that is never closed would otherwise swallow the file.
pub(super) const MOST_RECORD: usize = 1 << 20;
/// How much one file may unpack to.
const MOST_BYTES: u64 = 1 << 38;

/// Some whole records.
#[derive(Debug)]
pub(super) struct Chunk {
    pub bytes: Vec<u8>,
    /// The line, from 1, on which they begin.
    pub line: u64,
}

/// A record that is longer than may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLong {
    pub line: u64,
    /// How many lines were skipped.
    pub lines: u64,
}

/// How records are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// At each line.
    Line,
    /// At a line that is not within quotes; cells are separated by this byte.
    Csv(u8),
}

/// Why a file was not read to its end, or not at all.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("it is UTF-16 text, not UTF-8")]
    Utf16,
    #[error("it begins with zero bytes, as no text does")]
    NoText,
    #[error("it unpacks to more than 256 GiB")]
    TooLarge,
}

pub(super) struct Chunks<'a> {
    source: Box<dyn Read + Send + 'a>,
    ends: Ends,
    /// What was read after the last whole record.
    rest: Vec<u8>,
    line: u64,
    total: u64,
    pub too_long: Vec<TooLong>,
    over: bool,
    piece: usize,
}

impl<'a> Chunks<'a> {
    /// The records of a file, which may be packed by gzip: its first bytes tell.
    pub fn new(source: impl Read + Send + 'a, ends: Ends) -> Result<Chunks<'a>, Broken> {
        let mut source = source;
        let mut head = Vec::new();
        source.by_ref().take(2).read_to_end(&mut head)?;
        let packed = head.starts_with(&[0x1f, 0x8b]);
        let source = Cursor::new(head).chain(source);
        let source: Box<dyn Read + Send + 'a> = match packed {
            true => Box::new(Unpacked(Some(GzDecoder::new(BufReader::with_capacity(1 << 16, source))))),
            false => Box::new(source),
        };
        let chunks = Chunks {
            source,
            ends,
            rest: Vec::new(),
            line: 1,
            total: 0,
            too_long: Vec::new(),
            over: false,
            piece: PIECE,
        };
        Ok(chunks)
    }

    /// The same in pieces of another size: where they end must not matter.
    #[cfg(test)]
    pub fn in_pieces(self, piece: usize) -> Chunks<'a> {
        Chunks { piece, ..self }
    }

    /// The next records, in the room of earlier ones; `None` at the end. What is broken is told once, after all that came
    /// before it.
    pub fn next(&mut self, spare: Vec<u8>) -> Result<Option<Chunk>, (Option<Chunk>, Broken)> {
        let mut bytes = spare;
        bytes.clear();
        bytes.append(&mut self.rest);
        loop {
            if self.over {
                return Ok(self.chunk(bytes, None));
            }
            let known = bytes.len();
            match self.fill(&mut bytes) {
                Ok(()) => {}
                Err(broken) => {
                    self.over = true;
                    // What came after the last whole record may be half of one, unless all of it came.
                    if !broken.is_trailing() {
                        let end = self.last_end(&bytes).unwrap_or(0);
                        bytes.truncate(end);
                    }
                    return Err((self.chunk(bytes, None), broken));
                }
            }
            if known == 0 && self.total == bytes.len() as u64 {
                if let Some(broken) = no_utf8(&bytes) {
                    self.over = true;
                    return Err((None, broken));
                }
                if bytes.starts_with(b"\xef\xbb\xbf") {
                    bytes.drain(..3);
                }
            }
            if self.over {
                continue;
            }
            if let Some(end) = self.last_end(&bytes) {
                return Ok(self.chunk(bytes, Some(end)));
            }
            if bytes.len() > MOST_RECORD {
                self.skip_record(&mut bytes).map_err(|broken| (None, broken))?;
            }
        }
    }

    /// Reads a piece more.
    fn fill(&mut self, bytes: &mut Vec<u8>) -> Result<(), Broken> {
        let known = bytes.len();
        bytes.reserve(self.piece);
        let result = self.source.by_ref().take(self.piece as u64).read_to_end(bytes);
        let read = bytes.len() - known;
        self.total += read as u64;
        result?;
        if self.total > MOST_BYTES {
            return Err(Broken::TooLarge);
        }
        self.over = read < self.piece;
        Ok(())
    }

    /// The bytes up to `end` as a chunk; what follows is kept.
    fn chunk(&mut self, mut bytes: Vec<u8>, end: Option<usize>) -> Option<Chunk> {
        if let Some(end) = end {
            self.rest.extend_from_slice(&bytes[end..]);
            bytes.truncate(end);
        }
        if bytes.is_empty() {
            return None;
        }
        let line = self.line;
        self.line += lines(&bytes);
        Some(Chunk { bytes, line })
    }

    /// Drops a record that is too long, up to the end of a line.
    fn skip_record(&mut self, bytes: &mut Vec<u8>) -> Result<(), Broken> {
        let mut skipped = 0;
        loop {
            if let Some(end) = memchr::memchr(b'\n', &bytes[bytes.len().min(MOST_RECORD)..]) {
                let end = bytes.len().min(MOST_RECORD) + end + 1;
                skipped += lines(&bytes[..end]);
                bytes.drain(..end);
                break;
            }
            skipped += lines(bytes);
            bytes.clear();
            if self.over {
                break;
            }
            self.fill(bytes)?;
            // From here on, the first end of a line is it.
            if let Some(end) = memchr::memchr(b'\n', bytes) {
                skipped += 1;
                bytes.drain(..=end);
                break;
            }
        }
        self.too_long.push(TooLong { line: self.line, lines: skipped.max(1) });
        self.line += skipped;
        Ok(())
    }

    /// Where the last whole record ends.
    fn last_end(&self, bytes: &[u8]) -> Option<usize> {
        let separator = match self.ends {
            Ends::Csv(separator) if memchr::memchr(b'"', bytes).is_some() => separator,
            _ => return memchr::memrchr(b'\n', bytes).map(|it| it + 1),
        };
        let mut last = None;
        let mut at = 0;
        // At the start of a cell; whether it is quoted is what matters.
        while let Some(byte) = bytes.get(at) {
            if *byte == b'"' {
                at = after_quoted(bytes, at);
                // Whether a quote at the very end is closed or doubled, only the next byte tells.
                if at >= bytes.len() {
                    return last;
                }
            }
            let Some(end) = memchr::memchr2(separator, b'\n', &bytes[at..]) else { return last };
            at += end + 1;
            if bytes[at - 1] == b'\n' {
                last = Some(at);
            }
        }
        last
    }
}

/// What the first bytes of a text say, if they are none in UTF-8.
fn no_utf8(bytes: &[u8]) -> Option<Broken> {
    let marked = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    // Every other byte of English in UTF-16 is 0; its mark may be missing.
    let every_other =
        |zero: usize| bytes[..4.min(bytes.len())].iter().enumerate().all(|(at, it)| (*it == 0) == (at % 2 == zero));
    let has_zero = bytes.iter().take(2).any(|it| *it == 0);
    let wide = bytes.len() > 1 && (every_other(0) || every_other(1));
    match has_zero {
        _ if marked => Some(Broken::Utf16),
        true if wide => Some(Broken::Utf16),
        true => Some(Broken::NoText),
        false => None,
    }
}

impl Broken {
    /// Whether all that there is to read came before it.
    fn is_trailing(&self) -> bool {
        matches!(self, Broken::Io(error) if error.get_ref().is_some_and(|it| it.is::<Trailing>()))
    }
}

/// What follows the end of a packed text.
#[derive(Debug, thiserror::Error)]
#[error("what follows its packed text is not gzip, and was left out")]
struct Trailing;

/// What was packed by gzip, one text after the other.
struct Unpacked<R>(Option<GzDecoder<R>>);

impl<R: BufRead> Read for Unpacked<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(packed) = &mut self.0 else { return Ok(0) };
            let read = packed.read(into)?;
            if read > 0 || into.is_empty() {
                return Ok(read);
            }
            let Some(packed) = self.0.take() else { return Ok(0) };
            let mut rest = packed.into_inner();
            // Tapes and disks fill up with zeros, which gzip itself passes over.
            let next = loop {
                let next = rest.fill_buf()?;
                let zeros = next.iter().take_while(|it| **it == 0).count();
                let first = next.get(zeros).copied();
                rest.consume(zeros);
                if first.is_some() || zeros == 0 {
                    break first;
                }
            };
            match next {
                None => return Ok(0),
                Some(0x1f) => self.0 = Some(GzDecoder::new(rest)),
                Some(_) => return Err(io::Error::new(io::ErrorKind::InvalidData, Trailing)),
            }
        }
    }
}

/// Where the text between quotes that opens at `open` has ended; beyond the bytes if it does not.
pub(super) fn after_quoted(bytes: &[u8], open: usize) -> usize {
    let mut at = open + 1;
    while let Some(found) = bytes.get(at..).and_then(|it| memchr::memchr(b'"', it)) {
        at += found + 1;
        match bytes.get(at) {
            Some(b'"') => at += 1,
            _ => return at,
        }
    }
    bytes.len() + 1
}

pub(super) fn lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}
