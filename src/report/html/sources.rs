//! What the sources cover: coverage, gaps, clocks.

use rusqlite::Connection;

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
