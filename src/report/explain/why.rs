//! Reasons in words: rows of `finding_why` and `session_why`.

use super::super::ReportError;
use super::super::table::Row;
use super::rows::{Gatherer, rows_where};
use super::{Desk, Statement};
use crate::model::{Grade, SessionClass};

/// Why the grade of a file is not the next one in a direction (`higher`, `lower`).
pub(super) fn of_file(
    desk: &Desk<'_>,
    file: &str,
    direction: &str,
    gatherer: &mut Gatherer,
) -> Result<Vec<Statement>, ReportError> {
    let table = rows_where(desk.conn, "finding_why", "file_id", file, usize::MAX)?;
    let mut statements = Vec::new();
    for row in table.iter().filter(|row| row.text("direction") == direction) {
        let reason = row.text("reason");
        let rows = gatherer.of(desk.conn, &row, role(&reason), desk.t)?;
        let key = format!("why_{direction}.{reason}");
        let text = match desk.t.find(&key) {
            Some(_) => desk.t.fill(&key, &values(desk, &row)),
            None => reason.clone(),
        };
        statements.push(Statement { id: reason, text, rows });
    }
    Ok(statements)
}

/// What a row is called when only a reason names it.
fn role(reason: &str) -> &'static str {
    match reason {
        "source_covers" => "coverage_first",
        "web_shell_names_no_file" => "access",
        "recipient_unverified" => "sign_on",
        "audit_row_without_bytes" | "audit_row_says_failed" => "log_row",
        _ => "web_request",
    }
}

fn values(desk: &Desk<'_>, row: &Row<'_>) -> [(&'static str, String); 7] {
    let t = desk.t;
    let number = row.int("number").unwrap_or(0);
    let time = |column: &str| match row.text(column) {
        text if text.is_empty() => t.get("explain.open"),
        text => t.time(&text),
    };
    [
        ("subject", subject(desk, &row.text("subject"))),
        ("number", t.int(number)),
        ("bytes", t.bytes(number)),
        ("plain", number.to_string()),
        ("at", time("at")),
        ("until", time("until")),
        ("gap", row.text("gap")),
    ]
}

/// A source, grade, reason, basis or list of classes in words; everything else (accounts, sessions) stands for itself.
fn subject(desk: &Desk<'_>, id: &str) -> String {
    let t = desk.t;
    if id.is_empty() {
        return t.get("page.unknown");
    }
    if let Some(grade) = Grade::from_id(id) {
        return grade.term(t.language()).to_owned();
    }
    let classes: Option<Vec<_>> = id.split(',').map(SessionClass::from_id).collect();
    if let Some(classes) = classes {
        return classes.iter().map(|class| class.term(t.language())).collect::<Vec<_>>().join(", ");
    }
    let known = ["source", "presence_basis", "file_reason"].iter().find_map(|group| t.find(&format!("{group}.{id}")));
    known.unwrap_or_else(|| id.replace('|', ", "))
}

/// Why a session has none of the classes before its own, nearest first.
pub(super) fn of_session(desk: &Desk<'_>, session: &str) -> Result<Vec<Statement>, ReportError> {
    let t = desk.t;
    let table = rows_where(desk.conn, "session_why", "session_id", session, usize::MAX)?;
    let mut statements = Vec::new();
    for row in table.iter().filter(|row| row.text("reason") != "basis") {
        let (class, reason) = (row.text("class"), row.text("reason"));
        let subject = row.text("subject");
        let because = t.fill(
            &format!("session_why.{reason}"),
            &[
                ("subject", if subject.is_empty() { t.get("page.unknown") } else { subject }),
                ("number", t.int(row.int("number").unwrap_or(0))),
            ],
        );
        let text =
            t.fill("explain.not_class", &[("class", super::super::html::class(t, &class)), ("because", because)]);
        statements.push(Statement { id: format!("{class}:{reason}"), text, rows: Vec::new() });
    }
    statements.reverse();
    Ok(statements)
}
