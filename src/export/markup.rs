//! Text within XML and HTML.

/// A text as it stands between tags and between quotes. What XML cannot hold at all is replaced.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for it in text.chars() {
        match it {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push_str("&#10;"),
            it if it.is_control() || matches!(it, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            it => out.push(it),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_quotes_or_its_tags() {
        assert_eq!(
            escaped("</script> \"R&D\" 'x'\n\u{1b}\u{ffff}é"),
            "&lt;/script&gt; &quot;R&amp;D&quot; &#39;x&#39;&#10;\u{fffd}\u{fffd}é"
        );
    }
}
