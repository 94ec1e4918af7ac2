//! The annex: what was not examined, the evidence, the settings.

use rusqlite::Connection;

use super::super::{ReportError, ReportSummary, Texts};
use super::grid::{Grid, Set};
use super::parts::{int, limited, place};

/// What became of copies of files that were handed in; none without any.
pub(super) fn copies(summary: &ReportSummary, t: &Texts) -> Option<String> {
    let copies = summary.number("content_copies");
    let paired = t.int(summary.number("content_copies_paired"));
    (copies > 0).then(|| t.fill("not_examined.copies", &[("copies", t.count("file", copies)), ("paired", paired)]))
}

pub(super) fn not_read(conn: &Connection, t: &Texts) -> Result<Grid, ReportError> {
    let heads = vec![
        (t.get("not_examined.file"), Set::Mono),
        (t.get("not_examined.status"), Set::Text),
        (t.get("not_examined.reason"), Set::Text),
        (t.get("not_examined.detail"), Set::Text),
        (t.get("not_examined.size"), Set::Number),
    ];
    let grid = Grid::new(t.get("not_examined.files_heading"), t.get("not_examined.files_none"), heads);
    limited(conn, "not_examined", t, grid, |row| {
        vec![
            row.text("path"),
            t.id("status", &row.text("status")),
            t.id("intake_reason", &row.text("reason")),
            row.text("detail"),
            int(t, row, "size_bytes"),
        ]
    })
}

pub(super) fn set_aside(conn: &Connection, t: &Texts) -> Result<Grid, ReportError> {
    let heads = vec![
        (t.get("not_examined.file"), Set::Mono),
        (t.get("not_examined.reason"), Set::Text),
        (t.get("not_examined.records"), Set::Number),
        (t.get("evidence.size"), Set::Number),
    ];
    let grid = Grid::new(t.get("not_examined.set_aside_heading"), t.get("not_examined.set_aside_none"), heads);
    limited(conn, "set_aside_counts", t, grid, |row| {
        vec![
            row.text("path"),
            t.id("set_aside_reason", &row.text("reason")),
            int(t, row, "records"),
            int(t, row, "bytes"),
        ]
    })
}

pub(super) fn vendor_missing(conn: &Connection, t: &Texts) -> Result<Grid, ReportError> {
    let heads = vec![
        (t.get("not_examined.table"), Set::Mono),
        (t.get("not_examined.column"), Set::Mono),
        (t.get("not_examined.note"), Set::Text),
    ];
    let grid = Grid::new(t.get("not_examined.vendor_heading"), t.get("not_examined.vendor_none"), heads);
    limited(conn, "vendor_missing", t, grid, |row| {
        let column = Some(row.text("column_name")).filter(|c| !c.is_empty());
        vec![
            row.text("table_name"),
            column.unwrap_or_else(|| t.get("not_examined.whole_table")),
            t.id("vendor_note", &row.text("note")),
        ]
    })
}

pub(super) fn notes(conn: &Connection, t: &Texts) -> Result<Grid, ReportError> {
    let heads = vec![
        (t.get("timeline.where"), Set::Mono),
        (t.get("not_examined.reason"), Set::Text),
        (t.get("not_examined.detail"), Set::Text),
    ];
    let grid = Grid::new(t.get("not_examined.notes_heading"), t.get("page.none"), heads);
    limited(conn, "evidence_notes", t, grid, |row| {
        vec![place(row), t.id("note_kind", &row.text("kind")), row.text("detail")]
    })
}

pub(super) fn evidence(conn: &Connection, summary: &ReportSummary, t: &Texts) -> Result<Grid, ReportError> {
    let heads = [
        ("number", Set::Number),
        ("file", Set::Mono),
        ("sha256", Set::Mono),
        ("size", Set::Number),
        ("status", Set::Text),
        ("span", Set::Text),
        ("read", Set::Number),
        ("stored", Set::Number),
        ("set_aside", Set::Number),
        ("header", Set::Number),
    ];
    let heads = heads.iter().map(|(head, set)| (t.get(&format!("evidence.{head}")), *set)).collect();
    let grid = Grid::new(t.get("evidence.heading"), t.get("evidence.empty"), heads);
    let mut grid = limited(conn, "evidence", t, grid, |row| {
        let span = match (t.time(&row.text("first_record")), t.time(&row.text("last_record"))) {
            (from, to) if from.is_empty() && to.is_empty() => String::new(),
            (from, to) => format!("{from} – {to}"),
        };
        let format = row.text("format");
        let status = t.id("status", &row.text("status"));
        vec![
            row.text("evidence_id"),
            row.text("path"),
            row.text("sha256"),
            int(t, row, "size_bytes"),
            if format.is_empty() { status } else { format!("{status}, {format}") },
            span,
            int(t, row, "records_read"),
            int(t, row, "records_stored"),
            int(t, row, "records_set_aside"),
            int(t, row, "records_header"),
        ]
    })?;
    let sum = |name: &str| t.int(summary.number(name));
    let mut sums = vec![String::new(); 6];
    sums[1] = t.get("evidence.total");
    sums.extend(["records_read", "records_stored", "records_set_aside", "records_header"].map(sum));
    grid.sums = Some(sums);
    Ok(grid)
}

pub(super) fn settings(conn: &Connection, t: &Texts) -> Result<Grid, ReportError> {
    let heads = vec![(t.get("method.setting"), Set::Mono), (t.get("method.value"), Set::Text)];
    let grid = Grid::new(t.get("method.settings_heading"), t.get("method.settings_none"), heads);
    limited(conn, "settings", t, grid, |row| vec![row.text("key"), row.text("value")])
}
