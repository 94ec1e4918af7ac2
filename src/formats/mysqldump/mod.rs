//! SQL dumps as written by mysqldump and mariadb-dump.
//!
//! A tokenizer of our own reads any [`Read`] in blocks; one row at a time is in memory, though extended inserts put a
//! whole table on one line. Followed are `SET NAMES`, `sql_mode`, `USE`, `CREATE TABLE`, `INSERT` and `REPLACE`;
//! everything else is passed over and counted.
//!
//! Rows come as the dump states them: later `UPDATE`, `DELETE` or `LOAD DATA` statements, which no dump program writes,
//! are set aside and named. Reasons of set-aside records: `unreadable_value`, `value_too_large`, `wrong_value_count`,
//! `cut_off_row`, `unknown_statement`. Notes: `cut_off`, `text_not_in_charset`, `latin1_may_lose_characters` (once a
//! table), `table_in_several_databases`, `escapes_uncertain`.

mod charset;
mod convert;
mod create;
mod insert;
mod literal;
mod output;
mod reader;
mod recognise;
mod row;
mod session;
mod source;
mod tables;
#[cfg(test)]
mod tests;
mod tokens;

use std::io::Read;

pub use row::row_length;

use super::{Emit, FormatError, SetAside, Summary};

/// A value, exactly as the server held it as far as the dump shows it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `NULL`
    Null,
    /// A whole number that fits.
    Integer(i64),
    /// A number whose shortest decimal form is the literal itself.
    Real(f64),
    /// Any other number: its literal, digit for digit.
    Number(Box<str>),
    /// Text, decoded.
    Text(Box<str>),
    /// Binary and bit columns, and text that is not valid in its declared character set.
    Bytes(Box<[u8]>),
}

/// What kind of values a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// tinyint … bigint, year
    Integer,
    /// decimal, float, double
    Number,
    /// char, text, enum, set, json, uuid, inet
    Text,
    /// binary, blob, geometry
    Binary,
    /// bit(n)
    Bit,
    /// date, time, datetime, timestamp: text as dumped
    Temporal,
    /// not known (no CREATE TABLE)
    Unknown,
}

/// A column of a dumped table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Name as declared.
    pub name: String,
    /// The declaration as found (`varchar(16)`), empty when not known.
    pub declared: String,
    /// Kind derived from it.
    pub kind: ColumnKind,
}

/// A dumped table. Sent before its first row; sent again under a new number when columns differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableDef {
    /// Number by which rows refer to it, from 0.
    pub number: u32,
    /// Name without database.
    pub name: String,
    /// Columns in the order of the values.
    pub columns: Vec<Column>,
    /// Byte offset of the statement it was learnt from.
    pub offset: u64,
    /// False when only INSERTs were seen (columns then named by the column list, or `column_1`, …).
    pub created: bool,
    /// The number that the next row would get: the table option `AUTO_INCREMENT` (MySQL Reference Manual, "CREATE TABLE").
    pub next_id: Option<i64>,
}

/// A row of an INSERT or REPLACE.
#[derive(Debug, Clone, PartialEq)]
pub struct DumpRow {
    /// [`TableDef::number`]
    pub table: u32,
    /// Byte offset of its opening parenthesis.
    pub offset: u64,
    /// One value per column of the table.
    pub values: Vec<Value>,
}

/// What the reader hands out, in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub enum DumpItem {
    /// A table that rows will follow for (also when none does).
    Table(TableDef),
    /// A row.
    Row(DumpRow),
    /// A row or statement that could not be understood.
    SetAside(SetAside),
}

/// Reads one dump.
///
/// # Errors
/// [`FormatError::Io`] when the bytes cannot be read, [`FormatError::Refused`] for a dump converted to UTF-16,
/// [`FormatError::Stopped`] when the callback ends the reading. A dump that ends early is no error: see
/// [`Summary::complete`].
pub fn read(input: &mut dyn Read, emit: &mut Emit<'_, Vec<DumpItem>>) -> Result<Summary, FormatError> {
    read_in_blocks(input, source::BLOCK, emit)
}

/// [`read`] with a stated block size; the result does not depend on it.
fn read_in_blocks(
    input: &mut dyn Read,
    block: usize,
    emit: &mut Emit<'_, Vec<DumpItem>>,
) -> Result<Summary, FormatError> {
    reader::Reader::new(source::Source::new(input, block), output::Output::new(emit)).run()
}

/// Whether the head of a file (its first 64 KiB or less) looks like an SQL dump.
///
/// Also true for a dump in UTF-16, which [`read`] then refuses with the reason.
pub fn recognises(head: &[u8]) -> bool {
    recognise::recognises(head)
}
