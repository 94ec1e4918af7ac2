//! Rows of a query on standard output: as CSV, as JSON, or as an aligned table for a person.

use std::io::Write;

use clap::ValueEnum;
use rusqlite::types::ValueRef;

use super::printer::Printer;
use super::visible::visible;

/// Form of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// RFC 4180 with a header row; text that a spreadsheet would take for a formula begins with an apostrophe
    Csv,
    /// A list of objects, columns in their order
    Json,
    /// Aligned columns, control characters made visible
    Table,
}

/// The flag that chooses the form.
#[derive(Debug, clap::Args)]
pub(super) struct FormatArg {
    /// Form of the output; without it a table on a terminal, CSV otherwise
    #[arg(long, value_name = "FORM")]
    format: Option<Format>,
}

impl FormatArg {
    /// The chosen form, or the one that suits who reads.
    pub(super) fn or_default(&self, printer: &Printer) -> Format {
        let suitable = if printer.data_is_read_by_a_person() { Format::Table } else { Format::Csv };
        self.format.unwrap_or(suitable)
    }
}

/// A value as it leaves the database.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// No value.
    Null,
    /// A whole number.
    Integer(i64),
    /// A number.
    Real(f64),
    /// Text; bytes that are no UTF-8 are shown by replacement characters.
    Text(String),
    /// Bytes, shown in hexadecimal.
    Blob(Vec<u8>),
}

impl From<ValueRef<'_>> for Cell {
    fn from(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(number) => Cell::Integer(number),
            ValueRef::Real(number) => Cell::Real(number),
            ValueRef::Text(bytes) => Cell::Text(String::from_utf8_lossy(bytes).into_owned()),
            ValueRef::Blob(bytes) => Cell::Blob(bytes.to_vec()),
        }
    }
}

impl Cell {
    fn text(&self) -> String {
        match self {
            Cell::Null => String::new(),
            Cell::Integer(number) => number.to_string(),
            Cell::Real(number) => number.to_string(),
            Cell::Text(text) => text.clone(),
            Cell::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }

    /// Numbers stay numbers; only text can be a formula.
    fn csv(&self) -> String {
        let text = self.text();
        match self {
            Cell::Text(_) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => format!("'{text}"),
            _ => text,
        }
    }

    fn json(&self) -> serde_json::Value {
        match self {
            Cell::Null => serde_json::Value::Null,
            Cell::Integer(number) => (*number).into(),
            Cell::Real(number) => (*number).into(),
            Cell::Text(_) | Cell::Blob(_) => self.text().into(),
        }
    }
}

/// Writes rows in the chosen form.
///
/// # Errors
///
/// The stream cannot be written.
pub(super) fn write_rows(
    out: &mut dyn Write,
    format: Format,
    columns: &[String],
    rows: &[Vec<Cell>],
) -> std::io::Result<()> {
    match format {
        Format::Csv => write_csv(out, columns, rows),
        Format::Json => write_json(out, columns, rows),
        Format::Table => write_table(out, columns, rows),
    }
}

fn write_csv(out: &mut dyn Write, columns: &[String], rows: &[Vec<Cell>]) -> std::io::Result<()> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(columns).map_err(stream_error)?;
    for row in rows {
        writer.write_record(row.iter().map(Cell::csv)).map_err(stream_error)?;
    }
    writer.flush()
}

/// The stream's own error: wrapped, nobody would see that it is only a reader that went away.
fn stream_error(error: csv::Error) -> std::io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => std::io::Error::other(format!("{other:?}")),
    }
}

fn write_json(out: &mut dyn Write, columns: &[String], rows: &[Vec<Cell>]) -> std::io::Result<()> {
    write!(out, "[")?;
    for (number, row) in rows.iter().enumerate() {
        write!(out, "{}{{", if number == 0 { "\n  " } else { ",\n  " })?;
        for (index, (column, cell)) in columns.iter().zip(row).enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(out, "{comma}{}: {}", serde_json::Value::from(column.as_str()), cell.json())?;
        }
        write!(out, "}}")?;
    }
    writeln!(out, "{}]", if rows.is_empty() { "" } else { "\n" })
}

fn write_table(out: &mut dyn Write, columns: &[String], rows: &[Vec<Cell>]) -> std::io::Result<()> {
    let texts: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| visible(&cell.text()).into_owned()).collect()).collect();
    let heads: Vec<String> = columns.iter().map(|column| visible(column).into_owned()).collect();
    let width = |index: usize| {
        let cells = texts.iter().filter_map(|row| row.get(index)).chain(heads.get(index));
        cells.map(|text| text.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let numeric: Vec<bool> = (0..columns.len())
        .map(|index| rows.iter().all(|row| !matches!(row.get(index), Some(Cell::Text(_) | Cell::Blob(_)))))
        .collect();
    let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    for row in [&heads, &rule].into_iter().chain(&texts) {
        let mut line = String::new();
        for (index, text) in row.iter().enumerate() {
            let pad = " ".repeat(widths[index].saturating_sub(text.chars().count()));
            let gap = if index == 0 { "" } else { "  " };
            let cell = if numeric[index] { format!("{gap}{pad}{text}") } else { format!("{gap}{text}{pad}") };
            line.push_str(&cell);
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(format: Format, rows: &[Vec<Cell>]) -> String {
        let mut out = Vec::new();
        write_rows(&mut out, format, &["id".to_owned(), "name".to_owned()], rows).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn rows() -> Vec<Vec<Cell>> {
        vec![
            vec![Cell::Integer(-7), Cell::Text("=1+1".to_owned())],
            vec![Cell::Null, Cell::Text("a\u{1b}[2J,\"b\"".to_owned())],
        ]
    }

    #[test]
    fn csv_disarms_formulas_and_leaves_numbers_alone() {
        assert_eq!(written(Format::Csv, &rows()), "id,name\r\n-7,'=1+1\r\n,\"a\u{1b}[2J,\"\"b\"\"\"\r\n");
    }

    #[test]
    fn json_keeps_the_order_of_columns_and_the_value_as_it_is() {
        assert_eq!(
            written(Format::Json, &rows()),
            "[\n  {\"id\": -7, \"name\": \"=1+1\"},\n  {\"id\": null, \"name\": \"a\\u001b[2J,\\\"b\\\"\"}\n]\n"
        );
        assert_eq!(written(Format::Json, &[]), "[]\n");
    }

    #[test]
    fn a_table_shows_control_characters_and_aligns_numbers_right() {
        let text = written(Format::Table, &rows());
        assert_eq!(text, "id  name\n--  --------------\n-7  =1+1\n    a\\u{1b}[2J,\"b\"\n");
    }

    #[test]
    fn bytes_are_shown_in_hexadecimal() {
        assert_eq!(Cell::Blob(vec![0, 255]).csv(), "00ff");
    }
}
