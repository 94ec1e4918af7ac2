//! Running the user's own rules: they may read everything and add marks, and nothing else.
//!
//! Each statement is looked at before SQLite sees it (it must begin with `insert` or `with`), and every row that it changed
//! must be a new mark: the count of all changes of the connection is compared with the count of new marks, so that an update,
//! a delete, a replaced mark or a row in another table is noticed whatever way it was written. All of it happens inside the
//! one transaction of the analysis, which is rolled back when a rule fails. Temporary tables are refused: a table of that name
//! would stand before the one of the case.

use rusqlite::{Connection, Error};

use super::error::RuleError;
use super::header::EFFECTS;
use super::statements::{Statement, split};
use super::{Rule, own_rules};
use crate::audit::error::AuditError;
use crate::audit::sql;

/// What a mark may be on; the same list stands in queries/audit/35_mark.sql.
const SUBJECTS: [&str; 7] = ["session", "request", "log_row", "account", "file", "object", "inventory"];

/// Runs the rules that the case keeps, in their order.
pub(in crate::audit) fn run_own(db: &Connection) -> Result<(), AuditError> {
    let rules = own_rules(db)?;
    if !rules.is_empty() {
        forget_conclusions(db)?;
    }
    for rule in rules {
        run(db, &rule)?;
    }
    Ok(())
}

/// A rule must not find what an earlier analysis concluded: the same evidence would give other marks the second time. The
/// tables that later queries make are dropped, as those queries would do themselves.
fn forget_conclusions(db: &Connection) -> Result<(), Error> {
    for query in sql::audit_queries().iter().filter(|query| query.name > "audit/40") {
        for line in query.text.lines().filter(|line| line.starts_with("drop table if exists ")) {
            db.execute_batch(line)?;
        }
    }
    Ok(())
}

fn run(db: &Connection, rule: &Rule) -> Result<(), AuditError> {
    let last: i64 = db.query_row("select coalesce(max(mark_id), 0) from mark", [], |row| row.get(0))?;
    let mut new = 0;
    for statement in split(&rule.text) {
        if !["insert", "with"].iter().any(|word| statement.word.eq_ignore_ascii_case(word)) {
            let found = if statement.word.is_empty() { "a sign" } else { statement.word };
            let file = rule.file.clone();
            return Err(RuleError::Statement { file, line: statement.line, found: found.to_owned() }.into());
        }
        let before = changes(db)?;
        execute(db, rule, statement)?;
        let marks: i64 = db.query_row("select count(*) from mark where mark_id > ?1", [last], |row| row.get(0))?;
        if changes(db)? - before != marks - new {
            return Err(RuleError::Changed { file: rule.file.clone(), line: statement.line }.into());
        }
        new = marks;
    }
    check_marks(db, rule, last)
}

fn changes(db: &Connection) -> Result<i64, Error> {
    db.query_row("select total_changes()", [], |row| row.get(0))
}

fn execute(db: &Connection, rule: &Rule, statement: Statement<'_>) -> Result<(), RuleError> {
    let failed = |error: Error| {
        let (line, message) = match &error {
            Error::SqlInputError { msg, offset, .. } => {
                let offset = usize::try_from(*offset).unwrap_or(0).min(statement.text.len());
                let lines = statement.text.as_bytes()[..offset].iter().filter(|b| **b == b'\n').count();
                (statement.line + lines, msg.clone())
            }
            Error::ExecuteReturnedResults => {
                (statement.line, "the statement returns rows; expected `insert into mark …`".to_owned())
            }
            error => (statement.line, error.to_string()),
        };
        RuleError::Sql { file: rule.file.clone(), line, message }
    };
    db.prepare(statement.text).and_then(|mut prepared| prepared.execute([])).map(|_| ()).map_err(failed)
}

/// Every mark is the rule's own, no stronger than its head says, and about something that exists.
fn check_marks(db: &Connection, rule: &Rule, last: i64) -> Result<(), AuditError> {
    let allowed: Vec<&str> = EFFECTS.into_iter().skip_while(|effect| *effect != rule.header.effect).collect();
    let mut statement = db.prepare(
        "select m.rule_id, m.effect, m.subject_kind, m.exact, m.at_utc is null, m.session_no,
                m.session_no is null or n.session_no is not null,
                (m.evidence_id is null) = (m.offset is null) and (m.evidence_id is null or v.evidence_id is not null)
         from mark as m
         left join session_span as n on n.session_no = m.session_no
         left join evidence as v on v.evidence_id = m.evidence_id
         where m.mark_id > ?1
         order by m.mark_id",
    )?;
    let mut rows = statement.query([last])?;
    while let Some(row) = rows.next()? {
        let wrong = |column, found: String, expected: String| -> AuditError {
            RuleError::Mark { file: rule.file.clone(), column, found, expected }.into()
        };
        let (id, effect, kind): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if id != rule.header.rule_id {
            return Err(wrong("rule_id", id, format!("{:?}, its own", rule.header.rule_id)));
        }
        if !allowed.contains(&effect.as_str()) {
            return Err(wrong(
                "effect",
                effect,
                format!("{}, as its header says, or a weaker one", allowed.join(", ")),
            ));
        }
        if !SUBJECTS.contains(&kind.as_str()) {
            return Err(wrong("subject_kind", kind, SUBJECTS.join(", ")));
        }
        let (exact, timeless): (i64, bool) = (row.get(3)?, row.get(4)?);
        if !(exact == 0 || exact == 1 && !timeless) {
            return Err(wrong("exact", exact.to_string(), "1, or 0 where at_utc is empty or only a bound".to_owned()));
        }
        if !row.get::<_, bool>(6)? {
            let found = row.get::<_, Option<i64>>(5)?.unwrap_or_default().to_string();
            return Err(wrong("session_no", found, "a number of session_span, or null".to_owned()));
        }
        if !row.get::<_, bool>(7)? {
            let expected = "evidence_id and offset of a row of evidence, or null in both".to_owned();
            return Err(wrong("evidence_id", "no evidence".to_owned(), expected));
        }
    }
    Ok(())
}
