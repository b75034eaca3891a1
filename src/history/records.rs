//! The cells of CSV records, found sixty-four bytes at a time.
//!
//! A cell that begins with a quote goes up to the next single quote, two quotes in it being one; what follows up to the
//! separator belongs to it. A quote elsewhere is a quote. So does the csv crate read; a test holds both equal.

use std::ops::Range;

use wide::u8x32;

use crate::history::chunks::after_quoted;
use crate::history::names::Text;

/// Walks the records of some bytes.
pub(super) struct Records<'a> {
    bytes: &'a [u8],
    separator: u8,
    /// Where the next record begins.
    at: usize,
}

/// One record, kept and used again for the next.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// Where it stands, without the end of its line.
    pub span: Range<usize>,
    /// A quote in it is not closed.
    pub unclosed: bool,
    /// Where its cells end, and before them where the one before the first would; what follows the count is of no matter.
    ends: Vec<u32>,
    count: usize,
    /// The cells of a record with quotes as they are meant, a byte between each two. Without quotes they stand in the bytes.
    meant: Vec<u8>,
    quoted: bool,
}

/// The cells of one record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'r> {
    ends: &'r [u32],
    text: &'r [u8],
}

/// Nearly always sixty-four bytes hold no more ends: so many are written without a look, and those that were none written over.
const MOST: usize = 6;

impl<'a> Records<'a> {
    pub fn new(bytes: &'a [u8], separator: u8) -> Records<'a> {
        Records { bytes, separator, at: 0 }
    }

    /// The next record that is not an empty line.
    #[inline(always)]
    pub fn next(&mut self, record: &mut Record) -> bool {
        while self.at < self.bytes.len() {
            self.at = match record.plain(self.bytes, self.at, self.separator) {
                Some(end) => end + 1,
                None => record.quoted(self.bytes, self.at, self.separator) + 1,
            };
            if !record.span.is_empty() {
                return true;
            }
        }
        false
    }
}

impl Record {
    /// Its cells; the bytes are those that it was found in.
    #[inline(always)]
    pub fn line<'r>(&'r self, bytes: &'r [u8]) -> Line<'r> {
        Line { ends: &self.ends[..self.count], text: if self.quoted { &self.meant } else { bytes } }
    }

    /// Finds the cells of the record that begins at a place, and where it ends; `None` if there is a quote in it.
    #[inline(always)]
    fn plain(&mut self, bytes: &[u8], start: usize, separator: u8) -> Option<usize> {
        self.begin(start, false);
        let mut begin = start;
        loop {
            let mut padded = [b'\n'; 64];
            let block = match bytes[begin..].first_chunk() {
                Some(block) => block,
                None => {
                    let rest = &bytes[begin..];
                    padded[..rest.len()].copy_from_slice(rest);
                    &padded
                }
            };
            let newlines = places(block, b'\n');
            let before = (newlines & newlines.wrapping_neg()).wrapping_sub(1);
            if places(block, b'"') & before != 0 {
                return None;
            }
            let found = places(block, separator) & before;
            self.push(number(begin), found);
            if newlines != 0 {
                let end = begin + newlines.trailing_zeros() as usize;
                self.span = without_carriage(bytes, start..end);
                self.ends[self.count] = number(self.span.end);
                self.count += 1;
                return Some(end);
            }
            begin += 64;
        }
    }

    #[inline(always)]
    fn begin(&mut self, start: usize, quoted: bool) {
        self.unclosed = false;
        self.quoted = quoted;
        if self.ends.is_empty() {
            self.ends.resize(2 * MOST, 0);
        }
        self.ends[0] = number(start).wrapping_sub(1);
        self.count = 1;
    }

    /// Adds the ends that are found after a place, a bit each.
    #[inline(always)]
    fn push(&mut self, begin: u32, mut found: u64) {
        let count = self.count + found.count_ones() as usize;
        if self.ends.len() < count + MOST {
            self.grow(count);
        }
        let (some, more) = self.ends[self.count..].split_at_mut(MOST);
        self.count = count;
        for end in some {
            *end = begin + found.trailing_zeros();
            found &= found.wrapping_sub(1);
        }
        for end in more {
            if found == 0 {
                break;
            }
            *end = begin + found.trailing_zeros();
            found &= found - 1;
        }
    }

    /// Makes room for some ends and one block more.
    #[cold]
    fn grow(&mut self, count: usize) {
        self.ends.resize(2 * (count + MOST), 0);
    }

