//! The attack step by step: the runs of the exploit chain.

use rusqlite::Connection;

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
