//! The cells of CSV records, found eight bytes at a time.
//!
//! A cell that begins with a quote goes up to the next single quote, two quotes in it being one; what follows up to the
//! separator belongs to it. A quote elsewhere is a quote. So does the csv crate read; a test holds both equal.

use std::ops::Range;

use crate::history::chunks::after_quoted;
use crate::history::names::Text;

/// Walks the records of some bytes.
pub(super) struct Records<'a> {
    bytes: &'a [u8],
    separator: u8,
    /// Where the next record begins.
    at: usize,
    /// The eight bytes that are looked at, and which of them are ends, as high bits.
    word: usize,
    ends: u64,
}

/// One record: where it is, and its cells.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub span: Range<usize>,
    cells: Vec<Cell>,
    /// Cells with doubled quotes, as they are meant.
    plain: Vec<u8>,
    /// A quote in it is not closed.
    pub unclosed: bool,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    start: usize,
    end: usize,
    /// Whether it stands in `plain` rather than in the bytes.
    plain: bool,
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = ONES << 7;

/// The high bit of each byte of `word` that is `byte`.
#[inline]
fn matches(word: u64, byte: u8) -> u64 {
    let zero_where_same = word ^ (ONES * u64::from(byte));
    !(((zero_where_same & !HIGH) + !HIGH) | zero_where_same) & HIGH
}

impl<'a> Records<'a> {
    pub fn new(bytes: &'a [u8], separator: u8) -> Records<'a> {
        let mut records = Records { bytes, separator, at: 0, word: 0, ends: 0 };
        records.look(0);
        records
    }

    /// The next record that is not an empty line.
    #[inline]
    pub fn next(&mut self, record: &mut Record) -> bool {
        record.cells.clear();
        record.plain.clear();
        record.unclosed = false;
        loop {
            let start = self.at;
            if start >= self.bytes.len() {
                return false;
            }
            let mut cell = start;
            loop {
                if self.bytes.get(cell) == Some(&b'"') {
                    cell = self.quoted(cell, record);
                } else {
                    let end = self.end();
                    record.cells.push(Cell { start: cell, end, plain: false });
                    cell = end + 1;
                }
                let end = cell - 1;
                if end >= self.bytes.len() || self.bytes[end] == b'\n' {
                    break;
                }
            }
            self.at = cell;
            let mut end = (cell - 1).min(self.bytes.len());
            if self.bytes[start..end].ends_with(b"\r") {
                end -= 1;
                if let Some(last) = record.cells.last_mut().filter(|it| !it.plain && it.end == end + 1) {
                    last.end = end.max(last.start);
                }
            }
            record.span = start..end;
            if start < end {
                return true;
            }
            record.cells.clear();
        }
    }

    /// The next separator, end of a line, or end of the bytes.
    #[inline]
    fn end(&mut self) -> usize {
        while self.ends == 0 {
            if self.word + 8 >= self.bytes.len() {
                return self.bytes.len();
            }
            self.look(self.word + 8);
        }
        let end = self.word + (self.ends.trailing_zeros() / 8) as usize;
        self.ends &= self.ends - 1;
        end
    }

    #[inline]
    fn look(&mut self, word: usize) {
        self.word = word;
        let bytes = match self.bytes.get(word..).and_then(|it| it.first_chunk::<8>()) {
            Some(bytes) => *bytes,
            None => {
                let mut padded = [0; 8];
                let rest = self.bytes.get(word..).unwrap_or_default();
                padded[..rest.len()].copy_from_slice(rest);
                padded
            }
        };
        let bytes = u64::from_le_bytes(bytes);
        self.ends = matches(bytes, self.separator) | matches(bytes, b'\n');
    }

    /// A cell that begins with a quote; where the one after it begins.
    #[cold]
    fn quoted(&mut self, open: usize, record: &mut Record) -> usize {
        let close = after_quoted(self.bytes, open);
        if close > self.bytes.len() {
            record.unclosed = true;
        }
        let close = close.min(self.bytes.len());
        self.look(close);
        let end = self.end();
        let inside = &self.bytes[open + 1..close];
        let inside = if record.unclosed { inside } else { inside.strip_suffix(b"\"").unwrap_or(inside) };
        let mut rest = &self.bytes[close..end];
        if self.bytes.get(end) != Some(&self.separator) {
            rest = rest.strip_suffix(b"\r").unwrap_or(rest);
        }
        if rest.is_empty() && memchr::memchr(b'"', inside).is_none() {
            record.cells.push(Cell { start: open + 1, end: open + 1 + inside.len(), plain: false });
        } else {
            let start = record.plain.len();
            let mut doubled = false;
            for byte in inside {
                doubled = *byte == b'"' && !doubled;
                if !doubled {
                    record.plain.push(*byte);
                }
            }
            record.plain.extend_from_slice(rest);
            record.cells.push(Cell { start, end: record.plain.len(), plain: true });
        }
        end + 1
    }
}

impl Record {
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// A cell; nothing if there is none.
    #[inline]
    pub fn cell<'a>(&'a self, index: usize, bytes: &'a [u8]) -> &'a [u8] {
        match self.cells.get(index) {
            Some(Cell { start, end, plain: false }) => &bytes[*start..*end],
            Some(Cell { start, end, plain: true }) => &self.plain[*start..*end],
            None => &[],
        }
    }
}

/// The cells of records without any quote, found all at once.
#[derive(Debug, Default)]
pub(super) struct Plain {
    /// Where cells end, in order; before them all, the place before the first byte.
    ends: Vec<u32>,
}

/// The place before the first byte of a chunk.
const BEFORE: u32 = u32::MAX;

impl Plain {
    /// Finds where the cells of some records end that hold no quote.
    pub fn find(&mut self, bytes: &[u8], separator: u8) {
        let number = |it: usize| u32::try_from(it).expect("a chunk is small");
        self.ends.clear();
        self.ends.push(BEFORE);
        let (blocks, rest) = bytes.as_chunks::<64>();
        for (block, begin) in blocks.iter().zip((0..).step_by(64)) {
            let mut found = ends_in(block, separator);
            // Nearly always a few: so many are written without a look, and those that were none taken back.
            let mut some = [0; 6];
            let count = self.ends.len() + found.count_ones() as usize;
            for it in &mut some {
                *it = begin + found.trailing_zeros();
                found &= found.wrapping_sub(1);
            }
            self.ends.extend_from_slice(&some);
            while found != 0 {
                self.ends.push(begin + found.trailing_zeros());
                found &= found - 1;
            }
            self.ends.truncate(count);
        }
        let begin = bytes.len() - rest.len();
        let ends = rest.iter().zip(begin..).filter(|(it, _)| **it == separator || **it == b'\n');
        self.ends.extend(ends.map(|(_, at)| number(at)));
        if bytes.last().is_some_and(|it| *it != b'\n') {
            self.ends.push(number(bytes.len()));
        }
    }

