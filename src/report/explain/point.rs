//! A single finding that is no file: a mark that a rule set, or a gap of a source.

use super::super::ReportError;
use super::super::html::{self, details};
use super::super::table::Row;
use super::facts::Facts;
use super::rows::{evidence_row, rows_where};
use super::{Desk, Explanation, Statement};
use crate::model::Language;

pub(super) fn mark(desk: &Desk<'_>, id: &str) -> Result<Option<Explanation>, ReportError> {
    let (conn, t) = (desk.conn, desk.t);
    let found = rows_where(conn, "marks", "finding_id", id, 1)?;
    let Some(row) = found.iter().next() else { return Ok(None) };
    let rule = row.text("rule_id");
    let mut gatherer = desk.gatherer();
    let rows = gatherer.of(conn, &row, "mark", t)?;
    let mut facts = Facts::new(t);
    facts.add("rule", format!("{} ({rule})", desk.names.rule(&rule)));
    facts.add("effect", t.id("effect", &row.text("effect")));
    facts.add("technique", Some(row.text("technique")).filter(|text| text != "-").unwrap_or_default());
    let (reasoning, source) = rule_of(desk, &rule)?;
    facts.add("reasoning", reasoning);
    facts.add("source", source);
    let at = t.time(&row.text("at"));
    facts.add("time", if row.flag("exact") { at } else { format!("{} {at}", t.get("timeline.not_later")) });
    if row.flag("outside_window") {
        facts.add("window", t.get("timeline.outside"));
    }
    let mut parts = vec![desk.part("what", &[], vec![Statement { id: rule, text: details::mark(&row, t), rows }])];
    let session = row.text("session_id");
    if !session.is_empty() {
        let found = rows_where(conn, "sessions", "session_id", &session, 1)?;
        let line = |s: Row<'_>| {
            t.fill(
                "explain.session_line",
                &[
                    ("id", session.clone()),
                    ("class", html::class(t, &s.text("class"))),
                    ("address", s.text("address")),
                    ("reasons", desk.names.rules(&s.list("reasons")).join("; ")),
                ],
            )
        };
        let statements =
            found.iter().map(|s| Statement { id: session.clone(), text: line(s), rows: Vec::new() }).collect();
        parts.push(desk.part("sessions", &[], statements));
    }
    Ok(Some(Explanation {
        kind: "mark",
        id: id.to_owned(),
        title: t.fill("explain.title_mark", &[("id", id.to_owned())]),
        facts: facts.list,
        parts,
        rows: gatherer.rows,
        more: None,
        language: t.language(),
    }))
}

/// Reasoning and source of a rule, in the rule's own words (English).
fn rule_of(desk: &Desk<'_>, rule: &str) -> Result<(String, String), ReportError> {
    let found = desk.conn.query_row("select reasoning, source from rule where rule_id = ?1", [rule], |row| {
        Ok((row.get::<_, Option<String>>(0)?, row.get::<_, Option<String>>(1)?))
    });
    match found {
        Ok((reasoning, source)) => Ok((reasoning.unwrap_or_default(), source.unwrap_or_default())),
        Err(rusqlite::Error::QueryReturnedNoRows) => Ok(Default::default()),
        Err(source) => Err(ReportError::Query { name: "rules", source }),
    }
}

pub(super) fn gap(desk: &Desk<'_>, id: &str) -> Result<Option<Explanation>, ReportError> {
    let (conn, t) = (desk.conn, desk.t);
    let found = rows_where(conn, "gaps", "finding_id", id, 1)?;
    let Some(row) = found.iter().next() else { return Ok(None) };
    let mut gatherer = desk.gatherer();
    for side in rows_where(conn, "gap_rows", "finding_id", id, 2)?.iter() {
        gatherer.add(evidence_row(&side, &side.text("role"), desk.names));
    }
    let mut facts = Facts::new(t);
    facts.add("source_name", t.id("source", &row.text("source")));
    facts.add("rule", format!("{} ({})", t.id("gap_rule", &row.text("rule")), row.text("rule")));
    facts.add("time", facts.span(&row.text("from"), &row.text("to")));
    facts.add("required", t.get(if row.flag("required") { "page.yes" } else { "page.no" }));
    facts.add("in_window", t.get(if row.flag("in_window") { "page.yes" } else { "page.no" }));
    facts.add("missing_ids", row.int("missing_ids").map(|n| t.int(n)).unwrap_or_default());
    let detail = details::gap(&row, t);
    // The tables' own words are English.
    let own = if t.language() == Language::En { row.text("detail") } else { detail.clone() };
    let text = if detail.is_empty() {
        row.text("detail")
    } else if own.is_empty() {
        detail
    } else {
        own
    };
    let rows = (1..=gatherer.rows.len()).collect();
    let mut parts = vec![desk.part("what", &[], vec![Statement { id: row.text("rule"), text, rows }])];
    let files: i64 = conn
        .query_row("select count(*) from finding where gap_no = ?1", [row.int("gap_no")], |found| found.get(0))
        .map_err(|source| ReportError::Query { name: "findings", source })?;
    let text = t.fill("explain.gap_files", &[("files", t.count("file", files))]);
    parts.push(desk.part("consequence", &[], vec![Statement { id: "files".to_owned(), text, rows: Vec::new() }]));
    Ok(Some(Explanation {
        kind: "gap",
        id: id.to_owned(),
        title: t.fill("explain.title_gap", &[("id", id.to_owned())]),
        facts: facts.list,
        parts,
        rows: gatherer.rows,
        more: None,
        language: t.language(),
    }))
}
