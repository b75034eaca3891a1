//! `assigned/ID.toml`: the text of the file, with rows taken out and put in, all else untouched.

use std::collections::BTreeSet;

use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, Value, value};

use crate::org::{Org, RotationId};
use crate::people::cover::rows::{reason, seat_word, written};
use crate::people::{Cause, Row, Swap};

/// Why a file cannot be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssignedError {
    /// It is no TOML, or its rows are none.
    #[error("the file of assigned rows cannot be changed: {0}")]
    Text(String),
}

/// The file of a rotation with some of its rows (by their place) taken out, and those of swaps that are its own put at its
/// end. `text` is what is there, or how a new file is to begin.
///
/// # Errors
///
/// [`AssignedError`] if the text is none that could have been read.
pub fn rewrite(
    text: &str,
    org: &Org,
    rotation: RotationId,
    gone: &BTreeSet<usize>,
    swaps: &[Swap],
) -> Result<String, AssignedError> {
    let mut document: DocumentMut =
        text.parse().map_err(|it: toml_edit::TomlError| AssignedError::Text(it.to_string()))?;
    let mut end = document.trailing().as_str().unwrap_or_default().to_owned();
    let item = document.entry("overrides").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let rows = swaps.iter().flat_map(|swap| swap.rows.iter().map(move |row| (swap, row)));
    let rows = rows.filter(|(_, row)| row.seat.rotation == rotation);
    let rows = rows.flat_map(|(swap, row)| (0..row.spans.len()).map(move |span| (swap, row, span)));
    match item {
        Item::ArrayOfTables(tables) => {
            // What stands above a row that goes, such as the head of the file, goes to what follows it.
            for index in gone.iter().rev() {
                let above = comments(tables.get(*index));
                tables.remove(*index);
                match tables.get_mut(*index) {
                    Some(next) => {
                        let own = next.decor().prefix().and_then(|it| it.as_str()).unwrap_or_default();
                        let prefix =
                            if above.is_empty() && *index == 0 { own.trim_start().to_owned() } else { above + own };
                        next.decor_mut().set_prefix(prefix);
                    }
                    None if above.is_empty() => {}
                    None => end = above.trim_end().to_owned() + "\n" + &end,
                }
            }
            for (swap, row, span) in rows {
                let mut table = Table::new();
                for (key, value) in keys(org, swap, row, span)? {
                    table.insert(key, Item::Value(value));
                }
                let above = std::mem::take(&mut end);
                let blank = if above.is_empty() && tables.is_empty() { "" } else { "\n" };
                table.decor_mut().set_prefix(above + blank);
                align(&mut table);
                tables.push(table);
            }
        }
        Item::Value(Value::Array(array)) => inline(array, org, gone, rows)?,
        _ => return Err(AssignedError::Text("`overrides` is no list of rows".to_owned())),
    }
    document.set_trailing(end);
    Ok(document.to_string())
}

/// The comments above a row, and what is blank before them.
fn comments(table: Option<&Table>) -> String {
    let above = table.and_then(|it| it.decor().prefix()).and_then(|it| it.as_str()).unwrap_or_default();
    if above.contains('#') { above.to_owned() } else { String::new() }
}

fn inline<'s>(
    array: &mut Array,
    org: &Org,
    gone: &BTreeSet<usize>,
    rows: impl Iterator<Item = (&'s Swap, &'s Row, usize)>,
) -> Result<(), AssignedError> {
    for index in gone.iter().rev() {
        array.remove(*index);
    }
    for (swap, row, span) in rows {
        let mut table = InlineTable::new();
        for (key, value) in keys(org, swap, row, span)? {
            table.insert(key, value);
        }
        array.push_formatted(Value::InlineTable(table).decorated("\n  ", ""));
    }
    Ok(())
}

/// The keys of one row, in the order in which people write them.
fn keys(org: &Org, swap: &Swap, row: &Row, span: usize) -> Result<Vec<(&'static str, Value)>, AssignedError> {
    let time = |at| -> Result<Value, AssignedError> {
        let text = written(org, row.seat, at);
        let time: toml_edit::Datetime = text.parse().map_err(|_| AssignedError::Text(format!("not a time: {text}")))?;
        Ok(Value::from(time))
    };
    let text = |it: &str| value(it).into_value().map_err(|_| AssignedError::Text("not a value".to_owned()));
    let mut keys =
        vec![("person", text(&org.person(row.person).key)?), ("for", text(&org.person(row.instead_of).key)?)];
    if let Some(seat) = seat_word(row.seat) {
        keys.push(("seat", text(seat)?));
    }
    keys.push(("from", time(row.spans[span].start())?));
    keys.push(("until", time(row.spans[span].end())?));
    keys.push(("reason", text(&reason(org, row))?));
    if row.cause != Cause::Balance {
        keys.push(("swap", text(&swap.id)?));
    }
    Ok(keys)
}

/// Equals signs below each other, as in all files here.
fn align(table: &mut Table) {
    let width = table.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
    for (mut key, _) in table.iter_mut() {
        let blanks = " ".repeat(1 + width - key.get().len());
        key.leaf_decor_mut().set_suffix(blanks);
    }
}
