//! Reasons in words: rows of `finding_why` and `session_why`.

use super::super::{ReportError, why};
use super::rows::{Gatherer, rows_where};
use super::{Desk, Statement};

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
        let text = why::sentence(desk.t, &row);
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
