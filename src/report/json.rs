//! `findings.json`: everything the report says, for machines. Keys stand in a fixed order, ids are English in every
//! language, texts from evidence are the unchanged originals. Tables are streamed, so memory does not grow with them.

use std::cmp::Ordering;
use std::io::Write;
use std::path::Path;

use rusqlite::Connection;
use serde::Serialize;

use super::csv::Original;
use super::output::{self, Output};
use super::queries::Kind;
use super::table::{self, Cell, Prepared, Row, split_list};
use super::{Remark, ReportError, ReportSummary, negative_finding, plain, sentences, warnings};
use crate::model::Language;

/// Raised with each change that a reader of the file can notice.
const SCHEMA_VERSION: i64 = 1;

/// Tables that follow the summary, in this order, each under the name of its query.
const TABLES: &[&str] = &[
    "ranges",
    "settings",
    "clock",
    "clock_stretches",
    "coverage",
    "gaps",
    "negative",
    "dump_age",
    "log_conflicts",
    "web_copies",
    "volume",
    "session_classes",
    "sessions",
    "decisions",
    "decision_effects",
    "rules",
    "marks",
    "chain_steps",
    "shell_sessions",
    "size_matches",
    "evidence",
    "not_examined",
    "evidence_notes",
    "set_aside_counts",
    "vendor_missing",
];

pub(super) fn write(
    conn: &Connection,
    summary: &ReportSummary,
    language: Language,
    originals: &[Original],
    dir: &Path,
) -> Result<(), ReportError> {
    let mut json = Json { out: output::create(dir, "findings.json")?, empty: Vec::new(), flat: None };
    json.open(None, '{')?;
    json.value("schema_version", &SCHEMA_VERSION)?;
    json.open(Some("program"), '{')?;
    json.value("name", env!("CARGO_PKG_NAME"))?;
    json.value("version", env!("CARGO_PKG_VERSION"))?;
    json.close('}')?;
    head(&mut json, summary, language)?;
    for name in TABLES {
        rows(&mut json, conn, name, |_| true)?;
    }
    // Downloads of sessions that are explained can be hundreds of thousands; they stand in downloads.csv, and only there.
    rows(&mut json, conn, "downloads", |row| !matches!(row.text("class").as_str(), "known" | "guest" | "server"))?;
    findings(&mut json, conn)?;
    json.value("not_written", &["leaked_records.csv", "persons.csv"])?;
    json.open(Some("csv_originals"), '[')?;
    for original in originals {
        json.item(original)?;
    }
    json.close(']')?;
    json.close('}')?;
    json.text("\n")?;
    json.out.finish()
}

fn head(json: &mut Json, summary: &ReportSummary, language: Language) -> Result<(), ReportError> {
    json.value("language", &language)?;
    json.open(Some("case"), '{')?;
    json.value("id", &summary.case_id)?;
    json.value("title", &summary.title)?;
    json.close('}')?;
    json.open(Some("window"), '{')?;
    json.value("from", &summary.window_from)?;
    json.value("to", &summary.window_to)?;
    json.value("basis", &summary.window_basis)?;
    json.close('}')?;
    json.open(Some("summary"), '{')?;
    for (name, value) in summary.numbers() {
        json.value(name, &value)?;
    }
    json.close('}')?;
    json.open(Some("grades"), '[')?;
    for count in &summary.grades {
        json.open(None, '{')?;
        json.value("grade", count.grade.id())?;
        json.value("files", &count.files)?;
        json.value("size_bytes", &count.size_bytes)?;
        json.value("bytes_sent", &count.bytes_sent)?;
        json.close('}')?;
    }
    json.close(']')?;
    json.value("sentences", &sentences(summary, language))?;
    json.open(Some("remarks"), '[')?;
    for Remark { id, text } in negative_finding(summary, language).into_iter().chain(warnings(summary, language)) {
        json.open(None, '{')?;
        json.value("id", id)?;
        json.value("text", &text)?;
        json.close('}')?;
    }
    json.close(']')
}