    /// The same as [`plain`](Self::plain), of a record with quotes.
    #[cold]
    fn quoted(&mut self, bytes: &[u8], start: usize, separator: u8) -> usize {
        self.begin(0, true);
        self.meant.clear();
        let mut at = start;
        loop {
            if bytes.get(at) == Some(&b'"') {
                let close = after_quoted(bytes, at);
                self.unclosed = close > bytes.len();
                let close = close.min(bytes.len());
                let inside = &bytes[at + 1..close];
                let inside = if self.unclosed { inside } else { inside.strip_suffix(b"\"").unwrap_or(inside) };
                let mut rest = inside;
                // Of each two quotes one.
                while let Some(quote) = memchr::memchr(b'"', rest) {
                    self.meant.extend_from_slice(&rest[..=quote]);
                    rest = rest.get(quote + 2..).unwrap_or_default();
                }
                self.meant.extend_from_slice(rest);
                at = close;
            }
            let end = memchr::memchr2(separator, b'\n', &bytes[at..]).map_or(bytes.len(), |it| at + it);
            let rest = &bytes[at..end];
            let last = bytes.get(end) != Some(&separator);
            self.meant.extend_from_slice(if last { rest.strip_suffix(b"\r").unwrap_or(rest) } else { rest });
            self.push(number(self.meant.len()), 1);
            if last {
                self.span = without_carriage(bytes, start..end);
                return end;
            }
            self.meant.push(separator);
            at = end + 1;
        }
    }
}

/// A line without the carriage return that ends it.
#[inline(always)]
fn without_carriage(bytes: &[u8], line: Range<usize>) -> Range<usize> {
    let carriage = bytes[line.clone()].last() == Some(&b'\r');
    line.start..line.end - usize::from(carriage)
}

#[inline(always)]
fn number(place: usize) -> u32 {
    u32::try_from(place).expect("a chunk is small")
}

/// A bit for each byte that is this one, the first byte's the lowest.
#[inline(always)]
fn places(block: &[u8; 64], byte: u8) -> u64 {
    let halves = block.as_chunks::<32>().0.iter();
    let bits = halves.map(|it| u64::from(u8x32::new(*it).simd_eq(u8x32::splat(byte)).to_bitmask()));
    bits.rev().fold(0, |above, half| above << 32 | half)
}

impl<'r> Line<'r> {
    pub fn len(self) -> usize {
        self.ends.len() - 1
    }

    /// A cell, to be looked up; nothing if there is none.
    #[inline(always)]
    pub fn text(self, index: usize) -> Text<'r> {
        let ends = self.ends.get(index..).and_then(|it| it.first_chunk());
        let Some([before, end]) = ends else { return Text::default() };
        Text::within(self.text, before.wrapping_add(1) as usize, *end as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::chunks::{Chunks, Ends};
    use crate::history::names::Names;

    type Cells = Vec<Vec<Vec<u8>>>;

    fn ours(text: &[u8], separator: u8) -> Cells {
        let mut all = Vec::new();
        let mut records = Records::new(text, separator);
        let mut record = Record::default();
        // What stands around a name does not matter to its number.
        let mut names = Names::default();
        while records.next(&mut record) {
            let line = record.line(text);
            let cells = (0..line.len()).map(|it| line.text(it));
            for cell in cells.clone() {
                let number = names.intern(cell.bytes());
                assert_eq!(names.intern_if(cell, |_| Err(())), Ok(number));
                assert_eq!(names.get(number.unwrap()), cell.bytes());
            }
            all.push(cells.map(|it| it.bytes().to_vec()).collect());
        }
        all
    }

    fn in_pieces(text: &[u8], piece: usize) -> Cells {
        let mut all = Vec::new();
        let mut chunks = Chunks::new(text, Ends::Csv(b',')).unwrap().in_pieces(piece);
        while let Some(chunk) = chunks.next(Vec::new()).unwrap() {
            all.extend(ours(&chunk.bytes, b','));
        }
        all
    }

    fn theirs(text: &[u8], separator: u8) -> Cells {
        let mut reader = csv::ReaderBuilder::new();
        let mut reader = reader.has_headers(false).flexible(true).delimiter(separator).from_reader(text);
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
                assert_eq!(ours(&text, b','), theirs(&text, b','), "{:?}", String::from_utf8_lossy(&text));
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
            assert_eq!(in_pieces(&text, 1 + round % 40), theirs(&text, b','), "{:?}", String::from_utf8_lossy(&text));
        }
    }

    /// Of all widths, with cells of all lengths, with and without quotes, with empty lines, with lines that end either way, and
    /// without an end of the last.
    #[test]
    fn the_csv_crate_finds_the_same_cells_in_tables() {
        let mut seed: u64 = 7;
        let mut below = |limit: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from((seed >> 33) % limit).unwrap()
        };
        for round in 0..400 {
            let separator = b",;\t|"[round % 4];
            // A quote in one cell of so many.
            let quotes = [u64::MAX, 40, 4][round % 3];
            let mut text = Vec::new();
            for _ in 0..below(20) {
                for cell in 0..below(12) {
                    if cell > 0 {
                        text.push(separator);
                    }
                    let most = [3, 20, 150][below(3)];
                    let length = below(most);
                    let cell: Vec<u8> = (0..length).map(|_| b"abc 0-.'\0\xff"[below(10)]).collect();
                    match below(quotes) {
                        0 => {
                            text.extend([&b"\""[..], &cell, [&b""[..], b"\"\"", b"\n", b","][below(4)], b"\""].concat())
                        }
                        1 => text.extend([&cell[..], b"\"", &cell].concat()),
                        _ => text.extend(cell),
                    }
                }
                text.extend_from_slice([&b"\n"[..], b"\r\n"][below(2)]);
            }
            text.truncate(text.len() - text.len().min(below(3)));
            if text.ends_with(b"\r") {
                text.pop();
            }
            let (ours, theirs) = (ours(&text, separator), theirs(&text, separator));
            assert_eq!(ours, theirs, "{:?}", String::from_utf8_lossy(&text));
        }
    }

    #[test]
    fn lines_may_end_with_a_carriage_return() {
        let cells = |text: &str| {
            ours(text.as_bytes(), b',')
                .iter()
                .map(|it| it.iter().map(|it| String::from_utf8(it.clone()).unwrap()).collect())
                .collect::<Vec<Vec<_>>>()
        };
        assert_eq!(cells("a,b\r\n\"c\",\"d\"\r\n\r\ne,\r\n"), [["a", "b"], ["c", "d"], ["e", ""]]);
    }
}
