//! The list of possibly leaked files with the rows of evidence behind each.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::super::table::{self, Row, Table};
use super::super::{ReportError, Texts, why};
use super::details;
use super::names::{self, Names};
use crate::model::Grade;

/// Rows shown; the rest stands in leaked_files.csv. Chosen so that the page opens at once on an old laptop.
const SHOWN: usize = 2_000;
/// Reasons shown why a grade is no higher one; `abfluss explain` gives all.
const REASONS_SHOWN: usize = 4;
/// Rows of evidence shown for one file; the rest stands in findings.json.
const EVIDENCE_SHOWN: usize = 25;

pub(super) struct FileList {
    pub(super) files: Vec<File>,
    /// Grades that occur, for the filter: id and term.
    pub(super) grades: Vec<(&'static str, &'static str)>,
    pub(super) left_off: Option<String>,
    pub(super) shown_text: String,
}

pub(super) struct File {
    pub(super) anchor: String,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) path: String,
    pub(super) organisation: String,
    pub(super) size: Option<i64>,
    pub(super) size_text: String,
    pub(super) grade: String,
    pub(super) grade_term: String,
    /// Place of the grade, for sorting.
    pub(super) rank: usize,
    pub(super) transfer_term: String,
    pub(super) transfer_rank: usize,
    pub(super) sent: Option<i64>,
    pub(super) sent_text: String,
    pub(super) extent: String,
    pub(super) first_access: String,
    pub(super) first_access_text: String,
    pub(super) class_term: String,
    /// Facts under the row: label and value.
    pub(super) facts: Vec<(String, String)>,
    /// Sessions: anchor and id.
    pub(super) sessions: Vec<(String, String)>,
    pub(super) evidence_title: String,
    pub(super) evidence: Vec<Evidence>,
    pub(super) evidence_left_off: Option<String>,
}

pub(super) struct Evidence {
    pub(super) role: String,
    pub(super) at: String,
    pub(super) path: String,
    pub(super) offset: String,
    pub(super) detail: String,
}

struct Rows {
    shown: Vec<Evidence>,
    total: usize,
}

pub(super) fn load(conn: &Connection, names: &Names<'_>) -> Result<FileList, ReportError> {
    let t = names.t;
    let table = Table::load(conn, "leaked_files", SHOWN)?;
    let mut evidence: BTreeMap<String, Rows> =
        table.iter().map(|row| (row.text("file_id"), Rows { shown: Vec::new(), total: 0 })).collect();
    table::for_each(conn, "finding_evidence", |row| {
        if let Some(rows) = evidence.get_mut(&row.text("file_id")) {
            rows.total += 1;
            if rows.shown.len() < EVIDENCE_SHOWN {
                rows.shown.push(Evidence {
                    role: t.id("role", &row.text("role")),
                    at: t.time(&row.text("at")),
                    path: row.text("path"),
                    offset: row.text("offset"),
                    detail: details::evidence(row, names),
                });
            }
        }
        Ok(())
    })?;
    let mut more = More::load(conn, t, &evidence)?;
    let files: Vec<_> =
        table.iter().map(|row| file(&row, names, evidence.remove(&row.text("file_id")), &mut more)).collect();
    let mut present: Vec<_> = Grade::ALL.into_iter().filter(|g| files.iter().any(|f| f.grade == g.id())).collect();
    present.sort();
    let left_off = (table.left_off() > 0).then(|| left_off(t, files.len(), table.left_off(), "leaked_files.csv"));
    Ok(FileList {
        grades: present.into_iter().map(|g| (g.id(), g.term(t.language()))).collect(),
        left_off,
        shown_text: t.fill("files.shown", &[("n", t.int(files.len() as i64))]),
        files,
    })
}

/// The sentence that says where the other rows are.
pub(super) fn left_off(t: &Texts, kept: usize, left: usize, file: &str) -> String {
    t.fill("page.left_off", &[("kept", t.int(kept as i64)), ("left", t.int(left as i64)), ("file", file.to_owned())])
}

/// What stands beside the list, by file: when the file was there, and why its grade is no higher one.
#[derive(Default)]
struct More {
    presence: BTreeMap<String, String>,
    not_higher: BTreeMap<String, Vec<String>>,
}

