//! A file: its grade, why not another one, and every row behind it.

use super::super::ReportError;
use super::super::html::{self, details};
use super::super::table::Row;
use super::facts::Facts;
use super::rows::{Gatherer, evidence_row, rows_where};
use super::{Desk, Explanation, Part, Statement, why};
use crate::model::{Grade, Timestamp};

/// Gaps listed at most; the rest is counted.
const GAPS: usize = 12;
/// Rows of evidence listed at most.
const ROWS: usize = 200;

/// Roles of rows in the order in which they are listed.
const ORDER: [&str; 14] = [
    "log_row",
    "web_request",
    "sign_on",
    "access",
    "gap",
    "gap_before",
    "gap_after",
    "upload_request",
    "coverage_first",
    "coverage_last",
    "upload",
    "deletion",
    "named",
    "inventory",
];

pub(super) fn explain(desk: &Desk<'_>, id: &str) -> Result<Option<Explanation>, ReportError> {
    let (conn, t) = (desk.conn, desk.t);
    let found = rows_where(conn, "findings", "file_id", id, 1)?;
    let Some(row) = found.iter().next() else { return Ok(None) };
    let evidence = rows_where(conn, "finding_evidence", "file_id", id, ROWS)?;
    let mut gatherer = desk.gatherer();
    // What decides comes first, what only shows that the file was there comes last.
    let mut listed: Vec<_> =
        evidence.iter().map(|found| evidence_row(&found, &found.text("role"), desk.names)).collect();
    listed.sort_by_key(|row| ORDER.iter().position(|role| *role == row.role).unwrap_or(ORDER.len()));
    for row in listed {
        gatherer.add(row);
    }
    let mut parts = vec![desk.part("why", &[], reasons(desk, &row, &gatherer))];
    let grade = Grade::from_id(&row.text("grade"));
    for (direction, part, none) in
        [("higher", "why_not_higher", "why_not_higher_none"), ("lower", "why_not_lower", "why_not_lower_none")]
    {
        let statements = why::of_file(desk, id, direction, &mut gatherer)?;
        let next = grade.and_then(|grade| neighbour(grade, direction == "higher"));
        parts.push(match next {
            Some(next) => desk.part(part, &[("grade", next.term(t.language()).to_owned())], statements),
            None => desk.part(none, &[], statements),
        });
    }
    parts.extend(sessions(desk, &row)?);
    parts.extend(gaps(desk, &row)?);
    let more = evidence.left_off();
    Ok(Some(Explanation {
        kind: "file",
        id: format!("file:{id}"),
        title: t.fill("explain.title_file", &[("id", id.to_owned()), ("name", row.text("file_name"))]),
        facts: facts(desk, &row),
        parts,
        rows: gatherer.rows,
        more: (more > 0).then(|| {
            t.fill("explain.more_rows", &[("n", t.count("row", more as i64)), ("query", "finding_evidence".to_owned())])
        }),
        language: t.language(),
    }))
}

fn neighbour(grade: Grade, higher: bool) -> Option<Grade> {
    let place = Grade::ALL.iter().position(|g| *g == grade)?;
    Grade::ALL.get(if higher { place.checked_sub(1)? } else { place + 1 }).copied()
}

fn facts(desk: &Desk<'_>, row: &Row<'_>) -> Vec<super::Fact> {
    let t = desk.t;
    let mut facts = Facts::new(t);
    facts.add("grade", format!("{} ({})", html::grade(t, &row.text("grade")), row.text("grade")));
    facts.add("meaning", t.get(&format!("grade_note.{}", row.text("grade"))));
    let undecided = row.text("grade_undecided");
    if !undecided.is_empty() {
        facts.add("grade_undecided", t.fill("explain.undecided", &[("grade", html::grade(t, &undecided))]));
    }
    facts.add("transfer_grade", html::grade(t, &row.text("transfer_grade")));
    facts.add("name", row.text("file_name"));
    let organisation = row.text("org_name");
    facts.add("organisation", row.int("org_id").map(|org| format!("{organisation} ({org})")).unwrap_or(organisation));
    facts.add("folder", row.text("folder_path"));
    facts.add("size", row.int("size_bytes").map(|size| size_text(desk, size)).unwrap_or_default());
    facts.add("sha1", row.text("sha1"));
    facts.add("origin", t.get(&format!("explain_origin.{}", row.text("origin"))));
    facts.add("uploaded_by", row.text("uploaded_by"));
    let end = |side: &str| {
        let at = row.text(side);
        let basis = t.id("presence_basis", &row.text(&format!("{side}_basis")));
        format!("{} ({basis})", if at.is_empty() { t.get("explain.open") } else { t.time(&at) })
    };
    facts.add("presence", t.fill("page.window_span", &[("from", end("there_from")), ("to", end("there_to"))]));
    facts.add("surely_there", facts.span(&row.text("surely_there_from"), &row.text("surely_there_to")));
    facts.add("upload_order", facts.span(&row.text("order_from"), &row.text("order_to")));
    if !row.text("extent").is_empty() {
        let sent = row.int("bytes_sent").map(|n| format!(", {}", size_text(desk, n))).unwrap_or_default();
        facts.add("extent", format!("{}{sent}", t.id("extent", &row.text("extent"))));
        facts.add("at_most", row.int("bytes_at_most").map(|n| size_text(desk, n)).unwrap_or_default());
    }
    facts.add("access", facts.span(&row.text("first_access"), &row.text("last_access")));
    facts.add("accounts", row.list("accounts").join(", "));
    facts.add("addresses", row.list("client_ips").join(", "));
    facts.add(
        "metadata_exposed",
        t.get(if row.flag("metadata_exposed") { "explain.metadata_yes" } else { "explain.metadata_no" }),
    );
    facts.list
}