    /// All records of the same bytes that are not empty lines.
    #[inline]
    pub fn records<'p>(&'p self, bytes: &'p [u8]) -> impl Iterator<Item = Line<'p>> {
        // The end before the first cell of each belongs to it as well.
        let mut rest = self.ends.as_slice();
        std::iter::from_fn(move || {
            while let [before, ends @ ..] = rest {
                let is_last = |it: &u32| bytes.get(*it as usize).is_none_or(|it| *it == b'\n');
                let count = ends.iter().position(is_last)? + 1;
                let (start, end) = (after_end(*before), ends[count - 1] as usize);
                let carriage = usize::from(end > start && bytes[end - 1] == b'\r');
                let line = Line { ends: &rest[..=count], start, end: end - carriage };
                rest = &rest[count..];
                if line.start < line.end {
                    return Some(line);
                }
            }
            None
        })
    }
}

/// Where the cell after an end begins.
#[inline]
fn after_end(end: u32) -> usize {
    end.wrapping_add(1) as usize
}

/// A bit for each byte that is the separator or the end of a line, the first byte's the lowest.
#[inline]
fn ends_in(block: &[u8; 64], separator: u8) -> u64 {
    /// Which of eight words each byte is of.
    const WORDS: [u8; 64] = {
        let mut words = [0; 64];
        let mut at = 0;
        while at < 64 {
            words[at] = 1 << (at / 8);
            at += 1;
        }
        words
    };
    let mut hits = [0; 64];
    for ((hit, byte), word) in hits.iter_mut().zip(block).zip(&WORDS) {
        *hit = if *byte == separator || *byte == b'\n' { *word } else { 0 };
    }
    // The words above one another, a bit each.
    let columns = hits.as_chunks::<8>().0.iter().fold(0, |all, it| all | u64::from_le_bytes(*it));
    // Turned round the diagonal, they are one after the other.
    [(7, 0x00aa_00aa_00aa_00aa), (14, 0x0000_cccc_0000_cccc), (28, 0x0000_0000_f0f0_f0f0)].into_iter().fold(
        columns,
        |it, (far, half)| {
            let changed = (it ^ it >> far) & half;
            it ^ changed ^ changed << far
        },
    )
}

/// One record without quotes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'p> {
    /// Where its cells end; before them, where the record before it ends.
    ends: &'p [u32],
    pub start: usize,
    /// Where its last cell ends.
    pub end: usize,
}

