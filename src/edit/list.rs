//! Arrays as they stand in a file: elements come and go, what lies between the others stays.

use std::ops::Range;

use toml_edit::{Array, Document};

/// A text that is no array, which a file that was read has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no array as it was read")]
pub(super) struct NoArray;

const KEY: &str = "x = ";

/// An array's text, and where its elements stand in it.
struct Elements {
    at: Vec<Range<usize>>,
}

fn elements(raw: &str) -> Result<Elements, NoArray> {
    let document = Document::parse(format!("{KEY}{raw}")).map_err(|_| NoArray)?;
    let array: &Array = document.get("x").and_then(|it| it.as_array()).ok_or(NoArray)?;
    let at = array.iter().map(|it| it.span().map(|span| span.start - KEY.len()..span.end - KEY.len()));
    Ok(Elements { at: at.collect::<Option<_>>().ok_or(NoArray)? })
}

/// With an element at a place. Where elements have lines of their own, it has one too.
pub(super) fn insert(raw: &str, place: usize, element: &str, newline: &str) -> Result<String, NoArray> {
    let Elements { at } = elements(raw)?;
    let Some(last) = at.len().checked_sub(1) else {
        // Whatever stands in an empty array, such as a comment, stays before its first element.
        let close = raw.rfind(']').ok_or(NoArray)?;
        let gap = if raw[..close].contains('\n') { "" } else { " " };
        let gap = if element.starts_with('{') { gap } else { "" };
        return Ok(format!("{}{gap}{element}{gap}{}", raw[..close].trim_end_matches(' '), &raw[close..]));
    };
    if place == 0 {
        let start = at[0].start;
        let between = match indent(raw, start) {
            Some(indent) => format!("{newline}{indent}"),
            None => " ".to_owned(),
        };
        return Ok(format!("{}{element},{between}{}", &raw[..start], &raw[start..]));
    }
    let previous = &at[(place - 1).min(last)];
    let Some(indent) = indent(raw, previous.start) else {
        return Ok(format!("{}, {element}{}", &raw[..previous.end], &raw[previous.end..]));
    };
    match comma(raw, previous.end) {
        // A comment on the line of the one before is about that one.
        Some(comma) if rest_is_comment(&raw[comma + 1..]) => {
            let end = line_end(raw, comma + 1);
            Ok(format!("{}{newline}{indent}{element},{}", &raw[..end], &raw[end..]))
        }
        Some(comma) => Ok(format!("{} {element},{}", &raw[..=comma], &raw[comma + 1..])),
        None if rest_is_comment(&raw[previous.end..]) => {
            let end = line_end(raw, previous.end);
            let (head, comment) = (&raw[..previous.end], &raw[previous.end..end]);
            Ok(format!("{head},{comment}{newline}{indent}{element}{}", &raw[end..]))
        }
        None => Ok(format!("{},{newline}{indent}{element}{}", &raw[..previous.end], &raw[previous.end..])),
    }
}

/// Without the element at a place.
pub(super) fn remove(raw: &str, place: usize) -> Result<String, NoArray> {
    let Elements { at } = elements(raw)?;
    let element = at.get(place).ok_or(NoArray)?;
    let after = comma(raw, element.end).map_or(element.end, |it| it + 1);
    if indent(raw, element.start).is_some() && rest_is_comment(&raw[after..]) {
        // Alone on its line: the line goes, with what was said there about it.
        let start = raw[..element.start].rfind('\n').map_or(0, |it| it + 1);
        let end = raw[after..].find('\n').map_or(raw.len(), |it| after + it + 1);
        return Ok(format!("{}{}", &raw[..start], &raw[end..]));
    }
    let cut = match (at.get(place + 1), place.checked_sub(1)) {
        (Some(next), _) => element.start..next.start,
        (None, Some(previous)) => at[previous].end..element.end,
        (None, None) => element.start..after,
    };
    Ok(format!("{}{}", &raw[..cut.start], &raw[cut.end..]))
}

