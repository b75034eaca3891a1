//! How wide a text is, without a font at hand.
//!
//! A picture is drawn in whatever sans-serif its reader has. The widths here are those of the widest common one
//! (DejaVu Sans), so a text that fits here fits there.

use unicode_width::UnicodeWidthChar;

/// The width of a text in pixels, of letters of so many pixels.
pub(super) fn width(text: &str, size: f64, bold: bool) -> f64 {
    let letters: f64 = text.chars().map(letter).sum();
    letters * size * if bold { 1.12 } else { 1.0 }
}

/// As much of a text as fits, with an ellipsis where it is cut.
pub(super) fn cut(text: &str, size: f64, bold: bool, room: f64) -> String {
    if width(text, size, bold) <= room {
        return text.to_owned();
    }
    let room = room - width("…", size, bold);
    let mut out = String::new();
    let mut taken = 0.0;
    for it in text.chars() {
        taken += width(it.encode_utf8(&mut [0; 4]), size, bold);
        if taken > room {
            break;
        }
        out.push(it);
    }
    out.truncate(out.trim_end().len());
    out + "…"
}

/// In parts of the size.
fn letter(it: char) -> f64 {
    match it {
        'i' | 'j' | 'l' | '\'' => 0.29,
        'I' | '|' | ' ' | '.' | ',' | ':' | ';' | '/' | '\\' | '-' | '·' | 'f' | 't' => 0.4,
        'r' | '(' | ')' | '[' | ']' | '!' | '"' | '`' => 0.47,
        'a' | 'c' | 'e' | 'k' | 's' | 'v' | 'x' | 'y' | 'z' | 'o' | '*' | '?' | '_' => 0.62,
        'b' | 'd' | 'g' | 'h' | 'n' | 'p' | 'q' | 'u' | '0'..='9' | 'L' | 'F' | 'J' | 'T' | 'E' => 0.64,
        'm' | 'M' | 'W' | '@' | '%' | '…' => 1.0,
        'w' | '=' | '+' | '<' | '>' | '~' | '#' | '→' | '↓' | '↑' | '▸' => 0.84,
        'A'..='Z' | '&' | '$' | '{' | '}' | '^' => 0.79,
        // Half of a wide letter is more than most narrow ones have.
        it => match it.width() {
            None | Some(0) if it.is_ascii() => 0.0,
            None | Some(0) => 0.1,
            Some(1) if it.is_lowercase() && it < '\u{250}' => 0.64,
            Some(1) => 0.9,
            Some(_) => 1.4,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_fits_stays_and_one_that_does_not_ends_in_an_ellipsis() {
        // 0.79, 0.64 and 0.62 of ten pixels; an ellipsis takes all ten.
        assert_eq!(cut("Ana", 10.0, false, 20.6), "Ana");
        assert_eq!(cut("Ana", 10.0, false, 20.4), "A…");
        assert_eq!(cut("illinois", 10.0, false, 20.0), "ill…");
        assert_eq!(cut("Web Ops", 10.0, false, 44.0), "Web…", "no blank before it");
        assert_eq!(cut("anything", 10.0, false, 0.0), "…");
        assert!(width("汉字", 10.0, false) >= 20.0);
        assert!(width("Ana", 10.0, true) > width("Ana", 10.0, false));
    }
}