/// A size in short and to the byte.
fn size_text(desk: &Desk<'_>, size: i64) -> String {
    let short = desk.t.bytes(size);
    if size < 1000 { short } else { format!("{short} ({} Bytes)", desk.t.int(size)) }
}

/// The deciding statement with the rows that carry it.
fn reasons(desk: &Desk<'_>, row: &Row<'_>, gatherer: &Gatherer) -> Vec<Statement> {
    let reason = row.text("reason");
    let carries = |role: &str| match row.text("grade").as_str() {
        "not_excluded" => role.starts_with("gap"),
        "no_indication" if reason == "covered_without_access" => role.starts_with("coverage"),
        "no_indication" => matches!(role, "upload" | "deletion" | "named" | "inventory"),
        "excluded" => role == "upload_request",
        "not_assessable" => matches!(role, "named" | "inventory"),
        _ if reason == "access_while_present" => matches!(role, "access" | "inventory" | "upload" | "named"),
        _ => matches!(role, "log_row" | "web_request"),
    };
    let rows = gatherer.rows.iter().enumerate().filter(|(_, r)| carries(&r.role)).map(|(n, _)| n + 1).collect();
    vec![Statement { text: desk.t.id("file_reason", &reason), id: reason, rows }]
}

fn sessions(desk: &Desk<'_>, row: &Row<'_>) -> Result<Option<Part>, ReportError> {
    let t = desk.t;
    let mut statements = Vec::new();
    for id in row.list("sessions").iter().take(GAPS) {
        let found = rows_where(desk.conn, "sessions", "session_id", id, 1)?;
        let Some(session) = found.iter().next() else { continue };
        let reasons = desk.names.rules(&session.list("reasons")).join("; ");
        let mut text = t.fill(
            "explain.session_line",
            &[
                ("id", id.clone()),
                ("class", html::class(t, &session.text("class"))),
                ("address", session.text("address")),
                ("reasons", reasons),
            ],
        );
        if !session.text("decided_by").is_empty() {
            text.push(' ');
            text.push_str(&decided(desk, &session));
        }
        statements.push(Statement { id: id.clone(), text, rows: Vec::new() });
    }
    Ok((!statements.is_empty()).then(|| desk.part("sessions", &[], statements)))
}

/// Decision and derived class side by side, with who and why.
pub(super) fn decided(desk: &Desk<'_>, session: &Row<'_>) -> String {
    let t = desk.t;
    t.fill(
        "sessions.decided",
        &[
            ("who", session.text("decided_by")),
            ("class", html::class(t, &session.text("class"))),
            ("derived", html::class(t, &session.text("derived_class"))),
            ("reason", session.text("decision_reason")),
        ],
    )
}

/// Gaps of required sources while the file could have been on the server inside the window.
fn gaps(desk: &Desk<'_>, file: &Row<'_>) -> Result<Option<Part>, ReportError> {
    let t = desk.t;
    let at = |row: &Row<'_>, column: &str| Timestamp::parse_rfc3339(&row.text(column)).ok().map(|t| t.0);
    let (from, to) = (at(file, "there_from"), at(file, "there_to"));
    let all = rows_where(desk.conn, "gaps", "in_window", "1", usize::MAX)?;
    let mut statements = Vec::new();
    let mut left = 0;
    for gap in all.iter().filter(|gap| gap.flag("required")) {
        let (begins, ends) = (at(&gap, "from").unwrap_or(i64::MIN), at(&gap, "to").unwrap_or(i64::MAX));
        if begins > to.unwrap_or(i64::MAX) || ends < from.unwrap_or(i64::MIN) {
            continue;
        }
        if statements.len() == GAPS {
            left += 1;
            continue;
        }
        let detail = details::gap(&gap, t);
        let span = Facts::new(t).span(&gap.text("from"), &gap.text("to"));
        let text = t.fill(
            "explain.gap_line",
            &[
                ("source", t.id("source", &gap.text("source"))),
                ("rule", t.id("gap_rule", &gap.text("rule"))),
                ("span", span),
                ("detail", if detail.is_empty() { gap.text("detail") } else { detail }),
                ("id", gap.text("finding_id")),
            ],
        );
        statements.push(Statement { id: gap.text("finding_id"), text, rows: Vec::new() });
    }
    if left > 0 {
        let text = t.fill("explain.more_gaps", &[("n", t.count("gap", left))]);
        statements.push(Statement { id: "more".to_owned(), text, rows: Vec::new() });
    }
    Ok((!statements.is_empty()).then(|| desk.part("gaps", &[], statements)))
}
