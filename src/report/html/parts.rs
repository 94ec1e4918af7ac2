//! Plain tables of sessions and marks, and what all tables of the page share.

use rusqlite::Connection;

use super::super::table::{self, Row, Table};
use super::super::{ReportError, Texts};
use super::details;
use super::files::left_off;
use super::grid::{Grid, Set};
use super::names::{self, Names};

/// Rows shown of a plain table that evidence can make long.
const SHOWN: usize = 500;

pub(super) fn classes(conn: &Connection, t: &Texts) -> Result<Grid, ReportError> {
    let heads = vec![
        (t.get("sessions.class"), Set::Text),
        (t.get("sessions.count"), Set::Number),
        (t.get("sessions.requests"), Set::Number),
        (t.get("sessions.downloads"), Set::Number),
        (t.get("sessions.meaning"), Set::Text),
    ];
    let mut grid = Grid::new(t.get("sessions.class"), t.get("page.none"), heads);
    table::for_each(conn, "session_classes", |row| {
        let class = row.text("class");
        grid.rows.push(vec![
            names::class(t, &class),
            int(t, row, "sessions"),
            int(t, row, "requests"),
            int(t, row, "downloads"),
            t.id("class_note", &class),
        ]);
        Ok(())
    })?;
    Ok(grid)
}

/// Marks of the rules that `keep` wants, in order of time.
pub(super) fn marks(
    conn: &Connection,
    names: &Names<'_>,
    keep: impl Fn(&Row<'_>) -> bool,
    empty: &str,
) -> Result<Grid, ReportError> {
    let t = names.t;
    let heads = ["at", "effect", "what", "subject", "session", "where"];
    let set = |head: &str| if matches!(head, "session" | "where") { Set::Mono } else { Set::Text };
    let heads = heads.iter().map(|head| (t.get(&format!("timeline.{head}")), set(head))).collect();
    let mut grid = Grid::new(t.get("timeline.heading"), t.get(empty), heads);
    let mut left = 0;
    table::for_each(conn, "marks", |row| {
        if !keep(row) {
            return Ok(());
        }
        if grid.rows.len() >= SHOWN {
            left += 1;
            return Ok(());
        }
        let mut at = t.time(&row.text("at"));
        if at.is_empty() {
            at = t.get("timeline.no_time");
        } else if !row.flag("exact") {
            at = format!("{} {at}", t.get("timeline.not_later"));
        }
        if row.flag("outside_window") {
            at = format!("{at} ({})", t.get("timeline.outside"));
        }
        grid.rows.push(vec![
            at,
            t.id("effect", &row.text("effect")),
            names.rule(&row.text("rule_id")),
            details::mark(row, t),
            row.text("session_id"),
            place(row),
        ]);
        Ok(())
    })?;
    grid.left_off = (left > 0).then(|| left_off(t, grid.rows.len(), left, "timeline.csv"));
    Ok(grid)
}

pub(super) fn limited(
    conn: &Connection,
    name: &'static str,
    t: &Texts,
    mut grid: Grid,
    cells: impl Fn(&Row<'_>) -> Vec<String>,
) -> Result<Grid, ReportError> {
    let table = Table::load(conn, name, SHOWN)?;
    grid.rows = table.iter().map(|row| cells(&row)).collect();
    let left = table.left_off();
    grid.left_off = (left > 0).then(|| left_off(t, grid.rows.len(), left, "findings.json"));
    Ok(grid)
}

pub(super) fn int(t: &Texts, row: &Row<'_>, column: &str) -> String {
    row.int(column).map(|n| t.int(n)).unwrap_or_default()
}

pub(super) fn yes_no(t: &Texts, yes: bool) -> String {
    t.get(if yes { "page.yes" } else { "page.no" })
}

/// Where a row stands: evidence file and byte offset, as `path @ offset`. The offset has no
/// thousands separators: it is there to be copied.
pub(super) fn place(row: &Row<'_>) -> String {
    let path = row.text("path");
    match row.int("offset") {
        Some(offset) if !path.is_empty() => format!("{path} @ {offset}"),
        _ => path,
    }
}
