//! A session: its class, why none of those before it, what it did, and its rows.

use rusqlite::{Connection, OptionalExtension};

use super::super::ReportError;
use super::super::html::{self, details};
use super::super::table::Row;
use super::facts::Facts;
use super::file::decided;
use super::rows::{Gatherer, evidence_row, place, rows_where};
use super::{Desk, EvidenceRow, Explanation, Fact, Part, Statement, why};

/// Marks, downloads listed at most.
const LISTED: usize = 40;
/// The session's own rows, from its beginning.
const ROWS: usize = 12;

/// The id that a session has in this case: itself, or the one of the session that had this id with less evidence, so that
/// an id noted down before further evidence was imported is still understood.
pub(super) fn current_id(conn: &Connection, id: &str) -> Result<String, ReportError> {
    let found = conn.query_row(
        "select s.session_id from session_alias as a join session as s on s.session_no = a.session_no
         where a.session_id = ?1 and ?1 not in (select session_id from session)",
        [id],
        |row| row.get(0),
    );
    match found.optional() {
        Ok(current) => Ok(current.unwrap_or_else(|| id.to_owned())),
        Err(source) => Err(ReportError::Query { name: "session_alias", source }),
    }
}

pub(super) fn explain(desk: &Desk<'_>, id: &str) -> Result<Option<Explanation>, ReportError> {
    let (conn, t) = (desk.conn, desk.t);
    let found = rows_where(conn, "sessions", "session_id", id, 1)?;
    let Some(row) = found.iter().next() else { return Ok(None) };
    let mut gatherer = desk.gatherer();
    let marks = marks(desk, id, &mut gatherer)?;
    let own = rows_where(conn, "session_rows", "session_id", id, ROWS)?;
    for found in own.iter() {
        let role = if found.text("source") == "iis" { "session_request" } else { "session_event" };
        let mut listed = evidence_row(&found, role, desk.names);
        listed.role_text = format!("{}: {} – {}", listed.role_text, found.text("what"), found.text("outcome"));
        gatherer.add(listed);
    }
    let mut parts = vec![desk.part("why_class", &[], reasons(desk, &row, &marks))];
    if !row.text("decided_by").is_empty() {
        let statement = Statement { id: "decision".to_owned(), text: decided(desk, &row), rows: Vec::new() };
        parts.push(desk.part("decision", &[], vec![statement]));
    }
    let before = why::of_session(desk, id)?;
    if !before.is_empty() {
        parts.push(desk.part("why_not_class", &[], before));
    }
    parts.push(desk.part("why_not_class_below", &[], below(desk, &row)));
    if !marks.is_empty() {
        parts.push(desk.part("marks", &[], marks));
    }
    parts.extend(downloads(desk, id, &mut gatherer)?);
    Ok(Some(Explanation {
        kind: "session",
        id: id.to_owned(),
        title: t.fill("explain.title_session", &[("id", id.to_owned()), ("address", row.text("address"))]),
        facts: facts(desk, id, &row)?,
        parts,
        rows: gatherer.rows,
        more: (own.left_off() > 0).then(|| {
            t.fill(
                "explain.more_rows",
                &[("n", t.count("row", own.left_off() as i64)), ("query", "session_rows".to_owned())],
            )
        }),
        language: t.language(),
    }))
}

fn facts(desk: &Desk<'_>, id: &str, row: &Row<'_>) -> Result<Vec<Fact>, ReportError> {
    let t = desk.t;
    let mut facts = Facts::new(t);
    let class = row.text("class");
    facts.add("class", format!("{} ({class})", html::class(t, &class)));
    facts.add("meaning", t.get(&format!("class_note.{class}")));
    let derived = row.text("derived_class");
    if derived != class {
        facts.add("derived_class", format!("{} ({derived})", html::class(t, &derived)));
    }
    facts.add("address", row.text("address"));
    let own = rows_where(desk.conn, "session_rows", "session_id", id, usize::MAX)?;
    for (fact, column) in [("socket", "client"), ("forwarded", "forwarded")] {
        let mut values: Vec<String> = own.iter().map(|r| r.text(column)).filter(|v| !v.is_empty()).collect();
        values.sort();
        values.dedup();
        facts.add(fact, values.into_iter().take(LISTED).collect::<Vec<_>>().join(", "));
    }
    facts.add("accounts", row.list("accounts").join(", "));
    facts.add("agents", row.list("agents").join(", "));
    facts.add("time", facts.span(&row.text("first_request"), &row.text("last_request")));
    facts.add("requests", t.int(row.int("requests").unwrap_or(0)));
    facts.add("log_rows", t.int(row.int("log_rows").unwrap_or(0)));
    let scope = row.text("access_scope");
    // Access is measured for sessions that belong to nobody; of a partner's the case says nothing about it.
    if !scope.is_empty() {
        let span = facts.span(&row.text("access_from"), &row.text("access_to"));
        facts.add("access", format!("{span}, {}", t.get(&format!("sessions.scope_{scope}"))));
    } else if matches!(class.as_str(), "hostile" | "unknown" | "refused" | "visitor") {
        facts.add("access", t.get("sessions.no_access"));
    }
    facts.add("files", t.int(row.int("files").unwrap_or(0)));
    facts.add("sent", t.bytes(row.int("bytes_sent").unwrap_or(0)));
    Ok(facts.list)
}

