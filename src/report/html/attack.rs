//! The attack step by step: the runs of the exploit chain, and what the calls of a web shell came to.

use rusqlite::Connection;

use super::super::table::{self, Row};
use super::super::{ReportError, Texts};
use super::grid::{Grid, Set};
use super::parts::{int, limited, place};

/// The steps of every run of the chain in their order, with what came of each.
pub(super) fn chain(conn: &Connection, t: &Texts) -> Result<Grid, ReportError> {
    let heads = [
        ("run", Set::Text),
        ("step", Set::Number),
        ("at", Set::Text),
        ("kind", Set::Text),
        ("outcome", Set::Text),
        ("session", Set::Mono),
        ("where", Set::Mono),
    ];
    let heads = heads.iter().map(|(head, set)| (t.get(&format!("chain.{head}")), *set)).collect();
    limited(conn, "chain_steps", t, Grid::new(t.get("chain.heading"), t.get("page.none"), heads), |row| {
        let effects: Vec<_> = row.list("effects").iter().map(|id| t.id("chain_effect", id)).collect();
        let mut run = format!("{}: {}", row.text("address"), t.id("chain_verdict", &row.text("verdict")));
        if row.int("step_no") == Some(1) && !effects.is_empty() {
            run = format!("{run} ({})", effects.join("; "));
        }
        let mut outcome = t.id("chain_verdict", &row.text("outcome"));
        if let Some(status) = row.int("status") {
            outcome = format!("{outcome} ({status})");
        }
        if row.flag("passed_on") {
            outcome = format!("{outcome}, {}", t.get("chain.passed_on"));
        }
        vec![
            run,
            int(t, row, "step_no"),
            t.time(&row.text("at")),
            t.id("chain_kind", &row.text("kind")),
            outcome,
            row.text("session_id"),
            place(row),
        ]
    })
}

/// What the calls of each web shell session came to: at most how many files, and what their sizes say.
pub(super) fn shells(conn: &Connection, t: &Texts) -> Result<Vec<String>, ReportError> {
    let mut sentences = Vec::new();
    table::for_each(conn, "shell_sessions", |row| {
        let number = |column: &str| int(t, row, column);
        let bound = if row.text("bound_basis") == "calls" { "shell.bound" } else { "shell.no_bound" };
        let values = [
            ("session", row.text("session_id")),
            ("calls", number("calls_answered")),
            ("k", number("at_most")),
            ("n", number("files_there")),
            ("probably", number("probably_at_most")),
            ("why", t.id("shell_basis", &row.text("bound_basis"))),
        ];
        sentences.push(format!("{} {}", t.fill(bound, &values), matched(row, t)));
        Ok(())
    })?;
    Ok(sentences)
}

/// What matching by size came to, with the figures it rests on.
fn matched(row: &Row<'_>, t: &Texts) -> String {
    let detail = t.id("size_detail", &row.text("detail"));
    if row.int("matches").unwrap_or(0) == 0 {
        return t.fill("shell.not_matched", &[("why", detail)]);
    }
    let real = |column: &str, times: f64| row.real(column).map(|n| t.hundredths(n * times)).unwrap_or_default();
    let figures = [
        ("matches", int(t, row, "matches")),
        ("calls", int(t, row, "sized_calls")),
        ("overhead", int(t, row, "overhead")),
        ("spread", int(t, row, "overhead_spread")),
        ("low", real("tolerance_low", 100.0)),
        ("high", real("tolerance_high", 100.0)),
        ("score", real("score", 1.0)),
        ("permuted", real("score_permuted", 1.0)),
        ("chance", real("chance_matches", 1.0)),
    ];
    format!("{} {detail}.", t.fill("shell.matched", &figures))
}

/// Answers of a web shell whose size only one file gives.
pub(super) fn size_matches(conn: &Connection, t: &Texts) -> Result<Grid, ReportError> {
    let heads = [
        ("at", Set::Text),
        ("file", Set::Text),
        ("sent", Set::Number),
        ("predicted", Set::Number),
        ("posterior", Set::Number),
        ("basis", Set::Text),
        ("where", Set::Mono),
    ];
    let heads = heads.iter().map(|(head, set)| (t.get(&format!("shell.{head}")), *set)).collect();
    limited(conn, "size_matches", t, Grid::new(t.get("shell.matches_heading"), t.get("page.none"), heads), |row| {
        let name = row.text("file_name");
        vec![
            t.time(&row.text("at")),
            if name.is_empty() { row.text("file_id") } else { format!("{name} ({})", row.text("file_id")) },
            int(t, row, "bytes_sent"),
            format!("{} – {}", int(t, row, "predicted_low"), int(t, row, "predicted_high")),
            row.real("posterior").map(|p| t.hundredths(p)).unwrap_or_default(),
            format!("{}; {}", t.id("size_basis", &row.text("basis")), t.id("size_method", &row.text("method"))),
            place(row),
        ]
    })
}