impl Line<'_> {
    pub fn len(&self) -> usize {
        self.ends.len() - 1
    }

    /// A cell, to be looked up; nothing if there is none.
    #[inline]
    pub fn text<'a>(&self, index: usize, bytes: &'a [u8]) -> Text<'a> {
        let ends = self.ends.get(index..).and_then(|it| it.first_chunk());
        let Some([before, end]) = ends else { return Text::default() };
        Text::within(bytes, after_end(*before), (*end as usize).min(self.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::chunks::{Chunks, Ends};
    use crate::history::names::Names;

    fn ours(text: &[u8]) -> Vec<Vec<Vec<u8>>> {
        let mut all = Vec::new();
        let mut records = Records::new(text, b',');
        let mut record = Record::default();
        while records.next(&mut record) {
            all.push((0..record.len()).map(|it| record.cell(it, text).to_vec()).collect());
        }
        all
    }

    fn in_pieces(text: &[u8], piece: usize) -> Vec<Vec<Vec<u8>>> {
        let mut all = Vec::new();
        let mut chunks = Chunks::new(text, Ends::Csv(b',')).unwrap().in_pieces(piece);
        while let Some(chunk) = chunks.next(Vec::new()).unwrap() {
            all.extend(ours(&chunk.bytes));
        }
        all
    }

    fn theirs(text: &[u8]) -> Vec<Vec<Vec<u8>>> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
        reader.byte_records().map(|it| it.unwrap().iter().map(<[u8]>::to_vec).collect()).collect()
    }

    /// Every text of up to five of these characters, and random longer ones.
    #[test]
    fn the_csv_crate_finds_the_same_cells() {
        let letters = [b'a', b',', b'"', b'\n', b'b'];
        for length in 0..=5_u32 {
            for number in 0..letters.len().pow(length) {
                let digit = |it: u32| letters[number / letters.len().pow(it) % letters.len()];
                let text: Vec<u8> = (0..length).map(digit).collect();
                assert_eq!(ours(&text), theirs(&text), "{:?}", String::from_utf8_lossy(&text));
            }
        }
        let mut seed: u64 = 3;
        for round in 0..2_000 {
            let text: Vec<u8> = (0..120)
                .map(|_| {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    b"abcdefgh,,\"\n"[usize::try_from(seed >> 33).unwrap() % 12]
                })
                .collect();
            assert_eq!(in_pieces(&text, 1 + round % 40), theirs(&text), "{:?}", String::from_utf8_lossy(&text));
        }
    }

    /// Tables without quotes are read another way: of all widths, with cells of all lengths, with empty lines, with lines that
    /// end either way, and without an end of the last.
    #[test]
    fn without_quotes_the_csv_crate_finds_the_same_cells() {
        let mut seed: u64 = 7;
        let mut below = |limit: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from((seed >> 33) % limit).unwrap()
        };
        for round in 0..400 {
            let separator = b",;\t|"[round % 4];
            let mut text = Vec::new();
            for _ in 0..below(20) {
                for cell in 0..below(12) {
                    if cell > 0 {
                        text.push(separator);
                    }
                    let most = [3, 20, 150][below(3)];
                    let length = below(most);
                    text.extend((0..length).map(|_| b"abc 0-.'\0\xff"[below(10)]));
                }
                text.extend_from_slice([&b"\n"[..], b"\r\n"][below(2)]);
            }
            text.truncate(text.len() - text.len().min(below(3)));
            if text.ends_with(b"\r") {
                text.pop();
            }
            let mut reader = csv::ReaderBuilder::new();
            let mut reader = reader.has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_slice());
            let theirs: Vec<Vec<Vec<u8>>> =
                reader.byte_records().map(|it| it.unwrap().iter().map(<[u8]>::to_vec).collect()).collect();
            let mut plain = Plain::default();
            plain.find(&text, separator);
            let ours: Vec<Vec<Vec<u8>>> = plain
                .records(&text)
                .map(|it| (0..it.len()).map(|cell| it.text(cell, &text).bytes.to_vec()).collect())
                .collect();
            assert_eq!(ours, theirs, "{:?}", String::from_utf8_lossy(&text));
            // What stands around a name does not matter to its number.
            let mut names = Names::default();
            for line in plain.records(&text) {
                for cell in 0..line.len() {
                    let number = names.intern(line.text(cell, &text).bytes);
                    assert_eq!(names.intern_if(line.text(cell, &text), |_| Err(())), Ok(number));
                    assert_eq!(names.get(number.unwrap()), line.text(cell, &text).bytes);
                }
            }
        }
    }

    #[test]
    fn lines_may_end_with_a_carriage_return() {
        let cells = |text: &str| {
            ours(text.as_bytes())
                .iter()
                .map(|it| it.iter().map(|it| String::from_utf8(it.clone()).unwrap()).collect())
                .collect::<Vec<Vec<_>>>()
        };
        assert_eq!(cells("a,b\r\n\"c\",\"d\"\r\n\r\ne,\r\n"), [["a", "b"], ["c", "d"], ["e", ""]]);
    }
}