/// Each reason of the class with its title, its reasoning where a rule states one, and its rows.
fn reasons(desk: &Desk<'_>, row: &Row<'_>, marks: &[Statement]) -> Vec<Statement> {
    let reason = |id: String| {
        let carried = marks.iter().filter(|mark| mark.id == id).flat_map(|mark| mark.rows.clone()).collect();
        Statement { text: format!("{} ({id})", desk.names.rule(&id)), rows: carried, id }
    };
    row.list("reasons").into_iter().map(reason).collect()
}

fn below(desk: &Desk<'_>, row: &Row<'_>) -> Vec<Statement> {
    let t = desk.t;
    let derived = row.text("derived_class");
    let classes = crate::model::SessionClass::ALL;
    let place = classes.iter().position(|class| class.id() == derived);
    let next = place.and_then(|place| classes.get(place + 1));
    let text = match next {
        Some(next) => t.fill(
            "explain.first_applies",
            &[("class", html::class(t, &derived)), ("next", next.term(t.language()).to_owned())],
        ),
        None => t.get("explain.nothing_explains"),
    };
    vec![Statement { id: "first_applies".to_owned(), text, rows: Vec::new() }]
}

fn marks(desk: &Desk<'_>, id: &str, gatherer: &mut Gatherer) -> Result<Vec<Statement>, ReportError> {
    let t = desk.t;
    let table = rows_where(desk.conn, "marks", "session_id", id, LISTED)?;
    let mut statements = Vec::new();
    for mark in table.iter() {
        let rows = gatherer.of(desk.conn, &mark, "mark", t)?;
        let rule = mark.text("rule_id");
        let text = t.fill(
            "explain.mark_line",
            &[
                ("at", t.time(&mark.text("at"))),
                ("title", desk.names.rule(&rule)),
                ("effect", t.id("effect", &mark.text("effect"))),
                ("detail", details::mark(&mark, t)),
                ("id", mark.text("finding_id")),
            ],
        );
        statements.push(Statement { id: rule, text, rows });
    }
    if table.left_off() > 0 {
        let text = t.fill("explain.more_marks", &[("n", t.count("mark", table.left_off() as i64))]);
        statements.push(Statement { id: "more".to_owned(), text, rows: Vec::new() });
    }
    Ok(statements)
}

fn downloads(desk: &Desk<'_>, id: &str, gatherer: &mut Gatherer) -> Result<Option<Part>, ReportError> {
    let t = desk.t;
    let table = rows_where(desk.conn, "downloads", "session_id", id, LISTED)?;
    let mut statements = Vec::new();
    for download in table.iter() {
        let mut rows = Vec::new();
        for (column, role) in [("log_evidence", "log_row"), ("web_evidence", "web_request")] {
            rows.extend(row_at(desk, &download.text(column), role, &download.text("started_at"), gatherer)?);
        }
        let text = t.fill(
            "explain.download_line",
            &[
                ("at", t.time(&download.text("started_at"))),
                ("file", download.text("file_id")),
                ("name", download.text("file_name")),
                ("transfer", transfer(desk, &download.text("transfer_grade"))),
                ("reason", t.id("file_reason", &download.text("reason"))),
            ],
        );
        statements.push(Statement { id: download.text("file_id"), text, rows });
    }
    if table.left_off() > 0 {
        let text = t.fill("explain.more_downloads", &[("n", t.int(table.left_off() as i64))]);
        statements.push(Statement { id: "more".to_owned(), text, rows: Vec::new() });
    }
    Ok((!statements.is_empty()).then(|| desk.part("downloads", &[], statements)))
}

/// How sure it is that content left; nothing where none did.
fn transfer(desk: &Desk<'_>, grade: &str) -> String {
    if grade.is_empty() { desk.t.get("page.none") } else { html::grade(desk.t, grade) }
}

/// The row that `evidence_id:offset` names.
fn row_at(
    desk: &Desk<'_>,
    named: &str,
    role: &str,
    at: &str,
    gatherer: &mut Gatherer,
) -> Result<Option<usize>, ReportError> {
    let Some((id, offset)) = named.split_once(':') else { return Ok(None) };
    let (Ok(id), Ok(offset)) = (id.parse::<i64>(), offset.parse::<i64>()) else { return Ok(None) };
    let table = rows_where(desk.conn, "evidence", "evidence_id", &id.to_string(), 1)?;
    let (path, sha256) = table.iter().next().map(|e| (e.text("path"), e.text("sha256"))).unwrap_or_default();
    Ok(Some(gatherer.add(EvidenceRow {
        role: role.to_owned(),
        role_text: desk.t.id("role", role),
        at: Some(at.to_owned()).filter(|at| !at.is_empty()),
        at_local: None,
        evidence_id: Some(id),
        path,
        sha256,
        offset: place(Some(offset)),
    })))
}
