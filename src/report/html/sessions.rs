//! The sessions that count for the result, each with its class and the reasons for it.

use rusqlite::Connection;

use super::super::table::{self, Row};
use super::super::{ReportError, Texts};
use super::files::left_off;
use super::grid::{Grid, Set};
use super::names::{self, Names};
use super::parts::int;

/// Sessions shown; all stand in sessions.csv.
const SHOWN: usize = 500;
/// Refused sessions shown.
const REFUSED_SHOWN: usize = 200;
/// User agents shown for one session: scanners send hundreds.
const AGENTS_SHOWN: usize = 3;

pub(super) struct SessionList {
    pub(super) sessions: Vec<Session>,
    pub(super) left_off: Option<String>,
}

pub(super) struct Session {
    pub(super) anchor: String,
    pub(super) id: String,
    pub(super) class: String,
    pub(super) class_term: String,
    pub(super) decided: Option<String>,
    pub(super) reasons: Vec<String>,
    pub(super) address: String,
    pub(super) time: String,
    pub(super) access: String,
    pub(super) facts: Vec<(String, String)>,
}

/// Loads the sessions that are hostile, unknown or unverified, and any that an analyst decided.
pub(super) fn load(conn: &Connection, names: &Names<'_>) -> Result<SessionList, ReportError> {
    let (mut sessions, mut left) = (Vec::new(), 0);
    table::for_each(conn, "sessions", |row| {
        let counts = matches!(row.text("class").as_str(), "hostile" | "unknown" | "unverified");
        if counts || !row.text("decided_by").is_empty() {
            if sessions.len() < SHOWN {
                sessions.push(session(row, names));
            } else {
                left += 1;
            }
        }
        Ok(())
    })?;
    let left_off = (left > 0).then(|| left_off(names.t, sessions.len(), left, "sessions.csv"));
    Ok(SessionList { sessions, left_off })
}

/// The refused sessions in one line each: there are many, and none of them got anything.
pub(super) fn refused(conn: &Connection, names: &Names<'_>) -> Result<Grid, ReportError> {
    let t = names.t;
    let heads = [
        ("session", Set::Mono),
        ("address", Set::Text),
        ("time", Set::Text),
        ("requests", Set::Number),
        ("log_rows", Set::Number),
        ("agents", Set::Text),
    ];
    let heads = heads.iter().map(|(head, set)| (t.get(&format!("sessions.{head}")), *set)).collect();
    let mut grid = Grid::new(t.get("sessions.refused_heading"), t.get("page.none"), heads);
    let mut left = 0;
    table::for_each(conn, "sessions", |row| {
        if row.text("class") != "refused" || !row.text("decided_by").is_empty() {
            return Ok(());
        }
        if grid.rows.len() >= REFUSED_SHOWN {
            left += 1;
            return Ok(());
        }
        grid.rows.push(vec![
            row.text("session_id"),
            row.text("address"),
            span(&t.time(&row.text("first_request")), &t.time(&row.text("last_request"))),
            int(t, row, "requests"),
            int(t, row, "log_rows"),
            row.list("agents").into_iter().next().unwrap_or_default(),
        ]);
        Ok(())
    })?;
    grid.left_off = (left > 0).then(|| left_off(t, grid.rows.len(), left, "sessions.csv"));
    Ok(grid)
}

/// One time, or two where they differ.
fn span(from: &str, to: &str) -> String {
    if from == to { from.to_owned() } else { format!("{from} – {to}") }
}

fn session(row: &Row<'_>, names: &Names<'_>) -> Session {
    let t = names.t;
    let (id, class) = (row.text("session_id"), row.text("class"));
    let number = |column: &str| row.int(column).filter(|n| *n > 0).map(|n| t.int(n)).unwrap_or_default();
    let mut agents = row.list("agents");
    let more = agents.len().saturating_sub(AGENTS_SHOWN);
    agents.truncate(AGENTS_SHOWN);
    if more > 0 {
        agents.push(format!("+ {}", t.int(more as i64)));
    }
    let sent = row.int("bytes_sent").filter(|n| *n > 0).map(|n| t.bytes(n)).unwrap_or_default();
    let mut facts = vec![
        ("sessions.accounts", row.list("accounts").join(", ")),
        ("sessions.requests", number("requests")),
        ("sessions.log_rows", number("log_rows")),
        ("sessions.downloads", number("downloads")),
        ("sessions.files", number("files")),
        ("sessions.sent", sent),
        ("sessions.agents", agents.join("; ")),
    ];
    facts.retain(|(_, value)| !value.is_empty());
    Session {
        anchor: names::anchor("session", &id),
        class_term: names::class(t, &class),
        decided: (!row.text("decided_by").is_empty()).then(|| decided(row, t, &class)),
        reasons: names.rules(&row.list("reasons")),
        address: row.text("address"),
        time: span(&t.time(&row.text("first_request")), &t.time(&row.text("last_request"))),
        access: access(row, t),
        facts: facts.into_iter().map(|(key, value)| (t.get(key), value)).collect(),
        id,
        class,
    }
}

fn access(row: &Row<'_>, t: &Texts) -> String {
    let (from, to) = (row.text("access_from"), row.text("access_to"));
    if from.is_empty() {
        return t.get("sessions.no_access");
    }
    let scope = if row.text("access_scope") == "all" { "sessions.scope_all" } else { "sessions.scope_organisation" };
    t.fill("sessions.access_span", &[("from", t.time(&from)), ("to", t.time(&to)), ("scope", t.get(scope))])
}

fn decided(row: &Row<'_>, t: &Texts, class: &str) -> String {
    t.fill(
        "sessions.decided",
        &[
            ("who", row.text("decided_by")),
            ("class", names::class(t, class)),
            ("derived", names::class(t, &row.text("derived_class"))),
            ("reason", row.text("decision_reason")),
        ],
    )
}
