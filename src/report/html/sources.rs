//! What the sources cover: coverage, gaps, clocks.

use rusqlite::Connection;

use super::super::table::Row;
use super::super::{ReportError, ReportSummary, Texts};
use super::details;
use super::grid::{Grid, Set};
use super::parts::{int, limited, yes_no};

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
    heads.extend(["before", "after"].map(|head| (t.get(&format!("coverage.{head}")), Set::Mono)));
    limited(conn, "gaps", t, Grid::new(t.get("coverage.gaps_heading"), t.get("coverage.gaps_none"), heads), |row| {
        vec![
            t.id("source", &row.text("source")),
            format!("{} – {}", t.time(&row.text("from")), t.time(&row.text("to"))),
            t.id("gap_rule", &row.text("rule")),
            yes_no(t, row.flag("in_window")),
            int(t, row, "missing_ids"),
            details::gap(row, t),
            row.text("before"),
            row.text("after"),
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
    for row in summary.clock.iter() {
        grid.rows.push(vec![
            t.id("source", &row.text("source")),
            row.int("offset_s").map_or_else(|| t.get("page.unknown"), |n| zone(t, n, seconds(t, n, "+"))),
            clock_basis(t, &row),
            int(t, &row, "pairs"),
            row.int("residual_s").map(|n| seconds(t, n, "")).unwrap_or_default(),
        ]);
    }
    grid
}

/// How the distance is known, and what testing it against the pairs came to.
fn clock_basis(t: &Texts, row: &Row<'_>) -> String {
    let basis = t.id("clock_basis", &row.text("basis"));
    match row.text("checked") {
        checked if checked.is_empty() || checked == "found" => basis,
        checked => format!("{basis}; {}", t.id("clock_checked", &checked)),
    }
}

/// Seconds with their unit; `plus` stands before positive ones.
fn seconds(t: &Texts, n: i64, plus: &str) -> String {
    format!("{}{}", if n > 0 { plus } else { "" }, t.fill("coverage.seconds", &[("n", t.int(n))]))
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

/// The stretches of the audit log's clock and the local times that can be read in two ways.
pub(super) fn stretches(conn: &Connection, t: &Texts) -> Result<Grid, ReportError> {
    let heads = [("span", Set::Text), ("clock_offset", Set::Number), ("clock_pairs", Set::Number)];
    let mut heads: Vec<_> = heads.iter().map(|(head, set)| (t.get(&format!("coverage.{head}")), *set)).collect();
    heads.push((t.get("clock.known_by"), Set::Text));
    let grid = Grid::new(t.get("clock.stretches_heading"), t.get("coverage.empty"), heads);
    limited(conn, "clock_stretches", t, grid, |row| {
        let end = |column: &str| match row.text(column) {
            text if text.is_empty() => t.get("clock.open_end"),
            text => text,
        };
        let offset = |column: &str| row.int(column).map(|n| seconds(t, n, "+")).unwrap_or_default();
        let stretch = row.text("kind") == "stretch";
        let shown = if stretch {
            let quarter = row.int("quarter_s").unwrap_or(0);
            let mut shown = zone(t, quarter, offset("offset_s"));
            if let Some(drift) = row.real("drift_s_per_day").filter(|drift| *drift != 0.0) {
                shown = format!("{shown}, {}", t.fill("clock.drift", &[("s", t.hundredths(drift))]));
            }
            shown
        } else {
            format!("{} / {}", offset("offset_s"), offset("offset_after_s"))
        };
        let mut by = vec![t.id("clock_boundary", &row.text("boundary"))];
        if stretch {
            if let (Some(residual), Some(wide)) = (row.int("residual_s"), row.int("residual_p95_s")) {
                by.push(t.fill("clock.residual", &[("s", t.int(residual)), ("p95", t.int(wide))]));
            }
            if row.int("stated_offset_s").is_some_and(|stated| Some(stated) != row.int("quarter_s")) {
                by.push(t.fill("clock.stated", &[("offset", offset("stated_offset_s"))]));
            }
        } else {
            let kind = t.id("clock_ambiguous", &row.text("kind"));
            by.insert(
                0,
                t.fill("clock.rows", &[("kind", kind), ("n", int(t, row, "rows")), ("open", int(t, row, "open_rows"))]),
            );
        }
        vec![format!("{} – {}", end("from_local"), end("to_local")), shown, int(t, row, "pairs"), by.join("; ")]
    })
}

/// How much younger each dump is than the hostile access.
pub(super) fn dumps(conn: &Connection, t: &Texts) -> Result<Grid, ReportError> {
    let heads = [("file", Set::Mono), ("dumped", Set::Text), ("after_first", Set::Number), ("after_last", Set::Number)];
    let heads = heads.iter().map(|(head, set)| (t.get(&format!("dumps.{head}")), *set)).collect();
    limited(conn, "dump_age", t, Grid::new(t.get("dumps.heading"), t.get("page.none"), heads), |row| {
        let hours =
            |column: &str| row.real(column).map(|h| t.fill("dumps.hours", &[("n", t.decimal(h))])).unwrap_or_default();
        vec![row.text("path"), t.time(&row.text("dumped")), hours("after_first_h"), hours("after_last_h")]
    })
}

/// What copies of one row of the audit log say differently.
pub(super) fn conflicts(conn: &Connection, t: &Texts) -> Result<Grid, ReportError> {
    let heads = [("log_id", Set::Number), ("column", Set::Mono), ("one", Set::Text), ("other", Set::Text)];
    let heads = heads.iter().map(|(head, set)| (t.get(&format!("conflicts.{head}")), *set)).collect();
    limited(conn, "log_conflicts", t, Grid::new(t.get("conflicts.heading"), t.get("page.none"), heads), |row| {
        let side = |letter: &str| {
            let value = row.text(&format!("value_{letter}"));
            format!("{} ({})", if value.is_empty() { "–" } else { &value }, row.text(&format!("where_{letter}")))
        };
        vec![row.text("log_id"), row.text("column"), side("a"), side("b")]
    })
}

/// Lines that stand in two web logs and are counted once.
pub(super) fn copies(conn: &Connection, t: &Texts) -> Result<Grid, ReportError> {
    let heads = [("lines", Set::Number), ("span", Set::Text), ("where", Set::Mono), ("of", Set::Mono)];
    let heads = heads.iter().map(|(head, set)| (t.get(&format!("copies.{head}")), *set)).collect();
    limited(conn, "web_copies", t, Grid::new(t.get("copies.heading"), t.get("page.none"), heads), |row| {
        let span = format!("{} – {}", t.time(&row.text("from")), t.time(&row.text("to")));
        vec![int(t, row, "lines"), span, row.text("where"), row.text("of")]
    })
}
