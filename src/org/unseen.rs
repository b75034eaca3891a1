//! What steers whoever shows a text, and is not seen.

/// Control characters, marks of direction, separators of lines, what has no width, and what is no character.
pub fn is_unseen(it: char) -> bool {
    // The joiners of Persian and Hindi, U+200C and U+200D, have no width either, and are letters' business.
    let unseen = matches!(it, '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}');
    it.is_control() || unseen || matches!(it, '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Text that comes from elsewhere, such as the tags of an alert, to be shown in a line: each [unseen](is_unseen) character
/// is U+FFFD, which is.
///
/// ```
/// assert_eq!(dogwatch::org::harmless("a\u{1b}[2Jb\u{202e}"), "a\u{fffd}[2Jb\u{fffd}");
/// ```
pub fn harmless(text: &str) -> String {
    text.chars().map(|it| if is_unseen(it) { '\u{fffd}' } else { it }).collect()
}
