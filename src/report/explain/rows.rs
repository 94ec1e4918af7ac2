//! Rows of the report's queries for one id, and the numbered list of rows of evidence.

use rusqlite::Connection;

use super::super::html::{Names, details};
use super::super::table::{Cell, Row, Table};
use super::super::{ReportError, Texts, queries};
use super::EvidenceRow;

/// The rows of a query of the report in which a column has a value: what `abfluss query CASE --sql` gives for
/// `select * from (QUERY) where COLUMN = VALUE`.
pub(super) fn rows_where(
    conn: &Connection,
    name: &'static str,
    column: &'static str,
    value: &str,
    keep: usize,
) -> Result<Table, ReportError> {
    let sql = queries::sql(name).expect("queries are named by constants");
    let columns = queries::columns(name).expect("a test checks that every query states its columns");
    let failed = |source| ReportError::Query { name, source };
    let text = format!("select * from (\n{}\n) where {column} = ?1", sql.trim_end().trim_end_matches(';'));
    let mut statement = conn.prepare(&text).map_err(failed)?;
    let mut found = statement.query([value]).map_err(failed)?;
    let (mut rows, mut total) = (Vec::new(), 0);
    while let Some(row) = found.next().map_err(failed)? {
        total += 1;
        if rows.len() < keep {
            let cells = (0..columns.len()).map(|place| row.get_ref(place).map(Cell::read)).collect::<Result<_, _>>();
            rows.push(cells.map_err(failed)?);
        }
    }
    Ok(Table { columns, rows, total })
}

/// Collects rows of evidence; the same place is listed once and keeps its number.
#[derive(Default)]
pub(super) struct Gatherer {
    pub(super) rows: Vec<EvidenceRow>,
}

impl Gatherer {
    /// The number of a row, from 1. One whose place is listed already under another role keeps the first.
    pub(super) fn add(&mut self, row: EvidenceRow) -> usize {
        let same = |other: &EvidenceRow| {
            other.evidence_id == row.evidence_id
                && other.offset == row.offset
                && (row.offset.is_some() || other.role == row.role)
        };
        if let Some(place) = self.rows.iter().position(same) {
            return place + 1;
        }
        self.rows.push(row);
        self.rows.len()
    }

    /// The number of the row that a query names beside a reason, if it names one.
    pub(super) fn of(
        &mut self,
        conn: &Connection,
        row: &Row<'_>,
        role: &str,
        t: &Texts,
    ) -> Result<Vec<usize>, ReportError> {
        let (Some(id), Some(offset)) = (row.int("evidence_id"), place(row.int("offset"))) else {
            return Ok(Vec::new());
        };
        let known = self.rows.iter().position(|r| r.evidence_id == Some(id) && r.offset == Some(offset));
        if let Some(known) = known {
            return Ok(vec![known + 1]);
        }
        let table = rows_where(conn, "evidence", "evidence_id", &id.to_string(), 1)?;
        let (path, sha256) = table.iter().next().map(|e| (e.text("path"), e.text("sha256"))).unwrap_or_default();
        let at = Some(row.text("at")).filter(|at| !at.is_empty());
        Ok(vec![self.add(EvidenceRow {
            role: role.to_owned(),
            role_text: t.id("role", role),
            at,
            at_local: None,
            evidence_id: Some(id),
            path,
            sha256,
            offset: Some(offset),
        })])
    }
}

/// A row of `finding_evidence` or `session_rows`.
pub(super) fn evidence_row(row: &Row<'_>, role: &str, names: &Names<'_>) -> EvidenceRow {
    let some = |column: &str| Some(row.text(column)).filter(|text| !text.is_empty());
    let detail = if row.text("detail").is_empty() { String::new() } else { details::evidence(row, names) };
    let role_text = names.t.id("role", role);
    EvidenceRow {
        role: role.to_owned(),
        role_text: if detail.is_empty() { role_text } else { format!("{role_text}: {detail}") },
        at: some("at"),
        at_local: some("at_local"),
        evidence_id: row.int("evidence_id"),
        path: row.text("path"),
        sha256: row.text("sha256"),
        offset: place(row.int("offset")),
    }
}

pub(super) fn place(offset: Option<i64>) -> Option<u64> {
    offset.and_then(|offset| u64::try_from(offset).ok())
}
