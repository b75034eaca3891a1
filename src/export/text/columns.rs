//! Columns that line up, whatever is in them.

use unicode_width::UnicodeWidthStr;

/// Rows of cells, each as wide as the widest of its column; styles take no room. The last column is not padded.
pub(super) fn aligned(rows: &[Vec<String>], gap: &str) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|it| width(it)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate() {
            if column > 0 {
                line.push_str(gap);
            }
            line.push_str(&padded(cell, if column + 1 == row.len() { 0 } else { widths[column] }));
        }
        line.trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// A cell with blanks after it.
pub(super) fn padded(cell: &str, to: usize) -> String {
    format!("{cell}{}", " ".repeat(to.saturating_sub(width(cell))))
}

/// How many columns a text takes on a terminal.
pub(super) fn width(text: &str) -> usize {
    anstream::adapter::strip_str(text).to_string().width()
}

/// As much of a text as fits.
pub(super) fn cut(text: &str, to: usize) -> String {
    let mut out = String::new();
    for it in text.chars() {
        if out.width() + unicode_width::UnicodeWidthChar::width(it).unwrap_or(0) > to {
            break;
        }
        out.push(it);
    }
    out
}
