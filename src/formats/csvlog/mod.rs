//! Audit logs exported or archived as text in columns: CSV, semicolons or tabs, with a header row.
//!
//! The header row of the product's own export is not documented, so columns are found by name in any order and spelling
//! (case, blanks and underscores do not matter); which heading means which column of the table `log` is the caller's
//! knowledge ([`Heading`]). Unknown columns are kept under their own names. A file without a header row is not taken: which
//! column is which would be a guess.
//!
//! Fields as in RFC 4180: quoted ones may hold line breaks and doubled quotes. UTF-8, UTF-16LE with its mark, else
//! Windows-1252 field by field. Values stay as they are but for what the table's own type asks for: numbers, and times
//! as `YYYY-MM-DD HH:MM:SS`. Where that changes or leaves out a value the record's own text stands in column
//! [`AS_FOUND`]. Nothing is guessed: `3/4/2023` counts only when other rows of the file's beginning show whether day or month
//! comes first, and a time with a zone is set aside, because the log's times have none.
//!
//! Reasons of set-aside records: `wrong_value_count`, `bad_number`, `bad_time`, `time_with_zone`, `date_order_unknown`,
//! `unclosed_quote`, `line_too_long`. Notes: `headings_guessed`, `columns_unknown`.

mod header;
mod output;
mod split;
#[cfg(test)]
mod tests;
mod values;

use std::io::Read;

use super::{Emit, FormatError, Summary};
use crate::formats::mysqldump::{Column, ColumnKind, DumpItem, TableDef};
use header::Header;
use output::Output;
use split::{Found, Splitter};

/// Name of the table that the rows belong to.
pub const TABLE: &str = "log";

/// Column that holds the record word for word where a value was changed to fit its type.
pub const AS_FOUND: &str = "as_found";

/// A heading of a column, as an export may spell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// The heading.
    pub heading: String,
    /// The column of the table `log` that it means.
    pub column: String,
    /// Not documented, only likely.
    pub guess: bool,
}

/// Bytes read at once.
const BLOCK: usize = 64 * 1024;

/// Whether the head of a file (its first 64 KiB or less) is an audit log in columns with a header row.
pub fn recognises(head: &[u8], headings: &[Heading]) -> bool {
    let mut input = head;
    let Ok(mut splitter) = Splitter::open(&mut input, BLOCK) else { return false };
    header::find(&mut splitter, headings).is_ok_and(|found| found.is_some())
}

/// Reads an exported audit log.
///
/// # Errors
/// [`FormatError::Io`] when the bytes cannot be read, [`FormatError::Refused`] without a header row,
/// [`FormatError::Stopped`] when the callback ends the reading.
pub fn read(
    input: &mut dyn Read,
    headings: &[Heading],
    emit: &mut Emit<'_, Vec<DumpItem>>,
) -> Result<Summary, FormatError> {
    read_in_blocks(input, BLOCK, headings, emit)
}

/// [`read`] with a stated block size; the result does not depend on it.
fn read_in_blocks(
    input: &mut dyn Read,
    block: usize,
    headings: &[Heading],
    emit: &mut Emit<'_, Vec<DumpItem>>,
) -> Result<Summary, FormatError> {
    let mut splitter = Splitter::open(input, block)?;
    let Some(header) = header::find(&mut splitter, headings)? else {
        return Err(FormatError::Refused {
            offset: 0,
            expected: "a header row with the columns LogTime and Action of the audit log".to_owned(),
            found: "other text".to_owned(),
        });
    };
    let mut output = Output::new(emit);
    output.headers(header.records);
    output.table(table(&header))?;
    header.notes(&mut output.notes);
    let dates = values::DateOrder::of(&mut splitter, &header)?;
    while let Some(found) = splitter.next()? {
        match found {
            Found::Record(record) if record.is_blank() => output.headers(1),
            Found::Record(record) => match values::row(&record, &header, dates) {
                Ok(values) => output.row(record.offset, values)?,
                Err((reason, detail)) => {
                    output.aside((record.offset, record.length), record.raw, reason, detail)?;
                }
            },
            Found::Spoilt { offset, length, raw, reason } => {
                output.aside((offset, length), raw, reason, "expected a record in columns".to_owned())?;
            }
        }
    }
    output.flush()?;
    Ok(Summary { tally: output.tally, encoding: splitter.encoding(), notes: output.notes, ..Summary::default() })
}

fn table(header: &Header) -> TableDef {
    let column = |name: &str| Column { name: name.to_owned(), declared: String::new(), kind: ColumnKind::Text };
    let mut columns: Vec<Column> = header.columns.iter().map(|c| column(&c.name)).collect();
    columns.push(column(AS_FOUND));
    TableDef { number: 0, name: TABLE.to_owned(), columns, offset: header.offset, created: true, next_id: None }
}
