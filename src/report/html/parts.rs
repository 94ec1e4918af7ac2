//! The smaller parts of the page: head, cards of the result, and its plain tables.

use rusqlite::Connection;

use super::super::table::{self, Row, Table};
use super::super::{ReportError, ReportSummary, Texts, sentences};
use super::details;
use super::files::left_off;
use super::grid::{Grid, Set};
use super::names::{self, Names};

/// Rows shown of a plain table that evidence can make long.
const SHOWN: usize = 500;

pub(super) struct Heading {
    /// What this document is, when the title is the case's own.
    pub(super) kind: Option<String>,
    pub(super) title: String,
    pub(super) case: String,
    pub(super) window: String,
    pub(super) window_basis: String,
    pub(super) version: &'static str,
}

/// One end of the range, with its sentence.
pub(super) struct Card {
    pub(super) id: &'static str,
    pub(super) label: String,
    pub(super) files: i64,
    pub(super) files_text: String,
    pub(super) of: String,
    pub(super) bytes: i64,
    pub(super) bytes_text: String,
    pub(super) apart: Option<String>,
    pub(super) sentence: String,
}

pub(super) fn heading(summary: &ReportSummary, t: &Texts) -> Heading {
    let window = match (&summary.window_from, &summary.window_to) {
        (Some(from), Some(to)) => t.fill("page.window_span", &[("from", t.time(from)), ("to", t.time(to))]),
        _ => t.get("page.window_none"),
    };
    Heading {
        kind: summary.title.as_ref().map(|_| t.get("page.title")),
        title: summary.title.clone().unwrap_or_else(|| t.get("page.title")),
        case: summary.case_id.clone().unwrap_or_else(|| t.get("page.case_none")),
        window,
        window_basis: t.id("window_basis", &summary.window_basis),
        version: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")),
    }
}

pub(super) fn cards(summary: &ReportSummary, t: &Texts) -> [Card; 3] {
    let (files, bytes) = (summary.files(), summary.bytes());
    let of = t.fill("result.of_files", &[("all", t.count("file_of", summary.number("files")))]);
    let apart = (files.not_excluded + files.not_assessable > 0).then(|| {
        t.fill(
            "result.apart",
            &[("not_excluded", t.int(files.not_excluded)), ("not_assessable", t.int(files.not_assessable))],
        )
    });
    let [least, probably, most] = sentences(summary, t.language());
    let card = |id, label: &str, files, bytes, apart, sentence| Card {
        id,
        label: t.get(label),
        files,
        files_text: t.int(files),
        of: of.clone(),
        bytes,
        bytes_text: t.bytes(bytes),
        apart,
        sentence,
    };
    [
        card("at_least", "result.at_least_label", files.at_least, bytes.at_least, None, least),
        card("probably", "result.probably_label", files.probably, bytes.probably, None, probably),
        card("at_most", "result.at_most_label", files.at_most, bytes.at_most, apart, most),
    ]
}

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

pub(super) fn coverage(summary: &ReportSummary, t: &Texts) -> Grid {
    let heads = vec![
        (t.get("coverage.source"), Set::Text),
        (t.get("coverage.required"), Set::Text),
        (t.get("coverage.from"), Set::Text),
        (t.get("coverage.to"), Set::Text),
        (t.get("coverage.records"), Set::Number),
        (t.get("coverage.files"), Set::Number),
        (t.get("coverage.hours"), Set::Number),
        (t.get("coverage.gaps"), Set::Number),
    ];
    let mut grid = Grid::new(t.get("coverage.heading"), t.get("coverage.empty"), heads);
    for row in summary.coverage.iter() {
        let hours = match (row.real("covered_hours"), row.real("window_hours")) {
            (Some(covered), Some(hours)) => {
                t.fill("coverage.hours_of", &[("covered", t.hundredths(covered)), ("hours", t.hundredths(hours))])
            }
            _ => t.get("page.unknown"),
        };
        let missing = row.int("records").unwrap_or(0) == 0;
        let from = if missing { t.get("coverage.missing") } else { t.time(&row.text("from")) };
        grid.rows.push(vec![
            t.id("source", &row.text("source")),
            yes_no(t, row.flag("required")),
            from,
            t.time(&row.text("to")),
            int(t, &row, "records"),
            int(t, &row, "files"),
            hours,
            int(t, &row, "gaps"),
        ]);
    }
    grid
}

pub(super) fn gaps(conn: &Connection, t: &Texts) -> Result<Grid, ReportError> {
    let heads = ["source", "span", "rule", "in_window", "missing_ids", "detail"];
    let mut heads: Vec<_> = heads.iter().map(|head| (t.get(&format!("coverage.{head}")), Set::Text)).collect();
    heads.push((t.get("timeline.where"), Set::Mono));
    limited(conn, "gaps", t, Grid::new(t.get("coverage.gaps_heading"), t.get("coverage.gaps_none"), heads), |row| {
        vec![
            t.id("source", &row.text("source")),
            format!("{} – {}", t.time(&row.text("from")), t.time(&row.text("to"))),
            t.id("gap_rule", &row.text("rule")),
            yes_no(t, row.flag("in_window")),
            int(t, row, "missing_ids"),
            details::gap(row, t),
            place(row),
        ]
    })
}

pub(super) fn clocks(summary: &ReportSummary, t: &Texts) -> Grid {
    let heads = vec![
        (t.get("coverage.source"), Set::Text),
        (t.get("coverage.clock_offset"), Set::Number),
        (t.get("coverage.clock_basis"), Set::Text),
        (t.get("coverage.clock_pairs"), Set::Number),
        (t.get("coverage.clock_residual"), Set::Number),
    ];
    let mut grid = Grid::new(t.get("coverage.clock_heading"), t.get("coverage.empty"), heads);
    let seconds = |n: Option<i64>, plus: &str| {
        let sign = n.filter(|n| *n > 0).map_or("", |_| plus);
        n.map(|n| format!("{sign}{}", t.fill("coverage.seconds", &[("n", t.int(n))]))).unwrap_or_default()
    };
    for row in summary.clock.iter() {
        grid.rows.push(vec![
            t.id("source", &row.text("source")),
            row.int("offset_s").map_or_else(|| t.get("page.unknown"), |n| zone(t, n, seconds(Some(n), "+"))),
            t.id("clock_basis", &row.text("basis")),
            int(t, &row, "pairs"),
            seconds(row.int("residual_s"), ""),
        ]);
    }
    grid
}

/// An offset of whole minutes also as a zone, `+7.200 s (UTC+02:00)`.
fn zone(t: &Texts, offset: i64, seconds: String) -> String {
    if offset % 60 != 0 {
        return seconds;
    }
    let (sign, minutes) = (if offset < 0 { '−' } else { '+' }, offset.abs() / 60);
    let zone = format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60);
    t.fill("coverage.clock_zone", &[("seconds", seconds), ("zone", zone)])
}

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

fn limited(
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

fn yes_no(t: &Texts, yes: bool) -> String {
    t.get(if yes { "page.yes" } else { "page.no" })
}

/// Where a row stands: evidence file and byte offset, as `path @ offset`. The offset has no
/// thousands separators: it is there to be copied.
fn place(row: &Row<'_>) -> String {
    let path = row.text("path");
    match row.int("offset") {
        Some(offset) if !path.is_empty() => format!("{path} @ {offset}"),
        _ => path,
    }
}