impl More {
    fn load(conn: &Connection, t: &Texts, shown: &BTreeMap<String, Rows>) -> Result<Self, ReportError> {
        let mut more = Self::default();
        table::for_each(conn, "findings", |row| {
            let id = row.text("file_id");
            if shown.contains_key(&id) {
                let end = |at: &str, basis: &str| {
                    let (at, basis) = (t.time(&row.text(at)), row.text(basis));
                    let at = if at.is_empty() { t.get("clock.open_end") } else { at };
                    if basis.is_empty() { at } else { format!("{at} ({})", t.id("presence_basis", &basis)) }
                };
                let span = [end("there_from", "there_from_basis"), end("there_to", "there_to_basis")].join(" – ");
                more.presence.insert(id, span);
            }
            Ok(())
        })?;
        table::for_each(conn, "finding_why", |row| {
            let id = row.text("file_id");
            // That the strongest grade has none above it needs no saying in a list.
            let said = row.text("direction") == "higher" && row.text("reason") != "strongest_grade";
            if said && shown.contains_key(&id) {
                let sentences = more.not_higher.entry(id).or_default();
                if sentences.len() < REASONS_SHOWN {
                    sentences.push(why::sentence(t, row));
                }
            }
            Ok(())
        })?;
        Ok(more)
    }
}

fn file(row: &Row<'_>, names: &Names<'_>, evidence: Option<Rows>, more: &mut More) -> File {
    let t = names.t;
    let id = row.text("file_id");
    let rank = |grade: &str| Grade::ALL.iter().position(|g| g.id() == grade).unwrap_or(Grade::ALL.len());
    let (grade, transfer) = (row.text("grade"), row.text("transfer_grade"));
    let (size, sent) = (row.int("size_bytes"), row.int("bytes_sent"));
    let size_in_words = |n: Option<i64>| n.map(|n| t.bytes(n)).unwrap_or_default();
    let evidence = evidence.unwrap_or(Rows { shown: Vec::new(), total: 0 });
    let left = evidence.total - evidence.shown.len();
    let extent = row.text("extent");
    File {
        anchor: names::anchor("file", &id),
        name: if row.text("file_name").is_empty() { id.clone() } else { row.text("file_name") },
        path: row.text("folder_path"),
        organisation: row.text("org_name"),
        size,
        size_text: size_in_words(size),
        grade_term: names::grade(t, &grade),
        rank: rank(&grade),
        transfer_term: names::grade(t, &transfer),
        transfer_rank: rank(&transfer),
        grade,
        sent,
        sent_text: size_in_words(sent),
        extent: if extent.is_empty() { String::new() } else { t.id("extent", &extent) },
        first_access: row.text("first_access"),
        first_access_text: t.time(&row.text("first_access")),
        class_term: row.text("session_class").split('|').map(|c| names::class(t, c)).collect::<Vec<_>>().join(", "),
        facts: facts(row, names, &id, more),
        sessions: row.list("sessions").into_iter().map(|s| (names::anchor("session", &s), s)).collect(),
        evidence_title: t.count("row", evidence.total as i64),
        evidence: evidence.shown,
        evidence_left_off: (left > 0).then(|| t.fill("page.left_off_evidence", &[("left", t.int(left as i64))])),
        id,
    }
}

/// What else is known about a file; empty values are left out.
fn facts(row: &Row<'_>, names: &Names<'_>, id: &str, more: &mut More) -> Vec<(String, String)> {
    let t = names.t;
    let uploaded = match (t.time(&row.text("uploaded_at")), row.text("uploaded_by")) {
        (at, by) if !at.is_empty() && !by.is_empty() => format!("{at} {} {by}", t.get("files.uploaded_by")),
        (at, _) => at,
    };
    let sizes = |n: Option<i64>| n.map(|n| t.count("byte", n)).unwrap_or_default();
    let mut facts = vec![
        ("files.reason", reason(row, names)),
        ("files.not_higher", more.not_higher.remove(id).unwrap_or_default().join(" ")),
        ("explain_fact.presence", more.presence.remove(id).unwrap_or_default()),
        ("files.rules", names.rules(&row.list("rules")).join("; ")),
        ("files.id", id.to_owned()),
        ("files.size", sizes(row.int("size_bytes"))),
        ("files.sent", sizes(row.int("bytes_sent"))),
        (
            "evidence.status",
            if row.text("origin") == "inventory" { String::new() } else { t.get("files.only_in_logs") },
        ),
        ("files.uploaded", uploaded),
        ("files.deleted", t.time(&row.text("deleted_at"))),
        ("files.last_access", t.time(&row.text("last_access"))),
        ("files.accounts", row.list("accounts").join(", ")),
        ("files.addresses", row.list("client_ips").join(", ")),
    ];
    facts.retain(|(_, value)| !value.is_empty());
    facts.into_iter().map(|(key, value)| (t.get(key), value)).collect()
}

fn reason(row: &Row<'_>, names: &Names<'_>) -> String {
    let id = row.text("reason");
    names.t.find(&format!("file_reason.{id}")).unwrap_or_else(|| names.rule(&id))
}
