//! CSV tables: UTF-8, RFC 4180 (comma, CRLF, quotes doubled), header row, sorted by their queries.
//!
//! A spreadsheet runs a cell that begins with `=`, `+`, `-`, `@`, tab or carriage return as a formula. Text cells that do
//! get a leading apostrophe; numbers and times come from our own columns and stay numbers. Control characters and marks of
//! the writing direction are shown by their code point, except tab and line breaks, which RFC 4180 can quote. Each cell
//! that was changed is remembered, and its original stands in findings.json.

use std::borrow::Cow;
use std::io::Write;
use std::path::Path;

use rusqlite::Connection;
use serde::Serialize;

use super::queries::{self, Column, Kind};
use super::table::{self, Cell, Row};
use super::{ReportError, output, plain};

/// The CSV files of this version, each named like its query. `leaked_records.csv` and `persons.csv` follow when contents
/// are examined.
pub(super) const FILES: [&str; 8] =
    ["leaked_files", "inventory", "sessions", "downloads", "coverage", "set_aside", "timeline", "evidence"];

/// A cell whose CSV form differs from what the evidence says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Original {
    /// CSV file without its extension.
    pub(super) table: &'static str,
    /// Row, the first one after the header is 1.
    pub(super) row: u64,
    /// Column.
    pub(super) column: &'static str,
    /// The text as found.
    pub(super) original: String,
}

/// Writes all CSV files and returns the originals of the cells that had to be changed.
pub(super) fn write_all(conn: &Connection, dir: &Path) -> Result<Vec<Original>, ReportError> {
    let mut originals = Vec::new();
    for name in FILES {
        write_table(conn, name, dir, &mut originals)?;
    }
    Ok(originals)
}

fn write_table(
    conn: &Connection,
    name: &'static str,
    dir: &Path,
    originals: &mut Vec<Original>,
) -> Result<(), ReportError> {
    let mut out = output::create(dir, &format!("{name}.csv"))?;
    let path = out.path.clone();
    let failed = |source: ::csv::Error| ReportError::Write { path: path.clone(), source: source.into() };
    let mut csv =
        ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(&mut out.writer as &mut dyn Write);
    let columns = queries::columns(name).expect("a test checks that every query states its columns");
    csv.write_record(columns.iter().map(|c| c.name)).map_err(failed)?;
    let mut number = 0;
    table::for_each(conn, name, |row| {
        number += 1;
        csv.write_record(record(row, name, number, originals)).map_err(failed)
    })?;
    csv.flush().map_err(|source| ReportError::Write { path: path.clone(), source })?;
    drop(csv);
    out.finish()
}

fn record(row: &Row<'_>, table: &'static str, number: u64, originals: &mut Vec<Original>) -> Vec<String> {
    let mut fields = Vec::with_capacity(row.cells.len());
    for (column, cell) in row.columns.iter().zip(&row.cells) {
        let text = cell.to_text();
        let safe = safe_cell(column, cell, &text);
        if safe != text {
            originals.push(Original { table, row: number, column: column.name, original: text.clone() });
        }
        fields.push(safe.into_owned());
    }
    fields
}

/// The cell as it may stand in a CSV file.
fn safe_cell<'a>(column: &Column, cell: &Cell, text: &'a str) -> Cow<'a, str> {
    // A number that is a number cannot be a formula; a text in a column of numbers (a damaged value) can.
    let is_number = matches!(cell, Cell::Int(_) | Cell::Real(_));
    if is_number && !matches!(column.kind, Kind::Text | Kind::List) {
        return Cow::Borrowed(text);
    }
    let shown = plain::visible_but_line_breaks(text);
    if plain::is_formula(text) { Cow::Owned(format!("'{shown}")) } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(kind: Kind, value: &str) -> String {
        safe_cell(&Column { name: "x", kind }, &Cell::Text(value.to_owned()), value).into_owned()
    }

    #[test]
    fn text_that_a_spreadsheet_would_run_gets_an_apostrophe() {
        for start in ["=", "+", "-", "@", "\t", "\r"] {
            let cell = format!("{start}cmd|' /C calc'!A0");
            assert_eq!(text(Kind::Text, &cell), format!("'{cell}"));
            assert_eq!(text(Kind::List, &cell), format!("'{cell}"));
        }
        assert_eq!(text(Kind::Text, "a=b"), "a=b");
        assert_eq!(text(Kind::Text, ""), "");
    }

    #[test]
    fn negative_numbers_stay_numbers_in_columns_of_numbers_only() {
        let column = Column { name: "x", kind: Kind::Int };
        assert_eq!(safe_cell(&column, &Cell::Int(-5), "-5"), "-5");
        assert_eq!(text(Kind::Int, "-5+1"), "'-5+1");
    }

    #[test]
    fn controls_are_shown_and_line_breaks_are_left_to_the_quotes() {
        assert_eq!(text(Kind::Text, "a\u{1b}[31m\u{202E}\nb"), "a⟨U+001B⟩[31m⟨U+202E⟩\nb");
    }
}