fn rows(
    json: &mut Json,
    conn: &Connection,
    name: &'static str,
    keep: impl Fn(&Row<'_>) -> bool,
) -> Result<(), ReportError> {
    json.open(Some(name), '[')?;
    table::for_each(conn, name, |row| {
        if keep(row) {
            json.open_row()?;
            cells(json, row)?;
            json.close('}')?;
        }
        Ok(())
    })?;
    json.close(']')
}

/// Findings with their rows of evidence. Both queries are sorted by file id, so the second is read alongside the first.
fn findings(json: &mut Json, conn: &Connection) -> Result<(), ReportError> {
    let mut query = Prepared::new(conn, "finding_evidence")?;
    let columns = query.columns.clone();
    let mut evidence = query.run()?;
    let mut ahead = evidence.next()?;
    json.open(Some("findings"), '[')?;
    table::for_each(conn, "findings", |row| {
        let file = row.text("file_id");
        // A possibly leaked file is there to be read, the others to be complete.
        if matches!(row.text("grade").as_str(), "no_indication" | "excluded") {
            json.open_row()?;
        } else {
            json.open(None, '{')?;
        }
        cells(json, row)?;
        json.open(Some("evidence_rows"), '[')?;
        while let Some(cells_ahead) = ahead.take() {
            let found = Row { columns: &columns, cells: cells_ahead };
            match found.text("file_id").cmp(&file) {
                Ordering::Greater => {
                    ahead = Some(found.cells);
                    break;
                }
                Ordering::Equal => {
                    let mut own = found.cells;
                    own.remove(0);
                    json.open_row()?;
                    cells(json, &Row { columns: &columns[1..], cells: own })?;
                    json.close('}')?;
                }
                Ordering::Less => {}
            }
            ahead = evidence.next()?;
        }
        json.close(']')?;
        json.close('}')
    })?;
    json.close(']')
}

fn cells(json: &mut Json, row: &Row<'_>) -> Result<(), ReportError> {
    for (column, cell) in row.columns.iter().zip(&row.cells) {
        match (cell, column.kind) {
            (Cell::Null, Kind::List) => json.value(column.name, &[""; 0])?,
            (Cell::Null, _) => json.value(column.name, &None::<i64>)?,
            (Cell::Int(flag @ (0 | 1)), Kind::Flag) => json.value(column.name, &(*flag == 1))?,
            (Cell::Int(i), _) => json.value(column.name, i)?,
            (Cell::Real(r), _) => json.value(column.name, r)?,
            (Cell::Text(text), Kind::List) => json.value(column.name, &split_list(text))?,
            (Cell::Text(text), _) => json.value(column.name, text)?,
        }
    }
    Ok(())
}

/// A writer of JSON, indented down to the rows of tables, that never holds more than one value. Characters that act on a display are written as
/// escapes, which read back as the same text.
struct Json {
    out: Output,
    /// For each open bracket: nothing written inside yet.
    empty: Vec<bool>,
    /// Number of open brackets from which on everything stands on one line.
    flat: Option<usize>,
}

impl Json {
    fn open(&mut self, key: Option<&str>, bracket: char) -> Result<(), ReportError> {
        self.begin(key)?;
        self.empty.push(true);
        self.text(bracket.encode_utf8(&mut [0; 4]))
    }

    fn close(&mut self, bracket: char) -> Result<(), ReportError> {
        if self.empty.pop() == Some(false) {
            self.new_line()?;
        }
        self.flat = self.flat.filter(|depth| self.empty.len() >= *depth);
        self.text(bracket.encode_utf8(&mut [0; 4]))
    }

    /// Opens an object that stands on one line with all it holds.
    fn open_row(&mut self) -> Result<(), ReportError> {
        self.open(None, '{')?;
        self.flat = self.flat.or(Some(self.empty.len()));
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, key: &str, value: &T) -> Result<(), ReportError> {
        self.begin(Some(key))?;
        self.text(&encoded(value))
    }

    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), ReportError> {
        self.begin(None)?;
        self.text(&encoded(value))
    }

    fn begin(&mut self, key: Option<&str>) -> Result<(), ReportError> {
        if let Some(empty) = self.empty.last_mut() {
            let first = std::mem::replace(empty, false);
            if !first {
                self.text(if self.flat.is_some() { ", " } else { "," })?;
            }
            self.new_line()?;
        }
        match key {
            Some(key) => {
                self.text("\"")?;
                self.text(key)?;
                self.text("\": ")
            }
            None => Ok(()),
        }
    }

    fn new_line(&mut self) -> Result<(), ReportError> {
        if self.flat.is_some() {
            // Inside a row: a blank after the comma, nothing at its brackets.
            return Ok(());
        }
        self.text("\n")?;
        for _ in 0..self.empty.len() {
            self.text("  ")?;
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), ReportError> {
        let done = self.out.writer.write_all(text.as_bytes());
        done.map_err(|source| self.out.failed(source))
    }
}

fn encoded<T: Serialize + ?Sized>(value: &T) -> String {
    let json = serde_json::to_string(value).expect("texts, numbers and lists of them always serialise");
    // In plain ASCII only control characters act on a display, and of these serde leaves DEL as it is.
    if json.bytes().all(|b| (0x20..0x7f).contains(&b)) || !json.chars().any(plain::is_hidden) {
        return json;
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if plain::is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            escaped.push(c);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_act_on_a_display_are_escaped_and_read_back() {
        let name = "a\u{202E}b\u{9b}\u{E0041}\u{1b}\"\\ü";
        let json = encoded(name);
        assert!(!json.chars().any(plain::is_hidden), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), name);
    }
}
