//! The header row: which field is which column.

use std::collections::BTreeSet;

use super::Heading;
use super::split::{Found, Record, Splitter};
use crate::formats::{FormatError, Note};

/// A column of the file.
#[derive(Debug, Clone)]
pub(super) struct FileColumn {
    /// Name of the column it is stored under.
    pub(super) name: String,
    /// Whether the name is one of the table `log`.
    pub(super) known: bool,
    /// The heading, where the meaning is only likely.
    guess: Option<String>,
}

/// What the header row says.
#[derive(Debug, Clone)]
pub(super) struct Header {
    /// Offset of the header row.
    pub(super) offset: u64,
    /// Records up to it, itself included.
    pub(super) records: u64,
    /// One for each field.
    pub(super) columns: Vec<FileColumn>,
}

impl Header {
    /// Place of a column of the table `log`.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.known && c.name == name)
    }

    /// What the reader of the report must know about the columns.
    pub(super) fn notes(&self, notes: &mut Vec<Note>) {
        let guessed: Vec<String> =
            self.columns.iter().filter_map(|c| Some(format!("{} as {}", c.guess.as_ref()?, c.name))).collect();
        if !guessed.is_empty() {
            let detail = format!("headings taken by likeness: {}", guessed.join(", "));
            notes.push(Note { offset: self.offset, kind: "headings_guessed", detail });
        }
        let unknown: Vec<&str> = self.columns.iter().filter(|c| !c.known).map(|c| c.name.as_str()).collect();
        if !unknown.is_empty() {
            let detail = format!("columns of unknown meaning, kept: {}", unknown.join(", "));
            notes.push(Note { offset: self.offset, kind: "columns_unknown", detail });
        }
    }
}

/// Columns that make an audit log: when, what, and at least [`FURTHER`] others.
const NEEDED: [&str; 2] = ["LogTime", "Action"];
const FURTHER: usize = 2;

/// What a program may put before the header row: blank lines, and `sep=;` for spreadsheets.
const BEFORE: u64 = 5;

/// Reads up to the header row and sets the delimiter; none when there is no header row.
pub(super) fn find(splitter: &mut Splitter<'_>, headings: &[Heading]) -> Result<Option<Header>, FormatError> {
    let mut records = 0;
    loop {
        let mut best: Option<(u8, Header)> = None;
        for delimiter in [b',', b';', b'\t'] {
            splitter.delimiter = delimiter;
            if let Some(record) = splitter.peek()?
                && let Some(header) = header(&record, headings, records + 1)
                && best.as_ref().is_none_or(|(_, b)| header.columns.len() > b.columns.len())
            {
                best = Some((delimiter, header));
            }
        }
        if let Some((delimiter, header)) = best {
            splitter.delimiter = delimiter;
            splitter.next()?;
            return Ok(Some(header));
        }
        splitter.delimiter = b',';
        match splitter.next()? {
            Some(Found::Record(record)) if records < BEFORE && (record.is_blank() || is_separator_line(&record)) => {
                records += 1;
            }
            _ => return Ok(None),
        }
    }
}

fn is_separator_line(record: &Record) -> bool {
    record.fields.first().is_some_and(|f| f.text().to_ascii_lowercase().starts_with("sep="))
}

fn header(record: &Record, headings: &[Heading], records: u64) -> Option<Header> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut columns = Vec::new();
    for field in &record.fields {
        let text = field.text();
        let plain = plain(&text);
        // The same heading twice, or two headings for one column: the first one has it.
        let found = headings.iter().find(|h| self::plain(&h.heading) == plain && !taken.contains(&h.column));
        let column = match found {
            Some(h) => {
                FileColumn { name: h.column.clone(), known: true, guess: h.guess.then(|| text.trim().to_owned()) }
            }
            None => {
                let name = if text.trim().is_empty() { "column".to_owned() } else { text.trim().to_owned() };
                FileColumn { name, known: false, guess: None }
            }
        };
        if column.known {
            taken.insert(column.name.clone());
        }
        columns.push(column);
    }
    let further = taken.len().saturating_sub(NEEDED.len());
    (NEEDED.iter().all(|n| taken.contains(*n)) && further >= FURTHER).then_some(Header {
        offset: record.offset,
        records,
        columns,
    })
}

/// A heading without what spellings differ in.
fn plain(heading: &str) -> String {
    heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
