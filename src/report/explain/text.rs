//! An explanation for a person to read.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::super::Texts;
use super::super::plain::visible;
use super::{EvidenceRow, Explanation, Statement};
use crate::intake::record::{CheckedFile, FileState, RawRecord};
use crate::model::escape_invalid;

/// Bytes of a raw record printed at most; its length is said.
const PRINTED: usize = 4_000;

/// The explanation with the raw rows, safe for a terminal: names, requests and raw bytes were chosen by an attacker, so
/// control characters and marks of direction are shown by their code point, bytes that are no UTF-8 as `\xNN`.
pub fn text(explanation: &Explanation, files: &BTreeMap<i64, CheckedFile>) -> String {
    let t = Texts::load(explanation.language);
    let mut page = Page { out: String::new(), t: &t };
    page.line(&explanation.title);
    page.line(&t.fill("explain.id", &[("id", explanation.id.clone())]));
    page.gap();
    let width = explanation.facts.iter().map(|fact| fact.label.chars().count()).max().unwrap_or(0);
    for fact in &explanation.facts {
        page.line(&format!("  {:<width$}  {}", fact.label, fact.text));
    }
    for part in explanation.parts.iter().filter(|part| !part.statements.is_empty()) {
        page.gap();
        page.line(&part.heading);
        for statement in &part.statements {
            page.statement(statement);
        }
    }
    page.gap();
    page.line(&t.get(if explanation.rows.is_empty() { "explain.rows_none" } else { "explain.rows" }));
    for (number, row) in explanation.rows.iter().enumerate() {
        page.row(number + 1, row, row.evidence_id.and_then(|id| files.get(&id)));
    }
    if let Some(more) = &explanation.more {
        page.gap();
        page.line(more);
    }
    page.out
}

struct Page<'t> {
    out: String,
    t: &'t Texts,
}

impl Page<'_> {
    fn line(&mut self, text: &str) {
        writeln!(self.out, "{}", visible(text).trim_end()).expect("writing to a String does not fail");
    }

    fn gap(&mut self) {
        self.out.push('\n');
    }

    fn statement(&mut self, statement: &Statement) {
        let rows: String = statement.rows.iter().map(|row| format!(" [{row}]")).collect();
        self.line(&format!("  - {}{rows}", statement.text));
    }

    fn row(&mut self, number: usize, row: &EvidenceRow, file: Option<&CheckedFile>) {
        let t = self.t;
        self.gap();
        self.line(&format!("[{number}] {}", row.role_text));
        if let Some(at) = &row.at {
            self.field("time", &t.time(at));
        }
        if let Some(local) = &row.at_local {
            self.field("local", &t.fill("explain.local", &[("at", local.clone())]));
        }
        if row.path.is_empty() {
            return self.field("file", &t.get("explain.no_file"));
        }
        self.field("file", &row.path);
        self.field("sha256", &format!("{}{}", row.sha256, self.state(file)));
        let Some(offset) = row.offset else { return };
        let record = file.and_then(|file| file.records.get(&offset));
        // No thousands separators: offset and length are there to be typed into another tool.
        let place = match record {
            Some(record) => {
                t.fill("explain.place", &[("offset", offset.to_string()), ("length", record.length.to_string())])
            }
            None => t.fill("explain.offset", &[("offset", offset.to_string())]),
        };
        self.field("place", &place);
        if let Some(record) = record {
            self.raw(record);
        }
    }

    fn field(&mut self, label: &str, text: &str) {
        let label = self.t.get(&format!("explain.label_{label}"));
        self.line(&format!("    {label:<12}{text}"));
    }

    fn state(&self, file: Option<&CheckedFile>) -> String {
        let key = match file.map(|file| &file.state) {
            Some(FileState::Unchanged) => "explain.unchanged",
            Some(FileState::Changed { .. }) => "explain.changed",
            Some(FileState::Missing { .. }) => "explain.missing",
            Some(FileState::Unreadable(_)) | None => "explain.unreadable",
        };
        format!(" – {}", self.t.get(key))
    }

    fn raw(&mut self, record: &RawRecord) {
        let shown = &record.bytes[..record.bytes.len().min(PRINTED)];
        self.line(&format!("    | {}", escape_invalid(shown)));
        if (shown.len() as u64) < record.length {
            let values = [("shown", shown.len().to_string()), ("length", record.length.to_string())];
            self.line(&format!("    {}", self.t.fill("explain.cut", &values)));
        }
    }
}