/// An array of these elements, on lines of their own if the one that is replaced has such.
pub(super) fn render(elements_now: &[String], raw: &str, newline: &str) -> Result<String, NoArray> {
    let Elements { at } = elements(raw)?;
    let indent = at.first().and_then(|it| indent(raw, it.start));
    Ok(match indent {
        Some(indent) => {
            let lines: String = elements_now.iter().map(|it| format!("{newline}{indent}{it},")).collect();
            format!("[{lines}{newline}]")
        }
        None => format!("[{}]", elements_now.join(", ")),
    })
}

/// The blanks before a place, if nothing else stands before it on its line, and it is not the first.
fn indent(raw: &str, at: usize) -> Option<&str> {
    let start = raw[..at].rfind('\n')? + 1;
    let blanks = &raw[start..at];
    blanks.chars().all(|it| it == ' ' || it == '\t').then_some(blanks)
}

/// The comma that follows a place, beyond blanks and comments.
fn comma(raw: &str, from: usize) -> Option<usize> {
    let bytes = raw.as_bytes();
    let mut at = from;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b',' => return Some(at),
            b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            b'#' => at = raw[at..].find('\n').map_or(raw.len(), |it| at + it),
            _ => return None,
        }
    }
    None
}

/// Whether nothing but a comment is left on a line, and the line ends.
fn rest_is_comment(rest: &str) -> bool {
    let Some(end) = rest.find('\n') else { return false };
    let rest = rest[..end].trim();
    rest.is_empty() || rest.starts_with('#')
}

/// Where the line of a place ends, before its newline.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let end = text[at..].find('\n').map_or(text.len(), |it| at + it);
    if text[at..end].ends_with('\r') { end - 1 } else { end }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_come_and_the_others_stay() {
        let insert = |raw, place| insert(raw, place, "'n'", "\n").unwrap();
        assert_eq!(insert("['a', 'b']", 0), "['n', 'a', 'b']");
        assert_eq!(insert("['a', 'b']", 1), "['a', 'n', 'b']");
        assert_eq!(insert("['a', 'b' ]", 2), "['a', 'b', 'n' ]");
        assert_eq!(insert("['a','b',]", 2), "['a','b', 'n',]");
        assert_eq!(insert("[]", 0), "['n']");
        let lines = "[ # who\n  'a', # lead\n  'b' # last\n]";
        assert_eq!(insert(lines, 0), "[ # who\n  'n',\n  'a', # lead\n  'b' # last\n]");
        assert_eq!(insert(lines, 1), "[ # who\n  'a', # lead\n  'n',\n  'b' # last\n]");
        assert_eq!(insert(lines, 2), "[ # who\n  'a', # lead\n  'b', # last\n  'n'\n]");
        assert_eq!(insert("[\n  'a', 'b',\n  'c',\n]", 1), "[\n  'a', 'n', 'b',\n  'c',\n]");
    }

    #[test]
    fn elements_go_and_the_others_stay() {
        let remove = |raw, place| remove(raw, place).unwrap();
        assert_eq!(remove("['a', 'b', 'c']", 0), "['b', 'c']");
        assert_eq!(remove("['a', 'b', 'c']", 1), "['a', 'c']");
        assert_eq!(remove("['a', 'b', 'c' ]", 2), "['a', 'b' ]");
        assert_eq!(remove("['a', 'b',]", 1), "['a',]");
        let lines = "[\n  'a', # lead\n  'b', # second\n  'c' # last\n]";
        assert_eq!(remove(lines, 1), "[\n  'a', # lead\n  'c' # last\n]");
        assert_eq!(remove(lines, 2), "[\n  'a', # lead\n  'b', # second\n]");
        assert_eq!(remove("['@nobody', \"x, ] # y\", 'c']", 1), "['@nobody', 'c']");
    }
}
