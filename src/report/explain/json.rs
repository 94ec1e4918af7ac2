//! An explanation for machines.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::plain::is_hidden;
use super::{Explanation, Fact, Part};
use crate::intake::record::{CheckedFile, FileState};
use crate::model::{Language, hex};

#[derive(Serialize)]
struct Document<'e> {
    kind: &'static str,
    id: &'e str,
    language: Language,
    title: &'e str,
    facts: &'e [Fact],
    parts: &'e [Part],
    rows: Vec<RowDocument<'e>>,
    more: Option<&'e str>,
}

#[derive(Serialize)]
struct RowDocument<'e> {
    number: usize,
    role: &'e str,
    role_text: &'e str,
    at: Option<&'e str>,
    at_local: Option<&'e str>,
    evidence_id: Option<i64>,
    path: &'e str,
    sha256: &'e str,
    /// unchanged, changed, missing, unreadable
    state: &'static str,
    offset: Option<u64>,
    length: Option<u64>,
    /// The record as text, when its bytes are UTF-8.
    raw: Option<String>,
    /// Its bytes in hexadecimal digits, when they are not.
    raw_hex: Option<String>,
}

/// The explanation with the raw rows as JSON. Texts from evidence are unchanged; characters that act on a display are
/// written as escapes, which read back as the same text. Of a very long record the beginning is given, `length` is whole.
pub fn json(explanation: &Explanation, files: &BTreeMap<i64, CheckedFile>) -> String {
    let rows = explanation.rows.iter().enumerate().map(|(place, row)| {
        let file = row.evidence_id.and_then(|id| files.get(&id));
        let record = file.zip(row.offset).and_then(|(file, offset)| file.records.get(&offset));
        let raw = record.and_then(|record| String::from_utf8(record.bytes.clone()).ok());
        RowDocument {
            number: place + 1,
            role: &row.role,
            role_text: &row.role_text,
            at: row.at.as_deref(),
            at_local: row.at_local.as_deref(),
            evidence_id: row.evidence_id,
            path: &row.path,
            sha256: &row.sha256,
            state: match file.map(|file| &file.state) {
                Some(FileState::Unchanged) => "unchanged",
                Some(FileState::Changed { .. }) => "changed",
                Some(FileState::Missing { .. }) => "missing",
                Some(FileState::Unreadable(_)) | None => "unreadable",
            },
            offset: row.offset,
            length: record.map(|record| record.length),
            raw_hex: record.filter(|_| raw.is_none()).map(|record| hex(&record.bytes)),
            raw,
        }
    });
    let document = Document {
        kind: explanation.kind,
        id: &explanation.id,
        language: explanation.language,
        title: &explanation.title,
        facts: &explanation.facts,
        parts: &explanation.parts,
        rows: rows.collect(),
        more: explanation.more.as_deref(),
    };
    let plain = serde_json::to_string_pretty(&document).expect("texts, numbers and lists of them always serialise");
    let mut escaped = String::with_capacity(plain.len() + 1);
    for c in plain.chars() {
        // Line feeds stand between values only; inside texts they are escapes already.
        if c != '\n' && is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            escaped.push(c);
        }
    }
    escaped.push('\n');
    escaped
}
